package runtime

import (
	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/internal/socketmsg"
)

// socketHooks are the functions that a generation has given for one of its
// service's sockets. Only those of the generation that serves are called: new
// code gives its own, by socket.start, socket.udp, socket.onclose and so on,
// and what comes in before it has waits.
type socketHooks struct {
	accept, receive, onclose, warning lua.LValue
	warned                            int // kilobytes, of the last warning
}

func (g *Generation) hooksFor(so *socket) *socketHooks {
	h := g.hooks[so.id]
	if h == nil {
		h = &socketHooks{}
		if g.hooks == nil {
			g.hooks = make(map[int]*socketHooks)
		}
		g.hooks[so.id] = h
	}
	return h
}

// attend looks at what has happened to a socket, on the worker of its owner.
func (s *Service) attend(so *socket) {
	if s.waitsItsTurn(func(s *Service) { s.attend(so) }) {
		return
	}
	so.mu.Lock()
	so.poked = false
	g := s.code
	if so.owner != s || g == nil || s.leaving != nil {
		so.mu.Unlock()
		return
	}
	if so.raw {
		s.attendRaw(so)
		return
	}
	h := g.hooks[so.id]
	if h == nil {
		h = &socketHooks{}
	}
	var accepted []*socket
	var datagrams []datagram
	if h.accept != nil {
		accepted, so.accepted = so.accepted, nil
	}
	if h.receive != nil {
		datagrams, so.datagrams = so.datagrams, nil
	}
	closed := so.state == socketClosed
	ended := (closed || so.ended) && !so.told
	so.told = so.told || ended
	failure := so.failure
	so.room.Broadcast()
	so.mu.Unlock()

	for _, child := range accepted {
		s.callHook(g, h.accept, lua.LNumber(child.id), lua.LString(child.conn.RemoteAddr().String()))
	}
	for _, d := range datagrams {
		s.callHook(g, h.receive, lua.LString(d.data), lua.LString(d.from))
	}
	if ended && failure != "" {
		s.log("socket: error on %d %s", so.id, failure)
	}
	if closed {
		delete(g.hooks, so.id)
	}
	if onclose := h.onclose; ended && onclose != nil {
		h.onclose = nil
		s.callHook(g, onclose, lua.LNumber(so.id))
	}
}

// callHook runs a function in a task of its own.
func (s *Service) callHook(g *Generation, fn lua.LValue, args ...lua.LValue) {
	if fn != nil && !g.retired && s.leaving == nil {
		s.step(g.newTask(taskFork, fn, args))
	}
}

// warnOf tells that much waits to be sent: size kilobytes, 0 once all is out.
func (s *Service) warnOf(so *socket, size int) {
	if s.waitsItsTurn(func(s *Service) { s.warnOf(so, size) }) {
		return
	}
	g := s.code
	if g == nil || s.leaving != nil || so.ownerIs() != s {
		return
	}
	if so.isRaw() {
		s.tellRaw(socketmsg.Message{Kind: socketmsg.Warning, ID: so.id, UD: size})
		return
	}
	h := g.hooksFor(so)
	if h.warning != nil {
		s.callHook(g, h.warning, lua.LNumber(so.id), lua.LNumber(size))
		return
	}
	if size > h.warned+64 {
		s.log("%s", bufferWarning(so.id, size))
	}
	h.warned = size
}

// switchSockets has a generation that has taken over go on with the sockets:
// its tasks that wanted to read may, and what has come in meanwhile is handed
// to its functions.
func (s *Service) switchSockets(g *Generation) {
	for _, session := range g.atSwitch {
		s.node.push(s, Message{Session: session, Type: ptypeTimer}, s.worker)
	}
	g.atSwitch = nil
	if !s.hadSockets {
		return
	}
	s.node.do(s, func(s *Service) {
		for _, so := range s.node.sockets.of(s) {
			if s.code == g && so.kind == "LISTEN" && !so.isRaw() && so.alive() && (g.hooks[so.id] == nil || g.hooks[so.id].accept == nil) {
				s.log("socket %d listens at %s, but generation %d has no function for its connections: socket.start(%d, f) gives one, socket.close(%d) ends it", so.id, so.asked, g.number, so.id, so.id)
			}
			s.attend(so)
		}
	})
}
