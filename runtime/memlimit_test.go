package runtime

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"
)

// greedy has a limit of 4 MB, and takes more in the ways of its commands.
const greedy = `
local skynet = require "skynet"
skynet.memlimit(4 * 1024 * 1024)
local kept = {}
local CMD = {}
function CMD.doubling() local s = "x" while true do s = s .. s end end
function CMD.rep() local t = {} while true do t[#t + 1] = ("x"):rep(100000 + #t) end end
function CMD.tables() local t = {} while true do t[#t + 1] = {} end end
function CMD.numbers() local t, i = {}, 0 while true do i = i + 1 t[i] = i + 0.5 end end
function CMD.keys() local t, i = {}, 0 while true do i = i + 1 t["k" .. i] = i end end
function CMD.pcall() while true do pcall(CMD.tables) end end
function CMD.coroutine() coroutine.wrap(CMD.tables)() end
function CMD.concat() local t = {} for i = 1, 10000 do t[i] = ("x"):rep(1000) end return #table.concat(t) end
function CMD.forks() while true do skynet.fork(skynet.wait, {}) end end
function CMD.keep() while true do kept[#kept + 1] = { "kept" } end end
function CMD.add(x) kept[#kept + 1] = x end
function CMD.drop() kept = {} end
function CMD.garbage() for i = 1, 200 do local s = ("x"):rep(1000000) .. i end return "done" end
function CMD.gone() return tostring(skynet.memlimit) end
function CMD.look() return "alive" end
skynet.start(function()
	skynet.dispatch("lua", function(_, _, cmd, ...) skynet.retpack(CMD[cmd](...)) end)
end)
`

func TestCodeOverTheMemoryLimitIsEnded(t *testing.T) {
	for _, how := range []string{"doubling", "rep", "tables", "numbers", "keys", "pcall", "coroutine", "concat", "forks"} {
		t.Run(how, func(t *testing.T) {
			tn := newTestNode(t, map[string]string{"greedy.lua": greedy}, nil)
			h := tn.launch("greedy")
			before := heapAndStacks()
			if _, err := tn.tryAsk(h, how); err == nil || !strings.Contains(err.Error(), "call failed: not enough memory") {
				t.Errorf("the caller got %v", err)
			}
			if how == "forks" { // they are there still, and they are the memory
				return
			}
			if got := tn.ask(h, "look"); got != "alive" {
				t.Errorf("the service answers %q", got)
			}
			if now := heapAndStacks(); now > before+4<<20 {
				t.Errorf("%d KB are left", (now-before)>>10)
			}
			for _, want := range []string{"Set memory limit to 4.00 M", "error : not enough memory\nstack traceback:"} {
				tn.wantLog(want)
			}
		})
	}
}

func TestServiceBelowItsMemoryLimitIsLeftAlone(t *testing.T) {
	tn := newTestNode(t, map[string]string{"greedy.lua": greedy}, nil)
	h := tn.launch("greedy")
	if got := tn.ask(h, "garbage"); got != "done" {
		t.Errorf("garbage: %s", got)
	}
	if got := tn.ask(h, "gone"); got != "nil" {
		t.Errorf("skynet.memlimit is %s", got)
	}
}

// What short handlers keep adds up: requests are refused, until there is less.
func TestServiceFarOverItsMemoryLimitGetsNoRequests(t *testing.T) {
	tn := newTestNode(t, map[string]string{"greedy.lua": greedy}, nil)
	h := tn.launch("greedy")
	refused := func() bool {
		_, err := tn.tryAsk(h, "look")
		return err != nil && strings.Contains(err.Error(), "not enough memory")
	}
	x := strings.Repeat("x", 100_000)
	waitFor(t, "the end of its patience", func() bool {
		_, err := tn.tryAsk(h, "add", x+fmt.Sprint(len(tn.log.String())))
		return err != nil && refused()
	})
	tn.wantLog("not enough memory: ")
	tn.wantLog("requests are refused")
	if out, err := tn.Inject(tn.ctx, h, InjectOptions{Chunk: "=test", Code: "local _, t = debug.getupvalue(_P.lua.CMD.drop, 1) for i = #t, 1, -1 do t[i] = nil end"}); err != nil {
		t.Fatal(out, err)
	}
	waitFor(t, "an answer", func() bool { return !refused() })
}

func TestReloadOverTheMemoryLimitIsGivenUp(t *testing.T) {
	tn := newTestNode(t, map[string]string{"greedy.lua": greedy}, nil)
	h := tn.launch("greedy")
	tn.write("greedy.lua", strings.Replace(greedy, "skynet.start(function()", "skynet.start(function() CMD.keep()", 1))
	if r := tn.reload1(h, ReloadOptions{}); r.Err == nil || !strings.Contains(r.Err.Error(), "not enough memory") {
		t.Errorf("the reload ended with %v", r.Err)
	}
	if got := tn.ask(h, "look"); got != "alive" {
		t.Errorf("the service answers %q", got)
	}
}

func TestMemoryWarningDoubles(t *testing.T) {
	code := strings.Replace(greedy, "skynet.memlimit(4 * 1024 * 1024)", "", 1)
	code = strings.Replace(code, "function CMD.look()", `
function CMD.fill(n)
	for i = 1, n do kept[#kept + 1] = ("x"):rep(1000000) .. i end
	collectgarbage()
	for i = 1, 100000 do end
end
function CMD.look()`, 1)
	runtime.GC() // what other tests left isn't to go away meanwhile
	tn := newTestNode(t, map[string]string{"greedy.lua": code}, nil)
	h := tn.launch("greedy")
	warnings := func(want int) {
		t.Helper()
		waitFor(t, fmt.Sprintf("warning %d", want), func() bool {
			tn.ask(h, "fill", 0)
			return strings.Count(tn.log.String(), "Memory warning ") == want
		})
	}
	tn.ask(h, "fill", 40)
	warnings(1)
	tn.ask(h, "fill", 5)
	warnings(1)
	tn.ask(h, "fill", 50)
	warnings(2)
}

// BenchmarkMemoryLimit is a service with 16 MB of tables that makes garbage,
// without a limit and with one. The second prints what the limit adds.
func BenchmarkMemoryLimit(b *testing.B) {
	const code = `
local skynet = require "skynet"
if ... then skynet.memlimit(tonumber((...)) * 1024 * 1024) end
local kept = {}
for i = 1, 80000 do kept[i] = { i } end
skynet.start(function()
	skynet.dispatch("lua", function(_, _, n)
		for i = 1, n do local t = { i, tostring(i) } end
		skynet.retpack()
	end)
end)`
	tn := newTestNode(b, map[string]string{"s.lua": code}, nil)
	free, limited := tn.launch("s"), tn.launch("s", "64")
	var took [2]time.Duration
	for i := range b.N {
		for k, h := range []Handle{free, limited} {
			began := time.Now()
			tn.ask(h, 100_000+i%2)
			took[k] += time.Since(began)
		}
	}
	b.ReportMetric(float64(took[1])/float64(took[0]), "ratio")
}
