package netpack

import (
	"devnode/runtime/internal/socketmsg"
	"devnode/runtime/library"
)

// Names are those by which scripts require the module: skynet's, and an older one.
var Names = []string{"skynet.netpack", "netpack"}

// Module is what require returns for one of the Names.
func Module(name string) library.Module {
	return library.Module{
		Name: name,
		Functions: map[string]library.Function{
			"filter": filter, "pop": pop, "pack": pack, "clear": clearQueue, "tostring": toString,
		},
	}
}

// kinds are how filter names what has happened.
var kinds = map[socketmsg.Kind]string{
	socketmsg.Connect: "init", socketmsg.Close: "close", socketmsg.Accept: "open", socketmsg.Error: "error", socketmsg.Warning: "warning",
}

// filter is netpack.filter(queue, msg, sz), for a message of type socket: the queue, and what has happened: "data", fd, msg, sz
// where that is one package, "more" where pop has several, or another event. Part of a package is nothing yet.
func filter(c library.Call) {
	c.Int(3)
	m, ok := socketmsg.Decode(c.Bytes(2))
	if !ok {
		c.ArgError(2, "message of type socket expected")
	}
	q := queues.Of(c.Service())
	if m.Kind == socketmsg.Data {
		data(c, q, m)
		return
	}
	if m.Kind == socketmsg.Close || m.Kind == socketmsg.Error {
		q.closed(m.ID)
	}
	kind, known := kinds[m.Kind]
	if !known {
		c.Return(q.token)
		return
	}
	c.Return(q.token, library.String(kind))
	switch m.Kind {
	case socketmsg.Connect:
		c.Return(number(m.ID), library.String(m.Data), number(m.UD))
	case socketmsg.Accept:
		c.Return(number(m.UD), library.String(m.Data))
	case socketmsg.Error:
		c.Return(number(m.ID), library.String(m.Data))
	case socketmsg.Warning:
		c.Return(number(m.ID), number(m.UD))
	default:
		c.Return(number(m.ID))
	}
}

func data(c library.Call, q *queue, m socketmsg.Message) {
	switch whole := q.add(m.ID, m.Data); {
	case len(whole) == 0:
		c.Return(q.token)
	case len(whole) == 1 && len(q.begun[m.ID]) == 0:
		c.Return(q.token, library.String("data"), number(m.ID))
		pass(c, whole[0].data)
	default:
		q.ready = append(q.ready, whole...)
		c.Return(q.token, library.String("more"))
	}
}

// pass returns bytes as a message and their number.
func pass(c library.Call, bytes string) { c.Return(c.Message(bytes), number(len(bytes))) }

func number(n int) library.Value { return library.Int(int64(n)) }

// pop is netpack.pop(queue): fd, msg and sz of the oldest package that waits, or nothing.
func pop(c library.Call) {
	if p, ok := queues.Of(c.Service()).take(); ok {
		c.Return(number(p.socket))
		pass(c, p.data)
	}
}

// pack is netpack.pack(text) or pack(msg, sz): the bytes with their length before them, as a message and its size.
func pack(c library.Call) {
	bytes := c.Bytes(1)
	if len(bytes) >= maxSize {
		c.Raise("Invalid size (too long) of data : %d", len(bytes))
	}
	pass(c, string([]byte{byte(len(bytes) >> 8), byte(len(bytes))})+bytes)
}

// clearQueue is netpack.clear(queue). A gate calls it when its code ends: where newer code goes on, that keeps all.
func clearQueue(c library.Call) {
	if c.Arg(1).IsNil() {
		return
	}
	if serving, ok := c.Service().Serving(); ok && serving != c.Generation() {
		return
	}
	queues.Of(c.Service()).clear()
}

// toString is netpack.tostring(msg, sz): the bytes.
func toString(c library.Call) {
	c.Int(2)
	if c.Arg(1).IsNil() {
		c.Return(library.String(""))
		return
	}
	c.Return(library.String(c.Bytes(1)))
}
