package runtime

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// fiveHundredLines is a service of 500 lines with nothing to do at its start.
func fiveHundredLines(version int) string {
	var b strings.Builder
	fmt.Fprintf(&b, "local skynet = require \"skynet\"\nlocal VERSION = %d\nlocal CMD = {}\n", version)
	for i := range 121 {
		fmt.Fprintf(&b, "function CMD.f%d(a, b)\n\tlocal t = { a = a, b = b }\n\treturn t.a or t.b or %d\nend\n", i, i)
	}
	b.WriteString(`function CMD.echo(n) return VERSION, n end
function CMD.slow(n) skynet.sleep(1) return VERSION, n end
skynet.start(function()
	skynet.dispatch("lua", function(session, source, cmd, ...)
		local f = CMD[cmd]
		if f == nil then
			error("no such command: " .. tostring(cmd))
		end
		skynet.retpack(f(...))
	end)
end)
`)
	return b.String()
}

// BenchmarkReloadUnderLoad reloads a service of 500 lines 100 times while 50
// callers, half of them in a handler that sleeps, keep it busy. It prints the
// median and the 99th percentile of the time from the beginning of a reload until
// the new version serves.
func BenchmarkReloadUnderLoad(b *testing.B) {
	tn := newTestNode(b, map[string]string{"s.lua": fiveHundredLines(0), "load.lua": `local skynet = require "skynet"
local to, callers = tonumber((...)), 50
local failed, calls, running, stop = 0, 0, callers, false
skynet.start(function()
	for i = 1, callers do
		skynet.fork(function()
			local k = 0
			while not stop do
				k = k + 1
				calls = calls + 1
				local ok, _, m = pcall(skynet.call, to, "lua", i % 2 == 0 and "slow" or "echo", k)
				if not ok or m ~= k then failed = failed + 1 end
				if i % 2 == 1 then skynet.sleep(0) end
			end
			running = running - 1
		end)
	end
	skynet.dispatch("lua", function()
		stop = true
		while running > 0 do skynet.sleep(1) end
		skynet.retpack(failed, calls)
	end)
end)`}, nil)
	h := tn.launch("s")
	load := tn.launch("load", fmt.Sprint(int(h)))
	var times []time.Duration
	for b.Loop() {
		for i := range 100 {
			source := map[string][]byte{absolute(tn.dir + "/s.lua"): []byte(fiveHundredLines(len(times) + i + 1))}
			began := time.Now()
			if r := tn.reload1(h, ReloadOptions{Files: source}); r.Err != nil {
				b.Fatal(r.Err)
			}
			times = append(times, time.Since(began))
			time.Sleep(20 * time.Millisecond) // the load goes on in between
		}
	}
	var failed, calls int
	fmt.Sscan(tn.ask(load), &failed, &calls)
	if failed > 0 {
		b.Errorf("%d of %d calls failed", failed, calls)
	}
	slices.Sort(times)
	b.ReportMetric(times[len(times)/2].Seconds()*1000, "p50-ms")
	b.ReportMetric(times[len(times)*99/100].Seconds()*1000, "p99-ms")
	b.ReportMetric(float64(calls), "calls")
	b.ReportMetric(0, "ns/op")
}

// BenchmarkReloadKeptRecords reloads a service that keeps a million records.
// switch is for handing them over, pause for the longest that a caller waited
// meanwhile.
func BenchmarkReloadKeptRecords(b *testing.B) {
	tn := newTestNode(b, map[string]string{"s.lua": `local skynet = require "skynet"
local records = require "reload".keep("records", function()
	local t = {}
	for i = 1, 1000000 do t[i] = { id = i } end
	return t
end)
skynet.start(function() skynet.dispatch("lua", function() skynet.retpack(#records) end) end)`}, nil)
	h := tn.launch("s")
	var switches, pause time.Duration
	n := 0
	for b.Loop() {
		for range 10 {
			longest, stop := tn.longestCall(h)
			r := tn.reload1(h, ReloadOptions{})
			if r.Err != nil {
				b.Fatal(r.Err)
			}
			stop()
			switches, pause, n = switches+r.Switch, max(pause, time.Duration(longest.Load())), n+1
		}
	}
	if got := tn.ask(h); got != "1000000" {
		b.Errorf("%s records are left", got)
	}
	b.ReportMetric(switches.Seconds()*1000/float64(n), "switch-ms")
	b.ReportMetric(pause.Seconds()*1000, "pause-ms")
	b.ReportMetric(0, "ns/op")
}

// longestCall calls a service until stop, and notes the longest time that took.
func (tn *testNode) longestCall(h Handle) (longest *atomic.Int64, stop func()) {
	longest = new(atomic.Int64)
	var over atomic.Bool
	var calls sync.WaitGroup
	calls.Go(func() {
		for !over.Load() {
			began := time.Now()
			if _, err := tn.tryAsk(h); err != nil {
				tn.t.Error(err)
			}
			longest.Store(max(longest.Load(), int64(time.Since(began))))
		}
	})
	return longest, func() { over.Store(true); calls.Wait() }
}
