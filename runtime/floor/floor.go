package floor

import (
	"testing"
	"time"

	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/lua/stdlib"
	"devnode/runtime/lua/syntax"
	"devnode/runtime/lua/value"
	"devnode/runtime/lua/vm"
)

// pair is the same two scripts on two fibers, with a skynet of four
// functions that hand the values over.
type pair struct {
	client, handler service
	args, answer    []lua.LValue
}

// service is a fiber, and what its script gave to skynet.dispatch.
type service struct {
	*vm.Fiber
	dispatch lua.LValue
}

// newFloor loads the scripts. call and send are the client's functions.
func newFloor(b *testing.B, call, send lua.LGFunction) *pair {
	pool := vm.NewPool()
	p := &pair{}
	skynet := map[string]lua.LGFunction{
		"call": call,
		"send": send,
		"pack": func(L *lua.LState) int { return L.GetTop() },
		"ret": func(L *lua.LState) int {
			p.answer = appendStack(p.answer[:0], L, 1)
			return 0
		},
	}
	p.client = loadFloor(b, pool, client, skynet)
	p.handler = loadFloor(b, pool, echo, skynet)
	b.Cleanup(func() {
		p.client.Release()
		p.handler.Release()
		pool.Close()
	})
	return p
}

func loadFloor(b *testing.B, pool *vm.Pool, src string, skynet map[string]lua.LGFunction) service {
	v := vm.New(pool)
	stdlib.Open(v, stdlib.Options{})
	s := service{Fiber: v.NewFiber(nil)}
	t := value.NewTable(0, 0)
	for name, fn := range skynet {
		t.RawSetString(name, v.NewFunction(fn))
	}
	t.RawSetString("dispatch", v.NewFunction(func(L *lua.LState) int { s.dispatch = L.Get(2); return 0 }))
	t.RawSetString("start", v.NewFunction(func(L *lua.LState) int { L.Push(L.Get(1)); vm.Call(L, 0, 0); return 0 }))
	v.Globals().RawSetString("require", v.NewFunction(func(L *lua.LState) int { L.Push(t); return 1 }))
	proto, err := syntax.Compile([]byte(src), "=floor")
	if err != nil {
		b.Fatal(err)
	}
	s.Start(v.NewClosure(proto))
	if s.Resume() != vm.Dead || s.Failure() != nil {
		b.Fatal(s.Failure())
	}
	return s
}

func appendStack(to []lua.LValue, L *lua.LState, first int) []lua.LValue {
	for i, top := first, L.GetTop(); i <= top; i++ {
		to = append(to, L.Get(i))
	}
	return to
}

// begin has the client run its command over and over, n times.
func (p *pair) begin(cmd string, n int) {
	p.client.Start(p.client.dispatch, lua.LNumber(7), lua.LNumber(8), lua.LString(cmd), lua.LNumber(9), lua.LNumber(n))
}

// callFloor is how long n calls take at the least.
func callFloor(b *testing.B, n int) time.Duration {
	var p *pair
	p = newFloor(b, func(L *lua.LState) int {
		p.args = appendStack(p.args[:0], L, 3)
		vm.Of(L).Park()
		for _, v := range p.answer {
			L.Push(v)
		}
		return len(p.answer)
	}, nil)
	p.begin("call", n)
	var args []lua.LValue
	session, source := lua.LValue(lua.LNumber(7)), lua.LValue(lua.LNumber(8))
	began := time.Now()
	for p.client.Resume() == vm.Parked {
		args = append(append(args[:0], session, source), p.args...)
		p.handler.Start(p.handler.dispatch, args...)
		p.handler.Resume()
	}
	took := time.Since(began)
	if err := p.client.Failure(); err != nil {
		b.Fatal(err)
	}
	return took
}

// sendFloor is how long n one-way messages take at the least: the sender fills
// a queue of 64, then the receiver handles them.
func sendFloor(b *testing.B, n int) time.Duration {
	var queue [][]lua.LValue
	session, source := lua.LValue(lua.LNumber(0)), lua.LValue(lua.LNumber(8))
	p := newFloor(b, func(L *lua.LState) int { return 0 }, func(L *lua.LState) int {
		args := append(make([]lua.LValue, 0, 5), session, source)
		queue = append(queue, appendStack(args, L, 3))
		if len(queue) == 64 {
			vm.Of(L).Park()
		}
		return 0
	})
	p.begin("send", n)
	began := time.Now()
	for state := vm.Parked; state == vm.Parked; {
		state = p.client.Resume()
		for _, args := range queue {
			p.handler.Start(p.handler.dispatch, args...)
			p.handler.Resume()
		}
		queue = queue[:0]
	}
	took := time.Since(began)
	if err := p.client.Failure(); err != nil {
		b.Fatal(err)
	}
	return took
}
