package runtime

import (
	"sync"

	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/lua/value"
	"devnode/runtime/lua/vm"
)

// requests is what skynet.request makes: calls that are sent together, and
// whose answers are taken as they come.
//
//	local reqs = skynet.request { a, "lua", "get" } { b, "lua", "get" }
//	for req, resp in reqs:select(100) do
//		-- resp holds the results, n of them; it is false where the call
//		-- failed, nil where there is no such service
//	end
//	print(reqs.timeout) -- true once the time is over
//
// In Lua it is the table of the requests.
type requests struct {
	self     *value.Table
	selected bool
	closed   bool
	pending  map[*Task]bool // that receive answers still to come
	failed   []*value.Table
	answers  []answeredRequest
	timer    *Task // that the end of the time will start
	timedOut bool
}

type answeredRequest struct {
	request *value.Table
	results lua.LValue // false if the call failed
}

// requestMeta is the metatable of all requests. Scripts can't reach it.
var requestMeta = sync.OnceValue(func() *value.Table {
	methods, mt := value.NewTable(0, 3), value.NewTable(0, 4)
	for name, fn := range map[string]lua.LGFunction{"add": requestAdd, "select": requestSelect, "close": requestClose} {
		methods.RawSetString(name, value.Function(fn))
	}
	mt.RawSetString("__index", value.Function(func(L *lua.LState) int {
		L.Push(methods.RawGet(value.Key(L.Get(2))))
		return 1
	}))
	mt.RawSetString("__call", value.Function(requestAdd))
	mt.RawSetString("__close", value.Function(requestClose))
	mt.RawSetString("__metatable", lua.LFalse)
	return mt
})

// apiRequest is skynet.request(req): req is a table of what skynet.call takes.
func apiRequest(L *lua.LState) int {
	r := &requests{self: value.NewTable(1, 1), pending: make(map[*Task]bool)}
	value.SetMeta(r.self, requestMeta())
	r.self.RawSetString(requestsField, &lua.LUserData{Value: r, Metatable: lua.LNil})
	if L.Get(1) != lua.LNil {
		r.add(L, L.Get(1), "request")
	}
	L.Push(r.self)
	return 1
}

// requestsField is where the table of the requests has the rest.
const requestsField = "_requests"

func checkRequests(L *lua.LState) *requests {
	if t, ok := L.Get(1).(*value.Table); ok {
		if ud, ok := t.RawGetString(requestsField).(*lua.LUserData); ok {
			if r, ok := ud.Value.(*requests); ok {
				return r
			}
		}
	}
	raise(L, "bad argument #1 (skynet.request expected, got %s)", typeName(L.Get(1)))
	return nil
}

// requestAdd is requests:add(req), and requests(req).
func requestAdd(L *lua.LState) int {
	r := checkRequests(L)
	r.add(L, L.Get(2), "add")
	L.Push(r.self)
	return 1
}

func (r *requests) add(L *lua.LState, req lua.LValue, function string) {
	if _, ok := req.(*value.Table); !ok {
		raise(L, "bad argument #1 to '%s' (table expected, got %s)", function, typeName(req))
	}
	if r.selected {
		raise(L, "the requests are being selected: make new ones")
	}
	r.self.Append(req)
}

// requestSelect is requests:select(timeout): it sends the requests and returns
// an iterator over them and their answers, as they come. The iterator ends once
// all are answered, or with the timeout, which is in centiseconds.
func requestSelect(L *lua.LState) int {
	r := checkRequests(L)
	if r.selected {
		raise(L, "the requests are being selected: make new ones")
	}
	r.selected = true
	t := taskOf(L)
	timeout := int64(-1)
	if L.Get(2) != lua.LNil {
		timeout = max(0, checkInteger(L, 2))
	}
	for i := 1; i <= r.self.Len(); i++ {
		if req, ok := r.self.RawGetInt(i).(*value.Table); ok {
			r.send(L, t, req)
		}
	}
	if timeout >= 0 {
		r.startTimer(t, timeout)
	}
	L.Push(value.Function(r.next))
	L.Push(lua.LNil)
	L.Push(lua.LNil)
	L.Push(r.self)
	return 4
}

// send sends one request. What receives the answer is a task that waits for
// it before it has begun.
func (r *requests) send(L *lua.LState, t *Task, req *value.Table) {
	base := L.GetTop()
	defer L.SetTop(base)
	n := req.Len()
	if given, ok := value.ToInt(req.RawGetString("n")); ok {
		n = int(given)
	}
	for i := 1; i <= max(n, 2); i++ {
		L.Push(req.RawGetInt(i))
	}
	to, p := t.checkAddress(L, base+1), t.checkProtocol(L, base+2)
	s := t.service
	session := s.newSession()
	if t.trace != "" {
		t.sendTrace(vm.Of(L), to)
	}
	m := Message{Source: s.actor.Handle(), Session: session, Type: p.id, Data: t.packArguments(L, p, base+3)}
	if !s.node.send(s, to, m.Type, session, m.Data) && !t.keep(L, base+1, m) {
		r.failed = append(r.failed, req)
		return
	}
	s.noteName(session, to, req.RawGetInt(1))
	receive := value.Function(func(L *lua.LState) int { return r.receive(L, p, req) })
	child := t.gen.newTask(taskFork, receive, nil)
	child.inherit(t)
	child.expect(session, peerOf(to))
	r.pending[child] = true
}

// startTimer has the time be over in so many centiseconds, whatever the body of the
// loop does until then.
func (r *requests) startTimer(t *Task, timeout int64) {
	session := t.service.newSession()
	over := value.Function(func(L *lua.LState) int {
		r.timer, r.timedOut = nil, true
		r.self.RawSetString("timeout", lua.LTrue)
		r.wake(taskOf(L))
		return 0
	})
	r.timer = t.gen.newTask(taskFork, over, nil)
	r.timer.inherit(t)
	r.timer.expect(session, 0)
	t.service.expireIn(session, timeout)
}

// wake wakes the task that waits for an answer.
func (r *requests) wake(t *Task) {
	if sleeper := t.service.sleeper(r.self, t.gen); sleeper != nil {
		t.service.wake(sleeper)
	}
}

// receive is the body of the task that an answer starts.
func (r *requests) receive(L *lua.LState, p *protocol, req *value.Table) int {
	t := taskOf(L)
	delete(r.pending, t)
	a := answeredRequest{req, lua.LFalse}
	if !t.broken {
		d := t.reply
		t.reply = nil
		n := t.pushUnpacked(L, p, d)
		results := value.NewTable(n, 1)
		results.RawSetString("n", lua.LNumber(n))
		for i := 1; i <= n; i++ {
			results.RawSetInt(i, L.Get(L.GetTop()-n+i))
		}
		a.results = results
	}
	r.answers = append(r.answers, a)
	r.wake(t)
	return 0
}

// next is the iterator.
func (r *requests) next(L *lua.LState) int {
	if n := len(r.failed); n > 0 {
		L.Push(r.failed[n-1])
		r.failed = r.failed[:n-1]
		return 1
	}
	for len(r.answers) == 0 {
		if !r.closed && len(r.pending) > 0 && !r.timedOut {
			r.wait(L)
		}
		if r.closed || len(r.pending) == 0 && len(r.answers) == 0 || r.timedOut {
			L.Push(lua.LNil)
			return 1
		}
	}
	a := r.answers[0]
	r.answers = r.answers[1:]
	L.Push(a.request)
	L.Push(a.results)
	return 2
}

// wait waits for the next answer, or for the end of the time.
func (r *requests) wait(L *lua.LState) {
	f, t := vm.Of(L), taskOf(L)
	t.checkToken(L, r.self)
	t.sleepOn(f, t.service.newSession(), r.self)
}

// requestClose is requests:close(): answers that are still to come are dropped.
func requestClose(L *lua.LState) int {
	r, s := checkRequests(L), taskOf(L).service
	r.selected, r.closed, r.answers, r.failed = true, true, nil, nil
	for t := range r.pending {
		s.kill(t, "")
	}
	clear(r.pending)
	if r.timer != nil {
		s.kill(r.timer, "")
		r.timer = nil
	}
	return 0
}
