package socket

import (
	"errors"
	"io"
	"net"
	"net/netip"
	"sync"
	"time"

	"devnode/runtime/library"
)

type socketState uint8

const (
	socketPaused  socketState = iota // accepted, and not started yet
	socketOpen                       // connected, or listening
	socketClosing                    // sends what is left, then closes
	socketClosed
)

// socket is a connection, a listener or a datagram socket of a service.
type socket struct {
	set      *sockets
	id       int
	kind     string // as library.Connection.Type
	asked    string // the address that was listened to, as it was given
	conn     net.Conn
	listener net.Listener
	packets  *net.UDPConn
	input    io.Reader // of a PIPE
	done     chan struct{}

	mu sync.Mutex
	ownership
	status
	incoming
	outgoing
	count  socketCounters
	linger *time.Timer
}

// ownership is whose a socket is.
type ownership struct {
	owner   library.Service
	born    int  // the number of the generation that made it
	claimed int  // of the one that made it or asked for it last
	ignored bool // given up by its owner, for another service to take
	poked   bool // its owner has a message waiting that looks at it
	raw     bool // its events are messages of type socket
}

// status is how far a socket is.
type status struct {
	state      socketState
	ended      bool // the other side sends no more; what is written still arrives
	dropped    bool // nobody wants it any more: it goes once it is closed
	told       bool // its owner was told that it has closed
	connecting bool // it has no connection yet
	failure    string
}

// incoming is what has come in, and who takes it.
type incoming struct {
	in        inbox
	waiter    *waiter
	reading   bool      // its reader runs
	room      sync.Cond // the reader waits for it while the inbox is full
	limit     int       // of unread bytes; 0 is none
	stopped   bool      // by socket.pause
	accepted  []*socket
	datagrams []datagram
}

// outgoing is what waits to be sent.
type outgoing struct {
	out, low  net.Buffers // low goes last
	unsent    int
	sending   bool // its writer runs
	warnAt    int
	warned    int            // kilobytes, of the last warning in the log
	connected netip.AddrPort // where a datagram socket sends to
}

type socketCounters struct {
	accepted, read, written int64
	lastRead, lastWrite     time.Time
}

// newSocket makes a socket of g's service.
func newSocket(kind string, g library.Generation) *socket {
	return makeSocket(kind, g.Service(), g.Number())
}

func makeSocket(kind string, owner library.Service, generation int) *socket {
	so := &socket{kind: kind, done: make(chan struct{})}
	so.ownership = ownership{owner: owner, born: generation, claimed: generation}
	so.room.L = &so.mu
	return so
}

func (so *socket) ownerIs() library.Service {
	so.mu.Lock()
	defer so.mu.Unlock()
	return so.owner
}

func (so *socket) isRaw() bool {
	so.mu.Lock()
	defer so.mu.Unlock()
	return so.raw
}

// alive tells whether the other side may still send.
func (so *socket) alive() bool {
	so.mu.Lock()
	defer so.mu.Unlock()
	return so.state == socketOpen && !so.ended
}

func (so *socket) isClosed() bool {
	so.mu.Lock()
	defer so.mu.Unlock()
	return so.state == socketClosed
}

// overLocked tells whether no more bytes will come in.
func (so *socket) overLocked() bool { return so.state > socketOpen || so.ended }

// close closes the socket once what was written has been sent, or linger is
// over; at once if it is 0. It doesn't wait.
func (so *socket) close(linger time.Duration) {
	so.mu.Lock()
	defer so.mu.Unlock()
	so.closeLocked(linger)
}

func (so *socket) closeLocked(linger time.Duration) {
	switch {
	case so.state == socketClosed:
		return
	case so.unsent > 0 && linger > 0 && so.sending:
		so.state = socketClosing
		if so.linger == nil || so.linger.Stop() {
			so.linger = time.AfterFunc(linger, func() { so.close(0) })
		}
		if so.conn != nil {
			so.conn.SetReadDeadline(time.Unix(1, 0)) // the reader ends; an error changes nothing
		}
		so.wakeAll()
	default:
		so.shutLocked()
	}
}

// drop closes the socket, which nobody will read or ask for any more.
func (so *socket) drop(linger time.Duration) {
	so.mu.Lock()
	so.dropped = true
	gone := so.state == socketClosed
	so.mu.Unlock()
	if gone {
		so.set.remove(so)
		return
	}
	so.close(linger)
}

// shutLocked closes the descriptor. Whoever reads gets what is left, then the
// end.
func (so *socket) shutLocked() {
	if so.state == socketClosed {
		return
	}
	so.state = socketClosed
	if so.linger != nil {
		so.linger.Stop()
	}
	switch { // errors of closing change nothing
	case so.conn != nil:
		so.conn.Close()
	case so.listener != nil:
		so.listener.Close()
	case so.packets != nil:
		so.packets.Close()
	}
	for _, child := range so.accepted {
		child.drop(0)
	}
	so.accepted, so.out, so.low, so.unsent = nil, nil, nil, 0
	so.pokeLocked() // as in skynet the function of socket.onclose comes first
	so.wakeAll()
	close(so.done)
	if so.dropped {
		so.set.remove(so)
	}
}

// wakeAll has everybody look at the new state.
func (so *socket) wakeAll() {
	so.room.Broadcast()
	so.wakeLocked()
}

// failedLocked notes that the connection is broken, or that the other side sends
// no more (io.EOF): it may read on, until the service closes the socket.
func (so *socket) failedLocked(err error) {
	switch {
	case errors.Is(err, io.EOF) && so.conn != nil:
		so.endLocked()
		return
	case so.state == socketOpen && !so.ended && !errors.Is(err, io.EOF) && so.failure == "":
		so.failure = errorText(err)
	}
	so.shutLocked()
}

// endLocked ends reading: whoever reads gets what is left, then the end.
func (so *socket) endLocked() {
	so.ended = true
	so.pokeLocked()
	so.wakeAll()
	if so.ignored {
		so.expireAbandonedLocked()
	}
}

// abandonedPatience is how long a socket that was abandoned waits for a service
// to start it once the other side sends no more.
const abandonedPatience = time.Minute

func (so *socket) expireAbandonedLocked() {
	if so.linger == nil {
		so.linger = time.AfterFunc(abandonedPatience, func() {
			so.mu.Lock()
			defer so.mu.Unlock()
			so.linger = nil
			if so.ignored {
				so.closeLocked(endLinger)
			}
		})
	}
}

// pokeLocked has the owner look at what has happened to the socket.
func (so *socket) pokeLocked() {
	if so.poked {
		return
	}
	so.poked = true
	owner := so.owner
	if !owner.Do(func() { so.attend(owner) }) {
		so.poked = false
	}
}

func (so *socket) info() library.Connection {
	so.mu.Lock()
	defer so.mu.Unlock()
	i := library.Connection{
		ID: so.id, Type: so.kind, Accepted: so.count.accepted, Read: so.count.read, Written: so.count.written,
		Unread: int64(so.in.size()), Unsent: int64(so.unsent), LastRead: so.count.lastRead, LastWrite: so.count.lastWrite,
	}
	i.Service = so.owner.Handle()
	if so.overLocked() {
		i.Type = "CLOSING"
	}
	switch {
	case so.conn != nil:
		i.Local, i.Peer = so.conn.LocalAddr().String(), so.conn.RemoteAddr().String()
	case so.listener != nil:
		i.Local = so.listener.Addr().String()
	case so.packets != nil:
		i.Local = so.packets.LocalAddr().String()
		if so.connected.IsValid() {
			i.Peer = so.connected.String()
		}
	}
	return i
}
