package runtime

import (
	"sync"
	"time"

	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/vm"
)

// requests is what skynet.request makes: calls that are sent together, and
// whose answers are taken as they come.
//
//	local reqs = skynet.request { a, "lua", "get" } { b, "lua", "get" }
//	for req, resp in reqs:select(100) do
//		-- resp holds the results, n of them; it is false where the call
//		-- failed, nil where there is no such service
//	end
//	print(reqs.timeout) -- true if the time was over
//
// In Lua it is the table of the requests.
type requests struct {
	self     *lua.LTable
	selected bool
	closed   bool
	pending  map[*Task]bool // that receive answers still to come
	failed   []*lua.LTable
	answers  []answeredRequest
	deadline time.Duration // since the node's start; 0 if there is none
}

type answeredRequest struct {
	request *lua.LTable
	results lua.LValue // false if the call failed
}

// requestMeta is the metatable of all requests. Scripts can't reach it.
var requestMeta = sync.OnceValue(func() *lua.LTable {
	L := &lua.LState{}
	methods, mt := L.CreateTable(0, 3), L.CreateTable(0, 4)
	for name, fn := range map[string]lua.LGFunction{"add": requestAdd, "select": requestSelect, "close": requestClose} {
		methods.RawSetString(name, &lua.LFunction{IsG: true, GFunction: fn})
	}
	mt.RawSetString("__index", &lua.LFunction{IsG: true, GFunction: func(L *lua.LState) int {
		L.Push(methods.RawGet(L.Get(2)))
		return 1
	}})
	mt.RawSetString("__call", &lua.LFunction{IsG: true, GFunction: requestAdd})
	mt.RawSetString("__close", &lua.LFunction{IsG: true, GFunction: requestClose})
	mt.RawSetString("__metatable", lua.LFalse)
	return mt
})

// apiRequest is skynet.request(req): req is a table of what skynet.call takes.
func apiRequest(L *lua.LState) int {
	r := &requests{self: L.CreateTable(1, 1), pending: make(map[*Task]bool)}
	r.self.Metatable = requestMeta()
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
	if t, ok := L.Get(1).(*lua.LTable); ok {
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
	if _, ok := req.(*lua.LTable); !ok {
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
	if L.Get(2) != lua.LNil {
		r.deadline = t.service.node.elapsed() + max(0, time.Duration(checkInteger(L, 2)))*centisecond
	}
	for i := 1; i <= r.self.Len(); i++ {
		if req, ok := r.self.RawGetInt(i).(*lua.LTable); ok {
			r.send(L, t, req)
		}
	}
	L.Push(L.NewFunction(r.next))
	L.Push(lua.LNil)
	L.Push(lua.LNil)
	L.Push(r.self)
	return 4
}

// send sends one request. What receives the answer is a task that waits for
// it before it has begun.
func (r *requests) send(L *lua.LState, t *Task, req *lua.LTable) {
	base := L.GetTop()
	defer L.SetTop(base)
	n := req.Len()
	if given, ok := req.RawGetString("n").(lua.LNumber); ok {
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
	m := message{source: s.handle, session: session, ptype: p.id, data: t.packArguments(L, p, base+3)}
	if !s.node.send(s, to, m.ptype, session, m.data) && !t.keep(L, base+1, m) {
		r.failed = append(r.failed, req)
		return
	}
	receive := &lua.LFunction{IsG: true, GFunction: func(L *lua.LState) int { return r.receive(L, p, req) }}
	child := t.gen.newTask(taskFork, receive, nil)
	child.inherit(t)
	child.expect(session, peerOf(to))
	r.pending[child] = true
}

// receive is the body of the task that an answer starts.
func (r *requests) receive(L *lua.LState, p *protocol, req *lua.LTable) int {
	t := taskOf(L)
	delete(r.pending, t)
	a := answeredRequest{req, lua.LFalse}
	if !t.broken {
		d := t.reply
		t.reply = nil
		n := t.pushUnpacked(L, p, d)
		results := L.CreateTable(n, 1)
		results.RawSetString("n", lua.LNumber(n))
		for i := 1; i <= n; i++ {
			results.RawSetInt(i, L.Get(L.GetTop()-n+i))
		}
		a.results = results
	}
	r.answers = append(r.answers, a)
	if sleeper := t.service.sleeper(r.self, t.gen); sleeper != nil {
		t.service.wake(sleeper)
	}
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
		if r.closed || len(r.pending) == 0 || !r.wait(L) {
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

// wait waits for the next answer. It is false when the time is over.
func (r *requests) wait(L *lua.LState) bool {
	f, t := vm.Of(L), taskOf(L)
	s := t.service
	t.checkToken(L, r.self)
	session := s.newSession()
	if r.deadline > 0 {
		left := r.deadline - s.node.elapsed()
		if left <= 0 {
			return r.timedOut()
		}
		s.expireIn(session, int64((left+centisecond-1)/centisecond))
	}
	t.sleepOn(f, session, r.self)
	return t.woken || r.timedOut()
}

func (r *requests) timedOut() bool {
	r.self.RawSetString("timeout", lua.LTrue)
	return false
}

// requestClose is requests:close(): answers that are still to come are dropped.
func requestClose(L *lua.LState) int {
	r, s := checkRequests(L), taskOf(L).service
	r.selected, r.closed, r.answers, r.failed = true, true, nil, nil
	for t := range r.pending {
		s.kill(t, "")
	}
	clear(r.pending)
	return 0
}
