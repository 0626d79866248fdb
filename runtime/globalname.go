package runtime

import (
	"fmt"
	"strings"
	"sync"

	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/internal/actor"
)

// globalNames are what waits for a service to get a global name: questions for
// it, and messages, as service_harbor.c keeps them.
type globalNames struct {
	mu      sync.Mutex
	waiting map[string][]func(Handle)
	kept    map[string]int  // how many of these are messages
	given   map[string]bool // that a service has had
}

// isGlobalName tells whether a service could be given such a name for the whole
// network.
func isGlobalName(name string) bool {
	return name != "" && name[0] != '.' && len(name) < 16 && !strings.Contains(name, ":") && !isNumeral(name)
}

// name gives h a name. A name that is taken stays with its owner, silently, as in
// skynet; the result is who has it now, 0 if h is gone. What was sent to the name
// before is in the mailbox of h before anything that is sent after.
func (n *Node) name(name string, h Handle) Handle {
	g := &n.globals
	g.mu.Lock()
	defer g.mu.Unlock()
	if n.grab(h) != nil && n.handles.Find(name) == 0 {
		g.tellLocked(name, h)
	}
	return n.handles.Name(name, h)
}

func (g *globalNames) tellLocked(name string, h Handle) {
	if isGlobalName(name) {
		if g.given == nil {
			g.given = make(map[string]bool)
		}
		g.given[name] = true
	}
	for _, told := range g.waiting[name] {
		told(h)
	}
	delete(g.waiting, name)
	delete(g.kept, name)
}

// whenNamed has told called once a service has the name, perhaps at once. told
// must not use names.
func (n *Node) whenNamed(name string, told func(Handle)) {
	g := &n.globals
	g.mu.Lock()
	defer g.mu.Unlock()
	if h := n.handles.Find(name); h != 0 {
		told(h)
		return
	}
	n.awaitNameLocked(name, told)
}

// awaitNameLocked has told called once a service has the name.
func (n *Node) awaitNameLocked(name string, told func(Handle)) {
	g := &n.globals
	if len(g.waiting[name]) == 0 {
		n.startNamed(name)
	}
	if g.waiting == nil {
		g.waiting, g.kept = make(map[string][]func(Handle)), make(map[string]int)
	}
	g.waiting[name] = append(g.waiting[name], told)
}

// keepFor keeps a message that s sends for the service that gets a global name,
// which may have happened by now. It is false where name is none, or its service
// has ended.
func (n *Node) keepFor(name string, s *Service, m Message) bool {
	g := &n.globals
	g.mu.Lock()
	defer g.mu.Unlock()
	if h := n.handles.Find(name); h != 0 {
		to := n.grab(h)
		return to != nil && n.push(to, m, nil)
	}
	if !isGlobalName(name) || g.given[name] {
		return false
	}
	n.awaitNameLocked(name, func(h Handle) { n.handOver(s, m, name, h) })
	g.kept[name]++
	if startedNames[name] != "" {
		return true // it is on its way
	}
	if kept := g.kept[name]; kept == 1 || kept >= actor.OverloadThreshold && kept&(kept-1) == 0 {
		s.log("%s", n.noSuchName(name, kept))
	}
	return true
}

// handOver sends what s has sent to a name to the service that has got it.
func (n *Node) handOver(s *Service, m Message, name string, h Handle) {
	if to := n.grab(h); to == nil || !n.push(to, m, nil) {
		n.bounce(m, "the service with the name "+name+" has ended")
		return
	}
	if m.Session == 0 || m.Source != s.actor.Handle() {
		return
	}
	n.do(s, func(s *Service) { // who waits for an answer waits for h from now on
		delete(s.unnamed, m.Session)
		if w := s.waits.get(m.Session); w.task != nil && w.peer == handleManager {
			w.peer = h
			s.waits.put(m.Session, w)
		}
	})
}

// noSuchName is the warning that kept messages wait for a name.
func (n *Node) noSuchName(name string, kept int) string {
	text := fmt.Sprintf("No service has the global name %s yet: what it is sent waits until one takes it, by skynet.register or skynet.name; waiting: %d", name, kept)
	if n.handles.Find("."+name) != 0 {
		text += fmt.Sprintf(". There is a service with the local name .%s", name)
	}
	return text
}

// keep keeps a message that couldn't be sent to argument n for the service that
// gets that name, see keepFor.
func (t *Task) keep(L *lua.LState, n int, m Message) bool {
	name, ok := L.Get(n).(lua.LString)
	return ok && t.service.node.keepFor(string(name), t.service, m)
}

// peerOf is who a task waits for whose request went to h: where nobody has the
// name yet, the service that knows the names.
func peerOf(h Handle) Handle {
	if h == 0 {
		return handleManager
	}
	return h
}

// noteName notes which name a request was sent to that nobody has yet (to is 0), for
// skynet.term.
func (s *Service) noteName(session int32, to Handle, address lua.LValue) {
	name, ok := address.(lua.LString)
	if to != 0 || !ok {
		return
	}
	if s.unnamed == nil {
		s.unnamed = make(map[int32]string)
	}
	s.unnamed[session] = string(name)
}
