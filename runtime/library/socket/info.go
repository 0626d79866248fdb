package socket

import (
	"context"
	"net"
	"strings"
	"time"

	"devnode/runtime/library"
)

// socketInvalid is socket.invalid(id): whether it is no socket that this
// service has started.
func socketInvalid(c library.Call) {
	c.Return(library.Bool(mySocket(c, 1) == nil))
}

// socketDisconnected is socket.disconnected(id): whether the connection has
// ended; nothing if there is no such socket.
func socketDisconnected(c library.Call) {
	so := mySocket(c, 1)
	if so == nil {
		return
	}
	c.Return(library.Bool(!so.alive()))
}

// socketLimit is socket.limit(id, bytes): the connection is closed when more
// than that is unread.
func socketLimit(c library.Call) {
	so, limit := checkSocket(c, 1), 0
	if !c.Arg(2).IsNil() {
		limit = int(integerArgument(c, 2, "limit"))
	}
	so.mu.Lock()
	so.limit = limit
	so.mu.Unlock()
}

// socketWarning is socket.warning(id, f): f(id, kilobytes) is called when much
// waits to be sent, and with 0 once all is out; without f the log says so.
func socketWarning(c library.Call) {
	so := checkSocket(c, 1)
	h := hooksOf(c.Generation()).give(so)
	h.warning = library.Nil
	if !c.Arg(2).IsNil() {
		h.warning = c.Function(2)
	}
}

// onClose is socket.onclose(id, f): f(id) is called when the connection
// has ended, nothing if f is nil. As in skynet id isn't looked at: that of a
// socket which is gone is of no use, and no error.
func onClose(c library.Call) {
	if c.Arg(1).IsNil() {
		raise(c, "table index is nil")
	}
	so, fn := mySocket(c, 1), library.Nil
	if !c.Arg(2).IsNil() {
		fn = c.Function(2)
	}
	if so != nil {
		hooksOf(c.Generation()).give(so).onclose = fn
	}
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
func socketList(c library.Call) {
	s := c.Service()
	list := c.NewTable(0, 0)
	for _, so := range tables.Of(c.Node()).of(s) {
		so.mu.Lock()
		if !so.dropped && !so.ignored {
			list.Set(number(so.id), library.String(strings.ToLower(so.kind)))
		}
		so.mu.Unlock()
	}
	c.Return(list.Value())
}

// socketNetstat is socket.netstat(): a list of all sockets of the node.
func socketNetstat(c library.Call) {
	list := c.NewTable(0, 0)
	for _, i := range tables.Of(c.Node()).connections() {
		t := c.NewTable(0, 10)
		t.SetField("id", number(i.ID))
		t.SetField("address", number(int(i.Service)))
		t.SetField("type", library.String(i.Type))
		set := func(key string, n int64) {
			if n != 0 {
				t.SetField(key, number(n))
			}
		}
		set("accept", i.Accepted)
		set("read", i.Read)
		set("write", i.Written)
		set("wbuffer", i.Unsent)
		t.SetField("sock", library.String(i.Local))
		if i.Peer != "" {
			t.SetField("peer", library.String(i.Peer))
		}
		at := func(key string, when time.Time) {
			if !when.IsZero() {
				t.SetField(key, number(int64(time.Since(when)/centisecond)))
			}
		}
		at("rtime", i.LastRead)
		at("wtime", i.LastWrite)
		list.Append(t.Value())
	}
	c.Return(list.Value())
}

// centisecond is the unit of skynet's time.
const centisecond = 10 * time.Millisecond

// addresses are the results of looking a name up.
type addresses []string

// Close is there for openFor: addresses hold nothing.
func (addresses) Close() error { return nil }

// socketResolve is socket.resolve(host): a list of its addresses.
func socketResolve(c library.Call) {
	host := stringArgument(c, 1, "resolve")
	ctx := c.Node().Context()
	found, err := openFor(c, func() (addresses, error) { return lookUpHost(ctx, host) })
	if err != nil {
		raise(c, "%s: %s", errorText(err), host)
	}
	list := c.NewTable(len(found), 0)
	for _, a := range found {
		list.Append(library.String(a))
	}
	c.Return(list.Value())
}

func lookUpHost(ctx context.Context, host string) (addresses, error) {
	return net.DefaultResolver.LookupHost(ctx, host)
}
