package runtime

import (
	goruntime "runtime"
	"testing"
)

// hoarder keeps what it is told to make.
const hoarder = `
local skynet = require "skynet"
local kept
local make = {}
function make.numbers(n) local t = {} for i = 1, n do t[i] = i + 0.5 end return t end
function make.strings(n) local t = {} for i = 1, n do t[i] = "player" .. i end return t end
function make.long(n) local t = {} for i = 1, n // 10 do t[i] = (i .. "x"):rep(100) end return t end
function make.shared(n) local s, t = ("x"):rep(1000), {} for i = 1, n do t[i] = { s } end return t end
function make.records(n)
	local t = {}
	for i = 1, n do t[i] = { id = i, name = "player" .. i, pos = { x = i, y = -i }, online = true } end
	return t
end
function make.keyed(n) local t = {} for i = 1, n do t["player" .. i] = i end return t end
function make.sparse(n) local t = {} for i = 1, n do t[i * 1e7 + 0.5] = i end return t end
function make.closures(n) local t = {} for i = 1, n do t[i] = function() return i end end return t end
function make.coroutines(n)
	local t = {}
	for i = 1, n // 50 do t[i] = coroutine.create(function(...) local x = ... coroutine.yield() end) coroutine.resume(t[i], i) end
	return t
end
skynet.start(function()
	skynet.dispatch("lua", function(_, _, what, n) kept = make[what](n) skynet.retpack() end)
end)
`

// TestMemoryIsHonest holds the estimate against what the heap has grown by,
// stacks included.
func TestMemoryIsHonest(t *testing.T) {
	for _, what := range []string{"numbers", "strings", "long", "shared", "records", "keyed", "sparse", "closures", "coroutines"} {
		t.Run(what, func(t *testing.T) {
			tn := newTestNode(t, map[string]string{"hoarder.lua": hoarder}, nil)
			h := tn.launch("hoarder")
			light, err := tn.Memory(tn.ctx, h)
			if err != nil {
				t.Fatal(err)
			}
			before := heapAndStacks()
			tn.ask(h, what, 50_000)
			grown := float64(heapAndStacks()) - float64(before)
			heavy, err := tn.Memory(tn.ctx, h)
			if err != nil {
				t.Fatal(err)
			}
			ratio := float64(heavy-light) / grown
			t.Logf("%.0f KB, %.2f of what it took", float64(heavy-light)/1024, ratio)
			if ratio < 0.5 || ratio > 2 {
				t.Errorf("the estimate is %.2f of what it took", ratio)
			}
		})
	}
}

// heapAndStacks is what is left of both after a collection.
func heapAndStacks() uint64 {
	m := collected()
	return m.HeapAlloc + m.StackInuse
}

func heapInUse() uint64 { return collected().HeapAlloc }

func collected() (m goruntime.MemStats) {
	goruntime.GC()
	goruntime.GC()
	goruntime.ReadMemStats(&m)
	return m
}

// mostIdle is what a service may take that waits for mail, in KB.
const mostIdle = 19

func TestIdleServiceIsSmall(t *testing.T) {
	if raceEnabled {
		t.Skip("the race detector makes all memory larger")
	}
	tn := agents(t)
	const many = 1000
	tn.launchAgents(0, 10) // what there is once
	before := heapAndStacks()
	tn.launchAgents(10, 10+many)
	if kb := float64(int64(heapAndStacks()-before)) / many / 1024; kb > mostIdle {
		t.Errorf("an idle service takes %.2f KB; want %d at most", kb, mostIdle)
	}
}
