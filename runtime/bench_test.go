package runtime

import (
	"fmt"
	"io"
	"slices"
	"testing"
	"time"

	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/stdlib"
	"devnode/runtime/syntax"
	"devnode/runtime/vm"
)

// The benchmarks print, beside the time, the ratio to the floor: the same two
// handlers driven by hand over two fibers on one goroutine, with no mailbox,
// scheduler, session or copy. go test -bench . ./runtime

const benchEcho = `
local skynet = require "skynet"
local count = 0
skynet.start(function()
	skynet.dispatch("lua", function(session, source, cmd, ...)
		count = count + 1
		if cmd == "echo" then skynet.ret(skynet.pack(...))
		elseif cmd == "count" then skynet.ret(skynet.pack(count)) end
	end)
end)`

const benchClient = `
local skynet = require "skynet"
local CMD = {}
function CMD.call(echo, n) for i = 1, n do skynet.call(echo, "lua", "echo", i, "hello") end end
function CMD.send(echo, n)
	for i = 1, n do skynet.send(echo, "lua", "noop", i, "hello") end
	return skynet.call(echo, "lua", "count")
end
skynet.start(function()
	skynet.dispatch("lua", function(session, source, cmd, ...) skynet.ret(skynet.pack(CMD[cmd](...))) end)
end)`

func BenchmarkCall(b *testing.B) {
	tn, client, echo := benchPair(b)
	againstFloor(b, func(n int) { tn.ask(client, "call", int(echo), n) }, callFloor)
}

func BenchmarkSend(b *testing.B) {
	tn, client, echo := benchPair(b)
	againstFloor(b, func(n int) { tn.ask(client, "send", int(echo), n) }, sendFloor)
}

// floorRounds is in how many parts a benchmark runs in turn with its floor.
// Machines get slower and faster from one second to the next, so what counts is
// the median of the parts' ratios.
const floorRounds = 200

func againstFloor(b *testing.B, run func(n int), floor func(b *testing.B, n int) time.Duration) {
	n := max(b.N/floorRounds, 1)
	var ratios []float64
	var floors time.Duration
	b.ReportAllocs()
	b.ResetTimer()
	for done := 0; done < b.N; done += n {
		began := time.Now()
		run(n)
		took := time.Since(began)
		b.StopTimer()
		least := floor(b, n)
		floors += least
		ratios = append(ratios, float64(took)/float64(least))
		b.StartTimer()
	}
	b.StopTimer()
	slices.Sort(ratios)
	b.ReportMetric(ratios[len(ratios)/2], "ratio")
	b.ReportMetric(float64(floors)/float64(len(ratios)*n), "floor-ns/op")
}

func benchPair(b *testing.B) (tn *testNode, client, echo Handle) {
	tn = newTestNode(b, map[string]string{"echo.lua": benchEcho, "client.lua": benchClient}, func(c *Config) { c.Log = io.Discard })
	return tn, tn.launch("client"), tn.launch("echo")
}

// floorPair is the same two scripts on two fibers, with a skynet of four
// functions that hand the values over.
type floorPair struct {
	client, handler floorService
	args, answer    []lua.LValue
}

// floorService is a fiber, and what its script gave to skynet.dispatch.
type floorService struct {
	*vm.Fiber
	dispatch lua.LValue
}

// newFloor loads the scripts. call and send are the client's functions.
func newFloor(b *testing.B, call, send lua.LGFunction) *floorPair {
	pool := vm.NewPool()
	p := &floorPair{}
	skynet := map[string]lua.LGFunction{
		"call": call,
		"send": send,
		"pack": func(L *lua.LState) int { return L.GetTop() },
		"ret": func(L *lua.LState) int {
			p.answer = appendStack(p.answer[:0], L, 1)
			return 0
		},
	}
	p.client = loadFloor(b, pool, benchClient, skynet)
	p.handler = loadFloor(b, pool, benchEcho, skynet)
	b.Cleanup(func() {
		p.client.Release()
		p.handler.Release()
		pool.Close()
	})
	return p
}

func loadFloor(b *testing.B, pool *vm.Pool, src string, skynet map[string]lua.LGFunction) floorService {
	v := vm.New(pool)
	stdlib.Open(v, stdlib.Options{})
	s := floorService{Fiber: v.NewFiber(nil)}
	t := v.State().NewTable()
	for name, fn := range skynet {
		t.RawSetString(name, v.NewFunction(fn))
	}
	t.RawSetString("dispatch", v.NewFunction(func(L *lua.LState) int { s.dispatch = L.Get(2); return 0 }))
	t.RawSetString("start", v.NewFunction(func(L *lua.LState) int { L.Push(L.Get(1)); L.Call(0, 0); return 0 }))
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
func (p *floorPair) begin(cmd string, n int) {
	p.client.Start(p.client.dispatch, lua.LNumber(7), lua.LNumber(8), lua.LString(cmd), lua.LNumber(9), lua.LNumber(n))
}

// callFloor is how long n calls take at the least.
func callFloor(b *testing.B, n int) time.Duration {
	var p *floorPair
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

func BenchmarkCallPairs(b *testing.B) {
	for _, pairs := range []int{1, 2, 64} {
		b.Run(fmt.Sprint(pairs), func(b *testing.B) {
			tn := newTestNode(b, map[string]string{"echo.lua": benchEcho, "client.lua": benchClient}, func(c *Config) { c.Log = io.Discard })
			var clients, echos []Handle
			for range pairs {
				clients, echos = append(clients, tn.launch("client")), append(echos, tn.launch("echo"))
			}
			b.ResetTimer()
			done := make(chan struct{})
			for i := range pairs {
				go func() { tn.ask(clients[i], "call", int(echos[i]), b.N/pairs+1); done <- struct{}{} }()
			}
			for range pairs {
				<-done
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "calls/s")
		})
	}
}
