package runtime

import (
	goruntime "runtime"
	"weak"

	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/lua/value"
	"devnode/runtime/lua/vm"
)

// response is a closure of skynet.response: it answers a request later, also where
// the handler that has taken it raises an error. While it isn't fired the
// generation that made it doesn't retire, unless the kept state holds it: then it
// belongs to the service. One that nobody holds any more can't be fired: its
// caller is told once Go's collector has found that out. (In skynet it would wait
// for ever.)
type response struct {
	fn      weak.Pointer[lua.LFunction] // the closure
	lost    goruntime.Cleanup           // of the closure
	gen     *Generation                 // nil once it belongs to the service
	request *request
	pack    lua.LValue
	fired   bool
	failure string // of the handler, if it has raised an error
}

// responses are those that are not fired yet, by their closures.
type responses map[weak.Pointer[lua.LFunction]]*response

// apiResponse is skynet.response(pack).
func apiResponse(L *lua.LState) int {
	t := taskOf(L)
	if t.kind != taskRequest || t.own.answered || t.own.deferred {
		raise(L, "no session")
	}
	t.own.deferred = true
	if t.own.session == 0 { // nobody waits: it may be called as often as one likes
		L.Push(value.Function(func(*lua.LState) int { return 0 }))
		return 1
	}
	t.shared = true
	r := &response{gen: t.gen, request: &t.own}
	fn := value.Function(r.call)
	r.watch(t.service, fn)
	if pack := L.Get(1); pack != lua.LNil && vm.Callable(L, pack) {
		r.pack = pack
	}
	if t.gen.responses == nil {
		t.gen.responses = make(responses)
	}
	t.gen.responses[r.fn] = r
	L.Push(fn)
	return 1
}

// watch has the caller told when fn, the closure, was collected.
func (r *response) watch(s *Service, fn *lua.LFunction) {
	r.fn = weak.Make(fn)
	r.lost = goruntime.AddCleanup(fn, func(r *response) {
		s.node.do(s, func(s *Service) { r.collected(s) })
	}, r)
}

// collected answers for a closure that nobody can call any more.
func (r *response) collected(s *Service) {
	if r.fired || r.request.answered {
		return
	}
	r.fired = true
	reason := r.failure
	if reason == "" {
		reason = "nobody holds the function of skynet.response any more"
		s.log("Maybe forgot response session %d from %s : the function of skynet.response was dropped", r.request.session, r.request.source)
	}
	r.request.deferred = false
	r.request.fail(s, reason)
	r.forget(s)
	if g := r.gen; g != nil {
		g.settle()
	}
}

// handlerFailed notes why a handler that has taken the response over will not
// fire it itself. Where it was the only one to hold it, its caller needn't wait
// for long.
func (g *Generation) handlerFailed(t *Task, reason string) {
	for _, r := range g.responses {
		if r.request == &t.own {
			r.failure = reason
			g.service.node.reclaim.Soon()
		}
	}
}

// call is the closure: r(true, ...) answers, r(false) answers with an error,
// r("TEST") tells whether the caller still waits.
func (r *response) call(L *lua.LState) int {
	t := taskOf(L)
	n := t.service.node
	if s, ok := L.Get(1).(lua.LString); ok && s == "TEST" {
		L.Push(lua.LBool(!r.fired && !r.request.answered && n.grab(r.request.source) != nil))
		return 1
	}
	if r.fired {
		raise(L, "Can't response more than once")
	}
	var data *Data
	ok := lua.LVAsBool(L.Get(1))
	if ok {
		data = t.packArguments(L, &protocol{name: "response", pack: r.pack}, 2)
	}
	r.fired = true
	r.request.deferred = false
	r.forget(t.service)
	if r.request.answered {
		L.Push(lua.LFalse)
		return 1
	}
	if ok {
		r.request.answered = true
		ok = n.send(t.service, r.request.source, PTypeResponse, r.request.session, data)
	} else {
		r.request.fail(t.service, "")
		ok = true
	}
	L.Push(lua.LBool(ok))
	return 1
}

// forget takes a fired response out of where it is noted.
func (r *response) forget(s *Service) {
	r.lost.Stop()
	delete(s.keptResponses, r.fn)
	if r.gen == nil {
		return
	}
	delete(r.gen.responses, r.fn)
	if r.gen.draining {
		s.node.do(s, func(*Service) { r.gen.settle() })
	}
}

// keepResponse makes a closure that was found in the kept state the service's, if
// it is one of skynet.response.
func (s *Service) keepResponse(fn *lua.LFunction) {
	for _, g := range s.generations() {
		if len(g.responses) == 0 {
			continue
		}
		if r := g.responses[weak.Make(fn)]; r != nil {
			if s.keptResponses == nil {
				s.keptResponses = make(responses)
			}
			s.keptResponses[r.fn] = r
			delete(g.responses, r.fn)
			r.gen = nil
		}
	}
}

// keepResponses does so with all of g's that the kept state holds.
func (g *Generation) keepResponses() {
	if s := g.service; len(g.responses) > 0 {
		s.walkKept(func(_ string, fn *lua.LFunction) { s.keepResponse(fn) }).step(noLimit)
	}
}

// fail answers for those that were never fired.
func (rs responses) fail(s *Service, reason string) {
	for _, r := range rs {
		r.lost.Stop()
		r.request.fail(s, reason)
	}
}
