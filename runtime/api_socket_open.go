package runtime

import (
	"io"
	"net"
	"sync"
	"time"

	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/lua/vm"
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
func openFor[T io.Closer](L *lua.LState, open func() (T, error)) (T, error) {
	a := &attempt[T]{}
	taken := false
	defer func() {
		if !taken {
			a.abandon()
		}
	}()
	taskOf(L).awaitWork(vm.Of(L), func() { a.run(open) })
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

// socketOpenTCP is socket.open(host, port): it connects, and returns the number
// of the socket, or nil and the reason.
func socketOpenTCP(L *lua.LState) int {
	t, where := taskOf(L), hostArguments(L, 1, "connect")
	if where.port == 0 {
		raise(L, "Invalid port")
	}
	ss, address := t.service.node.sockets, where.join()
	conn, err := openFor(L, func() (net.Conn, error) { return ss.dial(address) })
	if err == nil {
		var so *socket
		if so, err = ss.adopt(conn, t); err == nil {
			so.startReading()
			L.Push(lua.LNumber(so.id))
			return 1
		}
	}
	L.Push(lua.LNil)
	L.Push(lua.LString(errorText(err)))
	return 2
}

// socketListen is socket.listen(host, port): the number of a new listener, and
// the address and the port that it has. Connections are taken once socket.start
// gives it a function. New code of a service that listens again to an address
// gets the listener that the service has.
func socketListen(L *lua.LState) int {
	where := hostArguments(L, 1, "listen")
	if L.Get(3) != lua.LNil {
		integerArgument(L, 3, "listen") // the backlog: the system's own is as good
	}
	so, err := listenerAt(L, where)
	if err != nil {
		raise(L, "Listen error: %s: %s", where.join(), errorText(err))
	}
	host, port := splitHostPort(so.listener.Addr().String())
	L.Push(lua.LNumber(so.id))
	L.Push(lua.LString(host))
	L.Push(lua.LNumber(port))
	return 3
}

// listenerAt is a listener of the calling service at an address: the one that an older generation has there, or a new one.
func listenerAt(L *lua.LState, where hostPort) (*socket, error) {
	t, address := taskOf(L), where.join()
	ss := t.service.node.sockets
	if so := ss.claim(t.gen, "LISTEN", address); so != nil {
		return so, nil
	}
	listener, err := openFor(L, func() (net.Listener, error) { return ss.listen(where) })
	if err != nil {
		return nil, err
	}
	return ss.adoptListener(listener, address, t)
}

// socketStart is socket.start(id, f): for a listener, f(id, address) is called
// with each connection from now on; for a connection, the service that calls
// becomes its owner, and bytes are received. It returns the number, or nil and
// a reason.
func socketStart(L *lua.LState) int {
	handedOn(L, 1)
	t, so := taskOf(L), anySocket(L, 1, "start")
	if so == nil || !so.takeOver(t) {
		L.Push(lua.LNil)
		L.Push(lua.LString("invalid socket"))
		return 2
	}
	if so.listener != nil {
		t.gen.hooksFor(so).accept = checkCallable(L, 2)
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
		L.Push(lua.LNil)
		L.Push(lua.LString("socket closed"))
		return 2
	}
	L.Push(lua.LNumber(so.id))
	return 1
}

// takeOver makes the task's service the owner.
func (so *socket) takeOver(t *Task) bool {
	so.mu.Lock()
	defer so.mu.Unlock()
	if so.dropped {
		return false
	}
	if t.gen.preparing() {
		t.gen.whenDropped(so.giveBackLocked())
	}
	so.ignored, so.raw = false, false
	so.claimed = t.gen.number
	if so.owner != t.service {
		so.owner, so.born = t.service, 0
		so.releaseWaiter()
	}
	t.service.hadSockets = true
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
		if so.set.node.grab(owner.actor.Handle()) == nil { // it has ended meanwhile
			so.drop(0)
		}
	}
}

// releaseWaiter ends a read of a service that doesn't have the socket any more.
func (so *socket) releaseWaiter() {
	if w := so.waiter; w != nil {
		so.waiter = nil
		so.set.node.push(w.service, Message{Session: w.session, Type: ptypeTimer}, nil)
	}
}

// socketBind is socket.bind(fd): of the descriptors there is standard input, 0.
func socketBind(L *lua.LState) int {
	handedOn(L, 1)
	if fd := integerArgument(L, 1, "bind"); fd != 0 {
		raise(L, "socket.bind: there is descriptor 0 only, got %d", fd)
	}
	return socketStdin(L)
}

// socketStdin is socket.stdin(): standard input as a socket, or nil where another
// one reads it. New code of a service that has it gets the same one.
func socketStdin(L *lua.LState) int {
	t := taskOf(L)
	n := t.service.node
	if n.config.Stdin == nil {
		raise(L, "socket.bind: the node has no standard input to read")
	}
	if so := n.sockets.claim(t.gen, "PIPE", standardInputName); so != nil {
		L.Push(lua.LNumber(so.id))
		return 1
	}
	so := newSocket("PIPE", t.service, t.gen.number)
	so.asked, so.input = standardInputName, n.sockets.stdin.reader(so.done)
	if !n.sockets.stdin.giveTo(so) {
		L.Push(lua.LNil)
		L.Push(lua.LString("standard input is being read by another socket"))
		return 2
	}
	if err := n.sockets.own(so, io.NopCloser(nil), t); err != nil {
		raise(L, "socket.bind: %s", err)
	}
	so.startReading()
	L.Push(lua.LNumber(so.id))
	return 1
}

// patience is how long a socket that was closed has what was written sent.
const patience = 24 * time.Hour

// socketClose is socket.close(id). What was written is still sent. A task that
// reads gets what has come in, and runs until it waits for something else, before
// the socket is gone for the service.
func socketClose(L *lua.LState) int {
	so := mySocket(L, 1)
	if so == nil {
		return 0
	}
	t, f := taskOf(L), vm.Of(L)
	read := so.isBeingRead()
	so.close(patience)
	if read && !f.Closing() { // a __close method can't wait for it
		t.yield(f)
	}
	so.drop(patience)
	return 0
}

// yield has the messages that wait handled first.
func (t *Task) yield(f *vm.Fiber) {
	s := t.service
	session := s.newSession()
	s.node.push(s, Message{Session: session, Type: ptypeTimer}, s.worker)
	t.await(f, session, 0)
}

// isBeingRead tells whether a task waits for bytes.
func (so *socket) isBeingRead() bool {
	so.mu.Lock()
	defer so.mu.Unlock()
	return so.waiter != nil && so.waiter.stands()
}

// socketShutdown is socket.shutdown(id): the connection is closed at once;
// what was not sent is lost.
func socketShutdown(L *lua.LState) int {
	if so := mySocket(L, 1); so != nil {
		so.close(0)
	}
	return 0
}

// socketCloseFD is socket.close_fd(id): it closes a connection that was
// accepted and not started.
func socketCloseFD(L *lua.LState) int {
	if mySocket(L, 1) != nil {
		raise(L, "Use socket.close instead")
	}
	handedOn(L, 1)
	return driverClose(L)
}

func driverClose(L *lua.LState) int {
	if so := anySocket(L, 1, "close"); so != nil {
		so.drop(patience)
	}
	return 0
}

func driverShutdown(L *lua.LState) int {
	if so := anySocket(L, 1, "shutdown"); so != nil {
		so.drop(0)
	}
	return 0
}

// socketAbandon is socket.abandon(id): the service wants no more of the socket,
// which stays open for another one to start.
func socketAbandon(L *lua.LState) int {
	if so := mySocket(L, 1); so != nil {
		so.mu.Lock()
		if g := taskOf(L).gen; g.preparing() {
			g.whenDropped(so.giveBackLocked())
		}
		so.ignored = true
		so.releaseWaiter()
		if so.ended {
			so.expireAbandonedLocked()
		}
		so.mu.Unlock()
		delete(taskOf(L).gen.hooks, so.id)
	}
	return 0
}
