package runtime

import (
	"io"
	"net"
	"strconv"
	"sync"
	"time"

	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/vm"
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

// addressArguments reads host and port.
func addressArguments(L *lua.LState, n int) string {
	host, port := L.OptString(n, ""), ""
	if L.Get(n+1) != lua.LNil {
		port = strconv.FormatInt(checkInteger(L, n+1), 10)
	}
	return joinAddress(host, port)
}

// socketOpenTCP is socket.open(host, port): it connects, and returns the number
// of the socket, or nil and the reason.
func socketOpenTCP(L *lua.LState) int {
	t, address := taskOf(L), addressArguments(L, 1)
	ss := t.service.node.sockets
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
	t, address := taskOf(L), addressArguments(L, 1)
	ss := t.service.node.sockets
	so := ss.claim(t.gen, "LISTEN", address)
	if so == nil {
		listener, err := openFor(L, func() (net.Listener, error) { return ss.listen(address) })
		if err == nil {
			so, err = ss.adoptListener(listener, address, t)
		}
		if err != nil {
			raise(L, "Listen error: %s: %s", address, errorText(err))
		}
	}
	host, port := hostPort(so.listener.Addr().String())
	L.Push(lua.LNumber(so.id))
	L.Push(lua.LString(host))
	L.Push(lua.LNumber(port))
	return 3
}

// socketStart is socket.start(id, f): for a listener, f(id, address) is called
// with each connection from now on; for a connection, the service that calls
// becomes its owner, and bytes are received. It returns the number, or nil and
// a reason.
func socketStart(L *lua.LState) int {
	t, so := taskOf(L), anySocket(L, 1)
	if so == nil || !so.takeOver(t) {
		L.Push(lua.LNil)
		L.Push(lua.LString("Invalid socket"))
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
		L.Push(lua.LString("Socket closed"))
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
	so.ignored = false
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
	owner, born, claimed, ignored := so.owner, so.born, so.claimed, so.ignored
	return func() {
		so.mu.Lock()
		so.owner, so.born, so.claimed, so.ignored = owner, born, claimed, ignored
		if len(so.accepted) > 0 || len(so.datagrams) > 0 || so.state == socketClosed && !so.told {
			so.pokeLocked()
		}
		so.mu.Unlock()
		if so.set.node.handles.grab(owner.handle) == nil { // it has ended meanwhile
			so.drop(0)
		}
	}
}

// releaseWaiter ends a read of a service that doesn't have the socket any more.
func (so *socket) releaseWaiter() {
	if w := so.waiter; w != nil {
		so.waiter = nil
		so.set.node.push(w.service, message{session: w.session, ptype: ptypeTimer}, nil)
	}
}

// socketBind is socket.bind(fd): of the descriptors there is standard input, 0.
func socketBind(L *lua.LState) int {
	if fd := checkInteger(L, 1); fd != 0 {
		raise(L, "socket.bind: there is descriptor 0 only, got %d", fd)
	}
	return socketStdin(L)
}

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
	if err := n.sockets.own(so, io.NopCloser(nil), t); err != nil {
		raise(L, "socket.bind: %s", err)
	}
	so.startReading()
	L.Push(lua.LNumber(so.id))
	return 1
}

// patience is how long socket.close waits for what was written to be sent.
const patience = 24 * time.Hour

// socketClose is socket.close(id): it returns once what was written is sent and
// the connection is closed. A task that reads gets what there is.
func socketClose(L *lua.LState) int {
	so := mySocket(L, 1)
	if so == nil {
		return 0
	}
	so.drop(patience)
	f := vm.Of(L)
	select {
	case <-so.done:
	default:
		if !f.Closing() { // a __close method need not wait for it
			taskOf(L).awaitWork(f, func() { <-so.done })
		}
	}
	return 0
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
	return driverClose(L)
}

func driverClose(L *lua.LState) int {
	if so := anySocket(L, 1); so != nil {
		so.drop(patience)
	}
	return 0
}

func driverShutdown(L *lua.LState) int {
	if so := anySocket(L, 1); so != nil {
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
		so.mu.Unlock()
		delete(taskOf(L).gen.hooks, so.id)
	}
	return 0
}
