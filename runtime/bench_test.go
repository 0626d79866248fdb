package runtime

import (
	"fmt"
	"io"
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
	b.ReportAllocs()
	b.ResetTimer()
	tn.ask(client, "call", int(echo), b.N)
	b.StopTimer()
	floor := callFloor(b, b.N)
	b.ReportMetric(float64(b.Elapsed())/float64(floor), "ratio")
	b.ReportMetric(float64(floor)/float64(b.N), "floor-ns/op")
}

func BenchmarkSend(b *testing.B) {
	tn, client, echo := benchPair(b)
	b.ReportAllocs()
	b.ResetTimer()
	tn.ask(client, "send", int(echo), b.N)
	b.StopTimer()
	floor := sendFloor(b, b.N)
	b.ReportMetric(float64(b.Elapsed())/float64(floor), "ratio")
	b.ReportMetric(float64(floor)/float64(b.N), "floor-ns/op")
}

func benchPair(b *testing.B) (tn *testNode, client, echo Handle) {
	tn = newTestNode(b, map[string]string{"echo.lua": benchEcho, "client.lua": benchClient}, func(c *Config) { c.Log = io.Discard })
	return tn, tn.launch("client"), tn.launch("echo")
}

// floorPair is two fibers in VMs of their own. calls has what `call` and `send`
// were given, answers what `ret` was.
type floorPair struct {
	client, handler *vm.Fiber
	dispatch        lua.LValue
	args, answer    []lua.LValue
}

const floorClient = `
local n = ...
for i = 1, n do call("echo", i, "hello") end`

const floorHandler = `
local count = 0
return function(session, source, cmd, ...)
	count = count + 1
	if cmd == "echo" then ret(pack(...))
	elseif cmd == "count" then ret(pack(count)) end
end`

func newFloor(b *testing.B, n int, park bool) *floorPair {
	pool := vm.NewPool()
	cv, hv := vm.New(pool), vm.New(pool)
	p := &floorPair{client: cv.NewFiber(nil), handler: hv.NewFiber(nil)}
	for _, v := range []*vm.VM{cv, hv} {
		stdlib.Open(v, stdlib.Options{})
	}
	cv.Globals().RawSetString("call", cv.NewFunction(func(L *lua.LState) int {
		p.args = p.args[:0]
		for i, top := 1, L.GetTop(); i <= top; i++ {
			p.args = append(p.args, L.Get(i))
		}
		vm.Of(L).Park()
		if !park {
			return 0
		}
		for _, v := range p.answer {
			L.Push(v)
		}
		return len(p.answer)
	}))
	hv.Globals().RawSetString("pack", hv.NewFunction(func(L *lua.LState) int { return L.GetTop() }))
	hv.Globals().RawSetString("ret", hv.NewFunction(func(L *lua.LState) int {
		p.answer = p.answer[:0]
		for i, top := 1, L.GetTop(); i <= top; i++ {
			p.answer = append(p.answer, L.Get(i))
		}
		return 0
	}))
	p.handler.Start(floorCode(b, hv, floorHandler))
	p.handler.Resume()
	p.dispatch = p.handler.Results()[0]
	p.client.Start(floorCode(b, cv, floorClient), lua.LNumber(n))
	b.Cleanup(func() {
		p.client.Release()
		p.handler.Release()
		pool.Close()
	})
	return p
}

func floorCode(b *testing.B, v *vm.VM, src string) *lua.LFunction {
	proto, err := syntax.Compile([]byte(src), "=floor")
	if err != nil {
		b.Fatal(err)
	}
	return v.NewClosure(proto)
}

// callFloor is how long n calls take at the least.
func callFloor(b *testing.B, n int) time.Duration {
	p := newFloor(b, n, true)
	var args []lua.LValue
	session, source := lua.LValue(lua.LNumber(7)), lua.LValue(lua.LNumber(8))
	began := time.Now()
	for p.client.Resume() == vm.Parked {
		args = append(append(args[:0], session, source), p.args...)
		p.handler.Start(p.dispatch, args...)
		p.handler.Resume()
	}
	took := time.Since(began)
	if err := p.client.Failure(); err != nil || len(p.answer) != 2 {
		b.Fatal(err, p.answer)
	}
	return took
}

// sendFloor is how long n one-way messages take at the least: the sender runs
// through, then the receiver handles them.
func sendFloor(b *testing.B, n int) time.Duration {
	p := newFloor(b, n, false)
	var queue [][]lua.LValue
	p.client.VM().Globals().RawSetString("call", p.client.VM().NewFunction(func(L *lua.LState) int {
		args := make([]lua.LValue, 2, 5)
		args[0], args[1] = lua.LNumber(7), lua.LNumber(8)
		for i, top := 1, L.GetTop(); i <= top; i++ {
			args = append(args, L.Get(i))
		}
		args[2] = lua.LString("noop")
		queue = append(queue, args)
		if len(queue) == 64 {
			vm.Of(L).Park()
		}
		return 0
	}))
	began := time.Now()
	for state := vm.Parked; state == vm.Parked; {
		state = p.client.Resume()
		for _, args := range queue {
			p.handler.Start(p.dispatch, args...)
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
