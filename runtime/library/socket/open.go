package socket

import (
	"io"
	"net"
	"sync"
	"time"

	"devnode/runtime/library"
)

// attempt is something that is being opened apart from the service. What comes
// of it when the task that wanted it is gone is closed.
type attempt[T io.Closer] struct {
	mu        sync.Mutex
	result    T
	err       error
	done      bool
	abandoned bool
}

// openFor has open run apart from the service while the task waits.
func openFor[T io.Closer](c library.Call, open func() (T, error)) (T, error) {
	a := &attempt[T]{}
	taken := false
	defer func() {
		if !taken {
			a.abandon()
		}
	}()
	c.Await(func() { a.run(open) })
	taken = true
	return a.result, a.err
}

func (a *attempt[T]) run(open func() (T, error)) {
	result, err := open()
	a.mu.Lock()
	defer a.mu.Unlock()
	a.result, a.err, a.done = result, err, true
	if a.abandoned && err == nil {
		result.Close()
	}
}

func (a *attempt[T]) abandon() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.abandoned = true
	if a.done && a.err == nil {
		a.result.Close()
	}
}

// openTCP is socket.open(host, port): it connects, and returns the number
// of the socket, or nil and the reason.
func openTCP(c library.Call) {
	where := hostArguments(c, 1, "connect")
	if where.port == 0 {
		raise(c, "Invalid port")
	}
	ss, address := tables.Of(c.Node()), where.join()
	conn, err := openFor(c, func() (net.Conn, error) { return ss.dial(address) })
	if err == nil {
		var so *socket
		if so, err = ss.adopt(conn, c.Generation()); err == nil {
			so.startReading()
			c.Return(number(so.id))
			return
		}
	}
	c.Return(library.Nil)
	c.Return(library.String(errorText(err)))
}

// socketListen is socket.listen(host, port): the number of a new listener, and
// the address and the port that it has. Connections are taken once socket.start
// gives it a function. New code of a service that listens again to an address
// gets the listener that the service has.
func socketListen(c library.Call) {
	where := hostArguments(c, 1, "listen")
	if !c.Arg(3).IsNil() {
		integerArgument(c, 3, "listen") // the backlog: the system's own is as good
	}
	so, err := listenerAt(c, where)
	if err != nil {
		raise(c, "Listen error: %s: %s", where.join(), errorText(err))
	}
	host, port := splitHostPort(so.listener.Addr().String())
	c.Return(number(so.id))
	c.Return(library.String(host))
	c.Return(number(port))
}

// listenerAt is a listener of the calling service at an address: the one that an older generation has there, or a new one.
func listenerAt(c library.Call, where hostPort) (*socket, error) {
	g, address := c.Generation(), where.join()
	ss := tables.Of(c.Node())
	if so := ss.claim(g, "LISTEN", address); so != nil {
		return so, nil
	}
	listener, err := openFor(c, func() (net.Listener, error) { return ss.listen(where) })
	if err != nil {
		return nil, err
	}
	return ss.adoptListener(listener, address, g)
}

// socketStart is socket.start(id, f): for a listener, f(id, address) is called
// with each connection from now on; for a connection, the service that calls
// becomes its owner, and bytes are received. It returns the number, or nil and
// a reason.
func socketStart(c library.Call) {
	g, so := c.Generation(), anySocket(c.Padded(1), 1, "start")
	if so == nil || !so.takeOver(g) {
		c.Return(library.Nil)
		c.Return(library.String("invalid socket"))
		return
	}
	if so.listener != nil {
		hooksOf(g).give(so).accept = c.Function(2)
		so.startAccepting()
	} else {
		so.startReading()
	}
	so.mu.Lock()
	defer so.mu.Unlock()
	if len(so.accepted) > 0 {
		so.pokeLocked()
	}
	if so.state > socketOpen && so.in.size() == 0 {
		c.Return(library.Nil)
		c.Return(library.String("socket closed"))
		return
	}
	c.Return(number(so.id))
}

// takeOver makes g's service the owner.
func (so *socket) takeOver(g library.Generation) bool {
	so.mu.Lock()
	defer so.mu.Unlock()
	if so.dropped {
		return false
	}
	if g.Preparing() {
		g.OnAbort(so.giveBackLocked())
	}
	so.ignored, so.raw = false, false
	so.claimed = g.Number()
	if so.owner != g.Service() {
		so.owner, so.born = g.Service(), 0
		so.releaseWaiter()
		so.poked = false // the former owner may end before it looks
		so.pokeLocked()
	}
	owners.Of(g.Service())
	return true
}

// giveBackLocked makes what gives the socket back to whom it belongs now, after
// a generation has taken it over that is dropped.
func (so *socket) giveBackLocked() func() {
	owner, born, claimed, ignored, raw := so.owner, so.born, so.claimed, so.ignored, so.raw
	return func() {
		so.mu.Lock()
		so.owner, so.born, so.claimed, so.ignored, so.raw = owner, born, claimed, ignored, raw
		if len(so.accepted) > 0 || len(so.datagrams) > 0 || so.state == socketClosed && !so.told {
			so.pokeLocked()
		}
		so.mu.Unlock()
		if _, lives := so.set.node.Service(owner.Handle()); !lives { // it has ended meanwhile
			so.drop(0)
		}
	}
}

// releaseWaiter ends a read of a service that doesn't have the socket any more.
func (so *socket) releaseWaiter() {
	if w := so.waiter; w != nil {
		so.waiter = nil
		w.wait.Wake()
	}
}

// socketBind is socket.bind(fd): of the descriptors there is standard input, 0.
func socketBind(c library.Call) { bindDescriptor(c) }

// bindDescriptor returns the number of the socket of a descriptor, and gives the
// socket, nil where there is none.
func bindDescriptor(c library.Call) *socket {
	if fd := integerArgument(c.Padded(1), 1, "bind"); fd != 0 {
		raise(c, "socket.bind: there is descriptor 0 only, got %d", fd)
	}
	return openStdin(c)
}

// socketStdin is socket.stdin(): standard input as a socket, or nil where another
// one reads it. New code of a service that has it gets the same one.
func socketStdin(c library.Call) { openStdin(c) }

func openStdin(c library.Call) *socket {
	g, ss := c.Generation(), tables.Of(c.Node())
	if ss.stdin.from == nil {
		raise(c, "socket.bind: the node has no standard input to read")
	}
	so := ss.claim(g, "PIPE", standardInputName)
	if so == nil {
		so = newSocket("PIPE", g)
		so.asked, so.input = standardInputName, ss.stdin.reader(so.done)
		if !ss.stdin.giveTo(so) {
			c.Return(library.Nil, library.String("standard input is being read by another socket"))
			return nil
		}
		if err := ss.own(so, io.NopCloser(nil), g); err != nil {
			raise(c, "socket.bind: %s", err)
		}
		so.startReading()
	}
	c.Return(number(so.id))
	return so
}

// patience is how long a socket that was closed has what was written sent.
const patience = 24 * time.Hour

// closeSocket is socket.close(id). What was written is still sent. A task that
// reads gets what has come in, and runs until it waits for something else, before
// the socket is gone for the service.
func closeSocket(c library.Call) {
	so := mySocket(c, 1)
	if so == nil {
		return
	}
	read := so.isBeingRead()
	so.close(patience)
	if read && !c.Closing() { // a __close method can't wait for it
		c.Yield()
	}
	so.drop(patience)
}

// isBeingRead tells whether a task waits for bytes.
func (so *socket) isBeingRead() bool {
	so.mu.Lock()
	defer so.mu.Unlock()
	return so.waiter != nil && so.waiter.stands()
}

// socketShutdown is socket.shutdown(id): the connection is closed at once;
// what was not sent is lost.
func socketShutdown(c library.Call) {
	if so := mySocket(c, 1); so != nil {
		so.close(0)
	}
}

// closeFD is socket.close_fd(id): it closes a connection that was
// accepted and not started.
func closeFD(c library.Call) {
	if mySocket(c, 1) != nil {
		raise(c, "Use socket.close instead")
	}
	driverClose(c.Padded(1))
}

func driverClose(c library.Call) {
	if so := anySocket(c, 1, "close"); so != nil {
		so.drop(patience)
	}
}

func driverShutdown(c library.Call) {
	if so := anySocket(c, 1, "shutdown"); so != nil {
		so.drop(0)
	}
}

// socketAbandon is socket.abandon(id): the service wants no more of the socket,
// which stays open for another one to start.
func socketAbandon(c library.Call) {
	if so := mySocket(c, 1); so != nil {
		so.mu.Lock()
		if g := c.Generation(); g.Preparing() {
			g.OnAbort(so.giveBackLocked())
		}
		so.ignored = true
		so.releaseWaiter()
		if so.ended {
			so.expireAbandonedLocked()
		}
		so.mu.Unlock()
		delete(hooksOf(c.Generation()).byID, so.id)
	}
}
