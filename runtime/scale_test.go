package runtime

import (
	"fmt"
	"io"
	"os"
	"testing"
	"time"

	lua "github.com/yuin/gopher-lua"
)

// The benchmarks of this file tell how what a node takes grows with what is in
// it: services, waiting tasks, a deep mailbox, a payload. docs/benchmarks.md says
// how to run them.

// agents is a node for services of the script testdata/bench/agent.lua.
func agents(b testing.TB) *testNode {
	code, err := os.ReadFile("testdata/bench/agent.lua")
	if err != nil {
		b.Fatal(err)
	}
	return newTestNode(b, map[string]string{"agent.lua": string(code)}, func(c *Config) { c.Log = io.Discard })
}

func (tn *testNode) launchAgents(from, to int) {
	for i := from; i < to; i++ {
		tn.launch("agent", fmt.Sprint(i))
	}
}

// BenchmarkIdleServices is what each of many services takes that have been
// started and wait for mail, and how fast they are started.
func BenchmarkIdleServices(b *testing.B) {
	for _, n := range []int{100, 1000, 10_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			var kb, rate float64
			for range b.N {
				tn := agents(b)
				tn.launchAgents(0, 10) // what there is once
				before := heapAndStacks()
				began := time.Now()
				tn.launchAgents(10, n+10)
				rate += float64(n) / time.Since(began).Seconds()
				kb += float64(int64(heapAndStacks()-before)) / float64(n) / 1024
				tn.Close()
			}
			b.ReportMetric(kb/float64(b.N), "KB/service")
			b.ReportMetric(rate/float64(b.N), "launches/s")
		})
	}
}

// BenchmarkParkedTasks is what each of many tasks takes that wait in one service.
func BenchmarkParkedTasks(b *testing.B) {
	const code = `
local skynet = require "skynet"
local function work(i) local t = { i } skynet.wait(t) return t end
skynet.start(function()
	skynet.dispatch("lua", function(_, _, n) for i = 1, n do skynet.fork(work, i) end skynet.retpack() end)
end)`
	for _, n := range []int{100, 1000, 10_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			var kb float64
			for range b.N {
				tn := newTestNode(b, map[string]string{"s.lua": code}, nil)
				h := tn.launch("s")
				tn.ask(h, 10)
				before := heapAndStacks()
				tn.ask(h, n) // the forks run after the answer
				if err := tn.Ping(tn.ctx, h); err != nil {
					b.Fatal(err)
				}
				kb += float64(int64(heapAndStacks()-before)) / float64(n) / 1024
				tn.Close()
			}
			b.ReportMetric(kb/float64(b.N), "KB/task")
		})
	}
}

// BenchmarkCallAmong is a call to one of many services in turn, each time to
// another. ratio is to a call where there is only one.
func BenchmarkCallAmong(b *testing.B) {
	const client = `
local skynet = require "skynet"
skynet.start(function()
	skynet.dispatch("lua", function(_, _, first, count, n)
		for i = 1, n do skynet.call(first + i % count, "lua", "status") end
		skynet.retpack()
	end)
end)`
	var first float64
	for _, n := range []int{1, 100, 1000, 10_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			tn := agents(b)
			tn.write("client.lua", client)
			h := tn.launch("client")
			one := tn.launch("agent", "0")
			tn.launchAgents(1, n)
			tn.ask(h, int(one), n, n)
			b.ResetTimer()
			tn.ask(h, int(one), n, b.N)
			report(b, n == 1, &first)
		})
	}
}

// report prints how the time of an operation stands to that of the first row.
func report(b *testing.B, isFirst bool, first *float64) {
	each := float64(b.Elapsed()) / float64(b.N)
	if isFirst {
		*first = each
	}
	b.ReportMetric(each / *first, "ratio")
}

// BenchmarkMailboxDepth is a send and its handling where so many wait before it.
func BenchmarkMailboxDepth(b *testing.B) {
	const code = `
local skynet = require "skynet"
skynet.start(function()
	local n = 0
	skynet.dispatch("lua", function(session, _, cmd, depth, rounds)
		n = n + 1
		if cmd == "fill" then
			for i = 1, depth do skynet.send(skynet.self(), "lua", "noop", i) end
			if rounds > 1 then skynet.send(skynet.self(), "lua", "fill", depth, rounds - 1) end
		end
		if session ~= 0 then skynet.retpack(n) end
	end)
end)`
	var first float64
	for _, depth := range []int{10, 1000, 100_000} {
		b.Run(fmt.Sprint(depth), func(b *testing.B) {
			tn := newTestNode(b, map[string]string{"s.lua": code}, func(c *Config) { c.Log = io.Discard })
			h := tn.launch("s")
			rounds := b.N/depth + 1
			b.ResetTimer()
			for range rounds {
				tn.ask(h, "fill", depth, 1)
				tn.ask(h, "count")
			}
			b.StopTimer()
			each := float64(b.Elapsed()) / float64(rounds*depth)
			if depth == 10 {
				first = each
			}
			b.ReportMetric(each, "ns/message")
			b.ReportMetric(each/first, "ratio")
		})
	}
}

// BenchmarkPayload is a call that takes so many records there and back.
func BenchmarkPayload(b *testing.B) {
	const code = `
local skynet = require "skynet"
skynet.start(function()
	skynet.dispatch("lua", function(_, _, cmd, to, n, size)
		if cmd ~= "run" then return skynet.retpack(to) end
		local records = {}
		for i = 1, size do records[i] = { id = i, name = "player" .. i, pos = { x = i, y = -i } } end
		for i = 1, n do skynet.call(to, "lua", "echo", records) end
		skynet.retpack()
	end)
end)`
	var first float64
	for _, size := range []int{0, 1, 10, 50, 500} {
		b.Run(fmt.Sprint(size), func(b *testing.B) {
			tn := newTestNode(b, map[string]string{"s.lua": code}, nil)
			from, to := tn.launch("s"), tn.launch("s")
			b.ReportAllocs()
			b.ResetTimer()
			tn.ask(from, "run", int(to), b.N, size)
			report(b, size == 0, &first)
		})
	}
}

// BenchmarkWorkers is the same calls between 64 pairs for each number of workers.
func BenchmarkWorkers(b *testing.B) {
	var first float64
	for _, workers := range []int{1, 2, 4} {
		b.Run(fmt.Sprint(workers), func(b *testing.B) {
			tn := newTestNode(b, map[string]string{"echo.lua": benchEcho, "client.lua": benchClient}, func(c *Config) { c.Workers = workers })
			const pairs = 64
			done := make(chan error, pairs)
			run := func(client, echo Handle) {
				_, err := tn.Call(tn.ctx, client, lua.LString("call"), lua.LNumber(echo), lua.LNumber(b.N/pairs+1))
				done <- err
			}
			var clients, echos []Handle
			for range pairs {
				clients, echos = append(clients, tn.launch("client")), append(echos, tn.launch("echo"))
			}
			b.ResetTimer()
			for i := range clients {
				go run(clients[i], echos[i])
			}
			for range pairs {
				if err := <-done; err != nil {
					b.Fatal(err)
				}
			}
			report(b, workers == 1, &first)
		})
	}
}
