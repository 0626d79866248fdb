package socket

import (
	"errors"
	"io"
	"net"
	"time"

	"devnode/runtime/library"
)

// errClosed is why nothing is opened any more.
var errClosed = errors.New("the node is closed")

// dial connects. It blocks, and so runs apart from the service.
func (ss *sockets) dial(address string) (net.Conn, error) {
	var d net.Dialer
	return d.DialContext(ss.node.Context(), "tcp", address)
}

// adopt makes an open connection a socket of g's service.
func (ss *sockets) adopt(conn net.Conn, g library.Generation) (*socket, error) {
	so := newSocket("TCP", g)
	so.conn, so.state = conn, socketOpen
	return so, ss.own(so, conn, g)
}

// adoptListener makes an open listener a socket of g's service.
func (ss *sockets) adoptListener(listener net.Listener, asked string, g library.Generation) (*socket, error) {
	so := newSocket("LISTEN", g)
	so.listener, so.asked, so.state = listener, asked, socketOpen
	return so, ss.own(so, listener, g)
}

func (ss *sockets) own(so *socket, descriptor io.Closer, g library.Generation) error {
	if !ss.add(so) {
		descriptor.Close()
		return errClosed
	}
	owners.Of(g.Service())
	return nil
}

// listen opens a listener. It may look up a host name, and so runs apart from
// the service.
func (ss *sockets) listen(at hostPort) (net.Listener, error) {
	var lc net.ListenConfig
	return lc.Listen(ss.node.Context(), at.network("tcp"), at.join())
}

// claim finds the listener or datagram socket that an older generation of g's
// service has at an address, so that new code that asks for it again gets the
// same one.
func (ss *sockets) claim(g library.Generation, kind, address string) *socket {
	for _, so := range ss.of(g.Service()) {
		so.mu.Lock()
		before := so.claimed
		mine := so.kind == kind && so.asked == address && before != g.Number() && so.state <= socketOpen
		if mine {
			so.claimed = g.Number()
		}
		so.mu.Unlock()
		if mine {
			g.OnAbort(func() {
				so.mu.Lock()
				so.claimed = before
				so.mu.Unlock()
			})
			return so
		}
	}
	return nil
}

// backlog is how many accepted connections a listener holds for a service that
// has no function for them yet.
const backlog = 128

// startAccepting begins to take connections, once.
func (so *socket) startAccepting() {
	so.mu.Lock()
	defer so.mu.Unlock()
	if so.reading || so.state > socketOpen {
		return
	}
	so.reading, so.state = true, socketOpen
	so.set.node.Go(so.acceptLoop)
}

func (so *socket) acceptLoop() {
	for {
		conn, err := so.listener.Accept()
		if err != nil {
			if !so.acceptFailed(err) {
				return
			}
			continue
		}
		so.mu.Lock()
		child := makeSocket("TCP", so.owner, so.born)
		child.conn, child.raw = conn, so.raw
		if so.state != socketOpen || !so.set.add(child) {
			so.mu.Unlock()
			conn.Close()
			return
		}
		so.count.accepted++
		so.count.lastRead = time.Now()
		so.accepted = append(so.accepted, child)
		so.pokeLocked()
		for len(so.accepted) >= backlog && so.state == socketOpen {
			so.room.Wait()
		}
		so.mu.Unlock()
	}
}

// acceptFailed waits a little after an error that may pass, such as too many
// open files. It is false when the listener is closed.
func (so *socket) acceptFailed(err error) bool {
	if errors.Is(err, net.ErrClosed) {
		return false
	}
	owner := so.ownerIs()
	owner.Log("socket: accept error: %s", errorText(err))
	select {
	case <-so.done:
		return false
	case <-time.After(100 * time.Millisecond):
		return true
	}
}
