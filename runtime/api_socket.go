package runtime

import (
	"fmt"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/lua/value"
	"devnode/runtime/lua/vm"
)

// socketFunctions are require "skynet.socket". The files are: this one for
// reading and writing, api_socket_open for what opens and closes, and
// api_socket_udp.
func socketFunctions() map[string]lua.LGFunction {
	return map[string]lua.LGFunction{
		"open": socketOpenTCP, "listen": socketListen, "start": socketStart, "bind": socketBind, "stdin": socketStdin,
		"close": socketClose, "shutdown": socketShutdown, "close_fd": socketCloseFD, "abandon": socketAbandon,
		"read": socketRead, "readall": socketReadAll, "readline": socketReadLine, "block": socketBlock,
		"write": socketWrite, "lwrite": socketLowWrite, "pause": socketPause,
		"invalid": socketInvalid, "disconnected": socketDisconnected, "header": socketHeader,
		"limit": socketLimit, "warning": socketWarning, "onclose": socketOnClose,
		"udp": socketUDP, "udp_connect": socketUDPConnect, "udp_listen": socketUDPListen, "udp_dial": socketUDPDial,
		"sendto": socketSendTo, "udp_address": socketUDPAddress,
		"netstat": socketNetstat, "list": socketList, "resolve": socketResolve,
	}
}

// anySocket is the socket of a number, nil if there is none. function is the name
// that an error gives.
func anySocket(L *lua.LState, n int, function string) *socket {
	return taskOf(L).service.node.sockets.find(int(integerArgument(L, n, function)))
}

// mySocket is a socket that the calling service has started, nil if argument n is
// not the number of one. In skynet that is a look into a table, where nil and any
// other value are just not in.
func mySocket(L *lua.LState, n int) *socket {
	id, ok := value.ToInt(L.Get(n))
	if !ok {
		return nil
	}
	so := taskOf(L).service.node.sockets.find(int(id))
	if so == nil {
		return nil
	}
	so.mu.Lock()
	defer so.mu.Unlock()
	if so.owner != taskOf(L).service || so.dropped || so.ignored || so.state == socketPaused {
		return nil
	}
	return so
}

func checkSocket(L *lua.LState, n int) *socket {
	so := mySocket(L, n)
	if so == nil {
		raise(L, "socket %s is not one that this service has started", value.String(L.Get(n)))
	}
	return so
}

// socketRead is socket.read(id, size): that many bytes, or without a size those
// that there are, once there are any; at the end of the connection false and
// the rest.
func socketRead(L *lua.LState) int {
	w := want{}
	if L.Get(2) != lua.LNil {
		if w.size = int(integerArgument(L, 2, "read")); w.size <= 0 {
			checkSocket(L, 1)
			L.Push(lua.LString(""))
			return 1
		}
	}
	s, ok, rest := receive(L, w)
	if ok {
		L.Push(lua.LString(s))
		return 1
	}
	L.Push(lua.LFalse)
	L.Push(lua.LString(rest))
	return 2
}

// socketReadLine is socket.readline(id, sep): the bytes before the next sep,
// which is a newline if not given; at the end false and the rest.
func socketReadLine(L *lua.LState) int {
	sep := "\n"
	if lua.LVAsBool(L.Get(2)) {
		sep = stringArgument(L, 2, "readline")
	}
	if sep == "" {
		raise(L, "bad argument #2 (the separator is empty)")
	}
	s, ok, rest := receive(L, want{sep: sep})
	if ok {
		L.Push(lua.LString(s))
		return 1
	}
	L.Push(lua.LFalse)
	L.Push(lua.LString(rest))
	return 2
}

// socketReadAll is socket.readall(id): all bytes to the end of the connection;
// false if that was there already, with nothing left.
func socketReadAll(L *lua.LState) int {
	so := checkSocket(L, 1)
	over := !so.alive()
	_, _, rest := receive(L, want{toEnd: true})
	if over && rest == "" {
		L.Push(lua.LFalse)
	} else {
		L.Push(lua.LString(rest))
	}
	return 1
}

// socketBlock is socket.block(id): it waits until more bytes come in, beside those
// that were there when the service took up what it is doing, and is false if
// the connection has ended.
func socketBlock(L *lua.LState) int {
	so := mySocket(L, 1)
	if so == nil {
		L.Push(lua.LFalse)
		return 1
	}
	_, ok, _ := receive(L, want{news: true, known: so.known(taskOf(L).service)})
	L.Push(lua.LBool(ok))
	return 1
}

// known is how many bytes had come in before the message that s handles, as far
// as is known. In skynet later ones are messages that still wait.
func (so *socket) known(s *Service) int64 {
	so.mu.Lock()
	defer so.mu.Unlock()
	if so.in.size() > 0 && so.in.during == s.actor.Box.Look().Messages {
		return so.in.total - 1
	}
	return so.in.total
}

// receive waits for the wanted bytes. At the end of the connection it gives
// what is left instead, unless it only looks.
func receive(L *lua.LState, w want) (s string, ok bool, rest string) {
	so, t, f := checkSocket(L, 1), taskOf(L), vm.Of(L)
	if so.conn == nil && so.input == nil {
		raise(L, "socket %d is %s: there is nothing to read", so.id, so.kindText())
	}
	t.awaitSwitch(f, so)
	for {
		so.mu.Lock()
		if so.owner != t.service || so.ignored {
			so.mu.Unlock()
			return "", false, ""
		}
		if s, ok := w.from(&so.in); ok {
			so.mu.Unlock()
			so.makeRoom()
			return s, true, ""
		}
		if so.overLocked() {
			if !w.news {
				rest = so.in.take(so.in.size())
			}
			so.mu.Unlock()
			return "", false, rest
		}
		if so.waiter != nil && so.waiter.stands() {
			so.mu.Unlock()
			raise(L, "socket %d is being read by another task", so.id)
		}
		session := t.service.newSession()
		so.waiter = &socketWaiter{service: t.service, session: session, task: t, want: w}
		so.stopped = false
		so.room.Broadcast()
		so.mu.Unlock()
		t.await(f, session, 0)
	}
}

// makeRoom has a reader go on that waited because the inbox was full.
func (so *socket) makeRoom() {
	so.mu.Lock()
	so.stopped = false
	so.room.Broadcast()
	so.mu.Unlock()
}

// preparing tells whether the task belongs to a generation that has not taken
// over yet.
func (t *Task) preparing() bool {
	u := t.service.upgrade
	return u != nil && u.next == t.gen
}

// awaitSwitch has a task of a generation that is being prepared wait before it
// reads a socket of the one that serves.
func (t *Task) awaitSwitch(f *vm.Fiber, so *socket) {
	for t.preparing() && so.born != t.gen.number {
		session := t.service.newSession()
		t.gen.atSwitch = append(t.gen.atSwitch, session)
		if t.gen.willRead == nil {
			t.gen.willRead = make(map[int]bool)
		}
		t.gen.willRead[so.id] = true
		t.await(f, session, 0)
	}
}

// socketWrite is socket.write(id, data): data is a string, a list of strings,
// or a message. It doesn't wait, and is false if the connection is closed.
func socketWrite(L *lua.LState) int { return write(L, "write", false) }

// socketLowWrite is socket.lwrite(id, data): it goes after all that is to be
// sent by socket.write.
func socketLowWrite(L *lua.LState) int { return write(L, "lwrite", true) }

func write(L *lua.LState, function string, low bool) int {
	so, data := anySocket(L, 1, function), socketData(L, 2, function)
	L.Push(lua.LBool(so != nil && so.write(data, low)))
	return 1
}

// socketData is what is to be sent: a string, a list of strings up to its first
// nil, or a message with, perhaps, its size.
func socketData(L *lua.LState, n int, function string) string {
	switch v := L.Get(n).(type) {
	case *value.Table:
		return joinStrings(L, v, n, function)
	case *lua.LUserData:
		return sizedText(L, n)
	}
	return stringArgument(L, n, function)
}

func joinStrings(L *lua.LState, list *value.Table, n int, function string) string {
	var b strings.Builder
	for i := 1; ; i++ {
		v := vm.Index(L, list, lua.LNumber(i))
		switch {
		case v == lua.LNil:
			return b.String()
		case v.Type() == lua.LTString || value.IsNumber(v):
			b.WriteString(value.String(v))
		default:
			argumentError(L, n, function, fmt.Sprintf("item %d of the list: string expected, got %s", i, v.Type()))
		}
	}
}

// socketPause is socket.pause(id): nothing more is received until the next
// read.
func socketPause(L *lua.LState) int {
	if so := mySocket(L, 1); so != nil {
		so.mu.Lock()
		so.stopped = true
		so.mu.Unlock()
	}
	return 0
}

// socketHeader is socket.header(s): the number that one to four bytes spell,
// the highest first.
func socketHeader(L *lua.LState) int {
	s := stringArgument(L, 1, "header")
	if len(s) < 1 || len(s) > 4 {
		raise(L, "Invalid read %s", s)
	}
	n := 0
	for i := range len(s) {
		n = n<<8 | int(s[i])
	}
	L.Push(lua.LNumber(n))
	return 1
}
