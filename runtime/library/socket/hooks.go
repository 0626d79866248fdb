package socket

import (
	"devnode/runtime/internal/socketmsg"
	"devnode/runtime/library"
)

// socketHooks are the functions that a generation has given for one of its
// service's sockets. Only those of the generation that serves are called: new
// code gives its own, by socket.start, socket.udp, socket.onclose and so on,
// and what comes in before it has waits.
type socketHooks struct {
	accept, receive, onclose, warning library.Value
}

// generationHooks is what a generation has to do with sockets.
type generationHooks struct {
	generation library.Generation
	owner      *owner
	byID       map[int]*socketHooks
	willRead   map[int]bool    // sockets that its tasks read once it serves
	atSwitch   []*library.Wait // of tasks that wait to take over
}

// hooks has those of each generation.
var hooks = library.GenerationState[*generationHooks]{
	New: func(g library.Generation) *generationHooks {
		h := &generationHooks{generation: g, owner: owners.Of(g.Service()), byID: make(map[int]*socketHooks)}
		h.owner.hooks[g] = h
		return h
	},
	Switched: (*generationHooks).switched,
	Ended:    (*generationHooks).ended,
	Values:   (*generationHooks).values,
}

func hooksOf(g library.Generation) *generationHooks { return hooks.Of(g) }

// give are the hooks of a socket, made if there are none.
func (h *generationHooks) give(so *socket) *socketHooks {
	if h.byID[so.id] == nil {
		h.byID[so.id] = &socketHooks{}
	}
	return h.byID[so.id]
}

// of are the hooks of a socket: none that anybody keeps if none were given. h may be nil.
func (h *generationHooks) of(so *socket) *socketHooks {
	if h != nil && h.byID[so.id] != nil {
		return h.byID[so.id]
	}
	return &socketHooks{}
}

// receives tells whether a function of the generation gets what comes in, or a task
// waits for the switch to read it.
func (h *generationHooks) receives(so *socket) bool {
	return h != nil && (!h.of(so).receive.IsNil() || h.willRead[so.id])
}

// switched lets the tasks go on that wanted to read.
func (h *generationHooks) switched() {
	for _, wait := range h.atSwitch {
		wait.Wake()
	}
	h.atSwitch = nil
}

func (h *generationHooks) ended() { delete(h.owner.hooks, h.generation) }

// values visits the functions.
func (h *generationHooks) values(visit func(name string, v *library.Value)) {
	for _, of := range h.byID {
		visit("accept", &of.accept)
		visit("receive", &of.receive)
		visit("onclose", &of.onclose)
		visit("warning", &of.warning)
	}
}

// attend looks at what has happened to a socket, on the worker of the service that
// owned it then.
func (so *socket) attend(s library.Service) {
	so.mu.Lock()
	so.poked = false
	g, serves := s.Serving()
	o := so.set.ownerOf(s)
	if so.owner != s || !serves || o == nil {
		so.mu.Unlock()
		return
	}
	if so.raw {
		so.attendRaw()
		return
	}
	given := o.hooks[g]
	h := given.of(so)
	var accepted []*socket
	var datagrams []datagram
	if !h.accept.IsNil() {
		accepted, so.accepted = so.accepted, nil
	}
	if !h.receive.IsNil() {
		datagrams, so.datagrams = so.datagrams, nil
	}
	closed := so.state == socketClosed
	ended := (closed || so.ended) && !so.told
	so.told = so.told || ended
	failure := so.failure
	so.room.Broadcast()
	so.mu.Unlock()

	for _, child := range accepted {
		callHook(g, h.accept, number(child.id), library.String(child.conn.RemoteAddr().String()))
	}
	for _, d := range datagrams {
		callHook(g, h.receive, library.String(d.data), library.String(d.from))
	}
	if ended && failure != "" {
		s.Log("socket: error on %d %s", so.id, failure)
	}
	if closed && given != nil {
		delete(given.byID, so.id)
	}
	if onclose := h.onclose; ended && !onclose.IsNil() {
		h.onclose = library.Nil
		callHook(g, onclose, number(so.id))
	}
}

// callHook runs a function, if there is one, in a task of its own.
func callHook(g library.Generation, fn library.Value, args ...library.Value) {
	if !fn.IsNil() {
		g.Start(fn, args...)
	}
}

// warn tells the owner that much waits to be sent: size kilobytes, 0 once all is out.
func (so *socket) warn(s library.Service, size int) {
	g, serves := s.Serving()
	if !serves || so.ownerIs() != s {
		return
	}
	if so.isRaw() {
		tell(s, socketmsg.Message{Kind: socketmsg.Warning, ID: so.id, UD: size})
		return
	}
	o := so.set.ownerOf(s)
	if o == nil {
		return
	}
	if warning := o.hooks[g].of(so).warning; !warning.IsNil() {
		callHook(g, warning, number(so.id), number(size))
		return
	}
	so.mu.Lock()
	more := size > so.warned+64
	so.warned = size
	so.mu.Unlock()
	if more {
		s.Log("%s", bufferWarning(so.id, size))
	}
}
