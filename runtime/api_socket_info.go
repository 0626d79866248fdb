package runtime

import (
	"context"
	"net"
	"strings"
	"time"

	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/lua/value"
)

// socketInvalid is socket.invalid(id): whether it is no socket that this
// service has started.
func socketInvalid(L *lua.LState) int {
	L.Push(lua.LBool(mySocket(L, 1) == nil))
	return 1
}

// socketDisconnected is socket.disconnected(id): whether the connection has
// ended; nothing if there is no such socket.
func socketDisconnected(L *lua.LState) int {
	so := mySocket(L, 1)
	if so == nil {
		return 0
	}
	L.Push(lua.LBool(!so.alive()))
	return 1
}

// socketLimit is socket.limit(id, bytes): the connection is closed when more
// than that is unread.
func socketLimit(L *lua.LState) int {
	so, limit := checkSocket(L, 1), 0
	if L.Get(2) != lua.LNil {
		limit = int(integerArgument(L, 2, "limit"))
	}
	so.mu.Lock()
	so.limit = limit
	so.mu.Unlock()
	return 0
}

// socketWarning is socket.warning(id, f): f(id, kilobytes) is called when much
// waits to be sent, and with 0 once all is out; without f the log says so.
func socketWarning(L *lua.LState) int {
	so := checkSocket(L, 1)
	h := taskOf(L).gen.hooksFor(so)
	h.warning = nil
	if L.Get(2) != lua.LNil {
		h.warning = checkCallable(L, 2)
	}
	return 0
}

// socketOnClose is socket.onclose(id, f): f(id) is called when the connection
// has ended, nothing if f is nil. As in skynet id isn't looked at: that of a
// socket which is gone is of no use, and no error.
func socketOnClose(L *lua.LState) int {
	if L.Get(1) == lua.LNil {
		raise(L, "table index is nil")
	}
	so, fn := mySocket(L, 1), lua.LValue(nil)
	if L.Get(2) != lua.LNil {
		fn = checkCallable(L, 2)
	}
	if so != nil {
		taskOf(L).gen.hooksFor(so).onclose = fn
	}
	return 0
}

// kindText says what a socket is that isn't a connection.
func (so *socket) kindText() string {
	if so.packets != nil {
		return "a udp socket"
	}
	return "a listener"
}

// socketList is socket.list(): the sockets of this service, kind by number:
// "listen", "tcp", "udp" or "pipe". It is how new code finds what it owns.
func socketList(L *lua.LState) int {
	s := taskOf(L).service
	list := value.NewTable(0, 0)
	for _, so := range s.node.sockets.of(s) {
		so.mu.Lock()
		if !so.dropped && !so.ignored {
			list.RawSetInt(so.id, lua.LString(strings.ToLower(so.kind)))
		}
		so.mu.Unlock()
	}
	L.Push(list)
	return 1
}

// socketNetstat is socket.netstat(): a list of all sockets of the node.
func socketNetstat(L *lua.LState) int {
	n := taskOf(L).service.node
	list := value.NewTable(0, 0)
	for _, i := range n.Sockets() {
		t := value.NewTable(0, 10)
		t.RawSetString("id", lua.LNumber(i.ID))
		t.RawSetString("address", lua.LNumber(i.Service))
		t.RawSetString("type", lua.LString(i.Type))
		set := func(key string, n int64) {
			if n != 0 {
				t.RawSetString(key, lua.LNumber(n))
			}
		}
		set("accept", i.Accepted)
		set("read", i.Read)
		set("write", i.Written)
		set("wbuffer", i.Unsent)
		t.RawSetString("sock", lua.LString(i.Local))
		if i.Peer != "" {
			t.RawSetString("peer", lua.LString(i.Peer))
		}
		at := func(key string, when time.Time) {
			if !when.IsZero() {
				t.RawSetString(key, lua.LNumber(time.Since(when)/centisecond))
			}
		}
		at("rtime", i.LastRead)
		at("wtime", i.LastWrite)
		list.Append(t)
	}
	L.Push(list)
	return 1
}

// addresses are the results of looking a name up.
type addresses []string

// Close is there for openFor: addresses hold nothing.
func (addresses) Close() error { return nil }

// socketResolve is socket.resolve(host): a list of its addresses.
func socketResolve(L *lua.LState) int {
	host := stringArgument(L, 1, "resolve")
	ctx := taskOf(L).service.node.sockets.ctx
	found, err := openFor(L, func() (addresses, error) { return lookUpHost(ctx, host) })
	if err != nil {
		raise(L, "%s: %s", errorText(err), host)
	}
	list := value.NewTable(len(found), 0)
	for _, a := range found {
		list.Append(lua.LString(a))
	}
	L.Push(list)
	return 1
}

func lookUpHost(ctx context.Context, host string) (addresses, error) {
	return net.DefaultResolver.LookupHost(ctx, host)
}
