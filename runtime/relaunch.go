package runtime

import (
	"weak"

	lua "github.com/yuin/gopher-lua"
)

// A start function that runs again, in newer code, finds what its predecessor has
// launched: the same words give the service that lives already, in the order of
// launching. That holds for the main chunk, the start function, and the forks that
// they leave, until these wait; a service that a request launches is a new one.

// launchedService is a service that a start function has launched.
type launchedService struct {
	title   string // the words that it was launched with, whatever it has become by reloads of its own
	handle  Handle
	service weak.Pointer[Service]
	left    bool // a newer start function didn't launch it, which was told
}

// inStart tells whether a task is a start function or a main chunk, or a fork that
// one has made and that has not waited for anything yet.
func (t *Task) inStart() bool {
	return t.request == nil && !t.gen.started && (t.kind == taskMain || t.kind == taskChunk) || t.starting
}

// launchAgain is the living service that the former start function has launched
// with these words, and that the present one hasn't asked for yet; 0 for none.
func (t *Task) launchAgain(script string, args []string) Handle {
	g := t.gen
	if len(g.again) == 0 || !t.inStart() {
		return 0
	}
	title := (&Service{script: script, args: args}).title()
	for i, l := range g.again {
		if l.title == title && g.service.node.lives(l) {
			g.again = append(g.again[:i:i], g.again[i+1:]...)
			l.left = false
			g.launches = append(g.launches, l)
			g.found = append(g.found, title+" "+l.handle.String())
			return l.handle
		}
	}
	return 0
}

// lives tells whether a service that was launched goes on.
func (n *Node) lives(l launchedService) bool {
	s := n.grab(l.handle)
	return s != nil && s.doomed.Load() == nil && s == l.service.Value()
}

// launched notes a service that the task has launched.
func (t *Task) launched(made *Service) {
	g := t.gen
	if g.preparing() {
		g.children = append(g.children, made)
	}
	if t.inStart() {
		g.launches = append(g.launches, launchedService{title: made.title(), handle: made.actor.Handle(), service: weak.Make(made)})
	}
}

// launchesFor lists what the start function of a newer generation may find again.
func (g *Generation) launchesFor() []launchedService {
	var list []launchedService
	for _, l := range append(append([]launchedService(nil), g.launches...), g.again...) {
		if g.service.node.lives(l) {
			list = append(list, l)
		}
	}
	return list
}

// tellLaunches notes in a record which services g has found again, and which it no
// longer launches.
func (g *Generation) tellLaunches(r *ReloadRecord) {
	r.Found, g.found = g.found, nil
	for t := g.first; t != nil; t = t.next {
		if t.starting {
			return // it may launch some yet
		}
	}
	for i := range g.again {
		l := &g.again[i]
		if !l.left && g.service.node.lives(*l) {
			l.left = true
			r.Left = append(r.Left, l.title+" "+l.handle.String())
		}
	}
}

// pushHandle pushes the address of a service that was found again.
func pushHandle(L *lua.LState, h Handle) int {
	L.Push(lua.LNumber(h))
	return 1
}
