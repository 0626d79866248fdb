package runtime

import (
	"fmt"
	"strings"
	"testing"
)

// A loop that sleeps runs its new body from its next turn on, after every save.
func TestPatchLoopAgainAndAgain(t *testing.T) {
	body := `local f, st = nil, { n = 0 }
local function loop() while true do f = function() return "%s" end st.n = st.n + %d skynet.wait("gate") end end
function CMD.get() return f(), st.n end
function CMD.turn() skynet.wakeup("gate") end
function CMD.more() skynet.fork(loop) end
function START() skynet.fork(loop) end`
	tn := newTestNode(t, map[string]string{"main.lua": patchService(fmt.Sprintf(body, "v1", 1))}, nil)
	h := tn.launch("main")
	waitFor(t, "the first turn", func() bool { return tn.command(h, "get") == "v1 1" })
	for i, step := range []struct {
		text string
		add  int
	}{{"v2", 1}, {"v3", 100}, {"v3", 1000}, {"v1", 1}} {
		tn.write("main.lua", patchService(fmt.Sprintf(body, step.text, step.add)))
		if r := tn.patchOne(h); r.Err != nil || len(r.Report.Stale) > 0 {
			t.Fatalf("save %d: %v, %v", i, r.Err, r.Report.Stale)
		}
		want := []string{"v2 2", "v3 102", "v3 1102", "v1 1103"}[i]
		tn.expect(h, "turn = ; get = "+want)
	}
}

// A function that old code makes after a patch is old code, and named as long as
// something refers to it.
func TestPatchNamesWhatOldCodeMakes(t *testing.T) {
	body := `local f
local function loop() %s end
function CMD.get() return f and f() end
function CMD.turn() skynet.wakeup("gate") end
function CMD.drop() f = nil end
function START() skynet.fork(loop) end`
	tn := newTestNode(t, map[string]string{"main.lua": patchService(fmt.Sprintf(body, `while true do skynet.wait("gate") f = function() return "old" end skynet.wait("gate") if f then return end end`))}, nil)
	h := tn.launch("main")
	tn.write("main.lua", patchService(fmt.Sprintf(body, `local n = #tostring(f) while f do skynet.sleep(1) f = function() return "new" end end`)))
	if r := tn.patchOne(h); r.Err != nil || len(r.Report.Stale) != 1 {
		t.Fatalf("%v, %v", r.Err, r.Report.Stale)
	}
	tn.expect(h, "turn = ; get = old; turn = ")
	held := func() string { list, _ := tn.Stale(testContext(t), h); return joinStale(list) }
	if !waitFor(t, "the function to be named", func() bool {
		return strings.HasPrefix(held(), "a function goes on in old code while something refers to it (")
	}) {
		t.Error(held())
	}
	if got := held(); !strings.Contains(got, "old code made it") {
		t.Error(got)
	}
	tn.expect(h, "drop = ")
	waitFor(t, "it to be gone", func() bool { return held() == "" })
}

// What can't go on in the new code is named on every save, until a newer text has
// a place for it, or it has ended.
func TestPatchNamesOldCode(t *testing.T) {
	body := `local out = ""
local function say(s) out = out .. s end
local function work(tag) %s end
function CMD.go(tag) skynet.fork(work, tag) end
function CMD.turn(tag) skynet.wakeup("gate" .. tag) end
function CMD.said() local s = out out = "" return s end
function CMD.x() return %d, say end`
	old := `while true do skynet.wait("gate" .. tag) say("old" .. tag) end`
	tn := newTestNode(t, map[string]string{"main.lua": patchService(fmt.Sprintf(body, old, 1))}, nil)
	h := tn.launch("main")
	save := func(work string, x int, want string) {
		t.Helper()
		tn.write("main.lua", patchService(fmt.Sprintf(body, work, x)))
		r := tn.patchOne(h)
		if r.Err != nil {
			t.Fatal(r.Err)
		}
		stale, _ := tn.Stale(testContext(t), h)
		if said := joinStale(stale); said != joinStale(r.Report.Stale) || want == "" && said != "" || !strings.Contains(said, want) {
			t.Errorf("stale: %s; warnings: %v; want %s", said, r.Report.Stale, want)
		}
	}
	tn.expect(h, "go 1 = ; said = ")
	save(`say("begin") while true do skynet.wait("gate" .. tag) say("new" .. tag) end`, 1, "a fork goes on in old code until it returns (")
	tn.expect(h, "turn 1 = ; said = old1")
	save(`say("begin") while true do skynet.wait("gate" .. tag) say("new" .. tag) end`, 2, "a call, has not run")
	save(`say("begin") while true do skynet.wait("gate" .. tag) say("newer" .. tag) end`, 2, "a call, has not run")
	tn.expect(h, "turn 1 = ; said = old1")
	save(`while true do skynet.wait("gate" .. tag) say("newest" .. tag) end`, 2, "")
	tn.expect(h, "turn 1 = ; said = newest1; turn 1 = ; said = newest1")
	save(`say("x") local t = tag skynet.wait("gate" .. tag) say("last" .. t)`, 2, "the loop around it is gone")
	tn.expect(h, "go 2 = ; said = x")
	save(`say("x") local t = tag skynet.wait("gate" .. tag) say("LAST" .. t)`, 3, "the loop around it is gone")
	tn.expect(h, "turn 2 = ; said = LAST2; turn 1 = ; said = newest1")
}

// Functions that old code makes while it goes on are known to the next patch.
func TestPatchWhatOldCodeMakes(t *testing.T) {
	body := `local f local function work() %s while true do f = function() return "%s" end skynet.wait("gate") f() %s end end
function CMD.go() skynet.fork(work) end
function CMD.turn() skynet.wakeup("gate") end
function CMD.get() return f() end`
	tn := newTestNode(t, map[string]string{"main.lua": patchService(fmt.Sprintf(body, "", "v1", ""))}, nil)
	h := tn.launch("main")
	tn.expect(h, "go = ; get = v1")
	if r := tn.mustPatch(h, fmt.Sprintf(body, "f(1)", "v2", "f(2)")); len(r.Report.Stale) != 1 {
		t.Errorf("warnings: %v", r.Report.Stale)
	}
	tn.expect(h, "get = v2; turn = ; get = v1")
	if r := tn.mustPatch(h, fmt.Sprintf(body, "f(1)", "v3", "f(3)")); len(r.Report.Stale) != 1 {
		t.Errorf("warnings: %v", r.Report.Stale)
	}
	tn.expect(h, "get = v3; turn = ; get = v1")
	if r := tn.mustPatch(h, fmt.Sprintf(body, "", "v4", "f(4)")); len(r.Report.Stale) != 0 {
		t.Errorf("warnings: %v", r.Report.Stale)
	}
	tn.expect(h, "get = v4; turn = ; get = v4")
}

// Old code that has returned is named no more.
func TestPatchOldCodeReturns(t *testing.T) {
	body := `local function work() skynet.wait("gate") end
function CMD.go() skynet.fork(work) end
function CMD.turn() skynet.wakeup("gate") end`
	tn := newTestNode(t, map[string]string{"main.lua": patchService(body)}, nil)
	h := tn.launch("main")
	tn.expect(h, "go = ")
	tn.mustPatch(h, strings.Replace(body, `skynet.wait("gate")`, `repeat skynet.wait("gate") until tag`, 1))
	tn.waitStale(h, 1)
	tn.expect(h, "turn = ")
	tn.waitStale(h, 0)
}

// A generator that is suspended in a changed function goes on in its new code.
func TestPatchGenerators(t *testing.T) {
	body := `local gens = {}
local function numbers(n) %s while true do n = n + %d local got = coroutine.yield(n) if got then n = n * 2 end end end
function CMD.new(i) gens[i] = coroutine.wrap(numbers) return gens[i](10) end
function CMD.next(i, got) return gens[i](got) end
function CMD.run(i) return gens[i](), gens[i]() end`
	tn := newTestNode(t, map[string]string{"main.lua": patchService(fmt.Sprintf(body, "", 1))}, nil)
	h := tn.launch("main")
	tn.expect(h, "new a = 11; new b = 11; next a = 12; next b x = 23")
	r := tn.mustPatch(h, fmt.Sprintf(body, "local p, q = 1, 2", 100))
	if len(r.Report.Stale) > 0 {
		t.Errorf("warnings: %v", r.Report.Stale)
	}
	tn.expect(h, "next a = 112; next b x = 146; run a = 212 312")
	r = tn.mustPatch(h, fmt.Sprintf(body, "print(1)", 5))
	if len(r.Report.Stale) != 1 || !strings.Contains(r.Report.Stale[0].String(), "2 coroutines go on in old code until they return") {
		t.Errorf("warnings: %v", r.Report.Stale)
	}
	tn.expect(h, "next a = 412")
}

// A stack of many calls is moved frame by frame, with its registers.
func TestPatchDeepStack(t *testing.T) {
	body := `local depth = 900
local function dive(n, keep) %s local f = function() return keep end if n == depth then skynet.wait("gate") %s return 0 end
	local below = dive(n + 1, n) return below + f() %s end
local answer
function CMD.go() skynet.fork(function() answer = dive(1, 0) end) end
function CMD.turn() skynet.wakeup("gate") end
function CMD.answer() return answer end`
	tn := newTestNode(t, map[string]string{"main.lua": patchService(fmt.Sprintf(body, "", "", ""))}, nil)
	h := tn.launch("main")
	tn.expect(h, "go = ; answer = nil")
	if r := tn.mustPatch(h, fmt.Sprintf(body, "local a, b, c, d = 1, 2, 3, 4", "", "+ d")); len(r.Report.Stale) > 0 {
		t.Errorf("warnings: %v", r.Report.Stale)
	}
	tn.expect(h, "turn = ")
	sum := 0
	for n := 1; n < 900; n++ {
		sum += n - 1 + 4
	}
	waitFor(t, "the answer", func() bool { return tn.command(h, "answer") == fmt.Sprint(sum) })
}
