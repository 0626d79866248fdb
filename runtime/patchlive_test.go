package runtime

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"

	lua "github.com/yuin/gopher-lua"
)

// mustPatch patches a service whose script has a new body.
func (tn *testNode) mustPatch(h Handle, body string) ReloadRecord {
	tn.t.Helper()
	tn.write("main.lua", patchService(body))
	r := tn.patchOne(h)
	if r.Err != nil {
		tn.t.Fatal(r.Err)
	}
	return r
}

// callLater sends a request and gives a channel with its answer.
func (tn *testNode) callLater(h Handle, words string) chan string {
	answer := make(chan string, 1)
	ctx := testContext(tn.t)
	go func() {
		values, err := tn.Call(ctx, h, lua.LString(words))
		if err != nil {
			answer <- err.Error()
			return
		}
		answer <- values[0].String()
	}()
	return answer
}

func (tn *testNode) waitForTask(h Handle, at string) {
	tn.t.Helper()
	waitFor(tn.t, "a task at "+at, func() bool {
		tasks, _ := tn.Tasks(testContext(tn.t), h)
		for _, task := range tasks {
			if strings.Contains(task.Traceback, at) {
				return true
			}
		}
		return false
	})
}

// A call that is under way in a function that changes ends in its old code, on
// variables that both share; inside pcall and a coroutine too.
func TestPatchRunningFrames(t *testing.T) {
	const around = `
local n = 0
function CMD.n() return n end
function CMD.go() %s end
local function slow(tag)
	n = n + 1
	skynet.wait("gate")
	n = n + 1
	%s
	return tag .. n
end
function CMD.plain() return slow("%s") end
function CMD.protected() return select(2, pcall(slow, "%[3]s")) end
function CMD.sorted() local r table.sort({1, 2}, function() r = r or slow("%[3]s") return false end) return r end
function CMD.coroutine() return coroutine.wrap(function() return slow("%[3]s") end)() end
`
	for _, how := range []string{"plain", "protected", "sorted", "coroutine"} {
		t.Run(how, func(t *testing.T) {
			tn := newTestNode(t, map[string]string{"main.lua": patchService(fmt.Sprintf(around, `skynet.wakeup("gate")`, "", "old"))}, nil)
			h := tn.launch("main")
			answer := tn.callLater(h, how)
			waitFor(t, "the old call", func() bool { return tn.command(h, "n") == "1" })
			r := tn.mustPatch(h, fmt.Sprintf(around, `n = 10 skynet.wakeup("gate")`, "local x, y = 1, 2 do local z = x end", "new"))
			if len(r.Report.Stale) > 0 {
				t.Errorf("warnings: %v", r.Report.Stale)
			}
			tn.expect(h, "n = 1; go = ")
			if got := <-answer; got != "old11" {
				t.Errorf("the old call returned %s, want old11", got)
			}
			answer = tn.callLater(h, how)
			waitFor(t, "the new call", func() bool { return tn.command(h, "n") == "12" })
			tn.expect(h, "go = ")
			if got := <-answer; got != "new11" {
				t.Errorf("the new call returned %s, want new11", got)
			}
		})
	}
}

// A loop that calls a function by name runs the new one in its next round, and
// a timer that is under way fires into the new code. One whose own code
// changes is reported.
func TestPatchLoopsAndTimers(t *testing.T) {
	const body = `
local seen, late = "", ""
local function tick() seen = seen .. "%s" end
local function later() late = late .. "%s" end
local function loop() while true do tick() skynet.wait("round") %s end end
function CMD.arm() skynet.timeout(20, later) end
function CMD.round() skynet.wakeup("round") end
function CMD.seen() return seen end
function CMD.late() return late end
function CMD.loop() skynet.fork(loop) end
`
	tn := newTestNode(t, map[string]string{"main.lua": patchService(fmt.Sprintf(body, "a", "t", ""))}, nil)
	h := tn.launch("main")
	tn.expect(h, "loop = ; arm = ; seen = a")
	if r := tn.mustPatch(h, fmt.Sprintf(body, "b", "u", "")); len(r.Report.Stale) > 0 || strings.Join(r.Report.Functions, " ") != "tick later" {
		t.Errorf("patched %v with %v", r.Report.Functions, r.Report.Stale)
	}
	tn.expect(h, "round = ; seen = ab")
	waitFor(t, "the timer", func() bool { return tn.command(h, "late") == "u" })
	if r := tn.mustPatch(h, fmt.Sprintf(body, "c", "u", "seen = seen .. '!'")); len(r.Report.Stale) > 0 {
		t.Errorf("warnings: %v", r.Report.Stale)
	}
	tn.expect(h, "round = ; seen = ab!c")
}

// What only a running loop is made of is patched where the loop can go on in the
// new code, and else refused.
func TestPatchLoopThatNothingCalls(t *testing.T) {
	tn := newTestNode(t, map[string]string{"main.lua": patchService("")}, nil)
	tn.write("main.lua", strings.Replace(patchService(""), "if START then START() end", "skynet.fork(function() while true do skynet.sleep(100) end end)", 1))
	h2 := tn.launch("main")
	tn.write("main.lua", strings.Replace(patchService(""), "if START then START() end", "skynet.fork(function() while true do skynet.sleep(200) end end)", 1))
	if r := tn.patchOne(h2); r.Err != nil {
		t.Error(r.Err)
	}
	tn.write("main.lua", strings.Replace(patchService(""), "if START then START() end", "skynet.fork(function() while true do skynet.yield() end end)", 1))
	if r := tn.patchOne(h2); r.Err == nil || !strings.Contains(r.Err.Error(), "which runs, and which nothing calls again (") {
		t.Errorf("got %v", r.Err)
	}
}

// Two services run the same prototypes; only one of them is patched.
func TestPatchOneOfTwo(t *testing.T) {
	tn := newTestNode(t, map[string]string{"main.lua": patchService(`function CMD.f() return "old" end`)}, nil)
	a, b := tn.launch("main"), tn.launch("main")
	tn.mustPatch(a, `function CMD.f() return "new" end`)
	tn.expect(a, "f = new")
	tn.expect(b, "f = old")
	if records := tn.Patch(testContext(t), []Handle{b, 99}, ReloadOptions{}); records[0].Err != nil || records[1].Err == nil {
		t.Errorf("got %v, %v", records[0].Err, records[1].Err)
	}
	tn.expect(b, "f = new")
}

// A variable that new code does without is there again for still newer code.
func TestPatchThereAndBack(t *testing.T) {
	with := `local cache = {n = 0} function CMD.f() cache.n = cache.n + 1 return cache.n end`
	tn := newTestNode(t, map[string]string{"main.lua": patchService(with)}, nil)
	h := tn.launch("main")
	tn.expect(h, "f = 1")
	tn.mustPatch(h, `local cache = {n = 0} function CMD.f() return "off" end`)
	tn.expect(h, "f = off")
	tn.mustPatch(h, `local cache = {n = 0} function CMD.f() return "still off" end`)
	tn.mustPatch(h, with)
	tn.expect(h, "f = 2")
}

func TestPatchModule(t *testing.T) {
	tn := newTestNode(t, map[string]string{
		"main.lua":  patchService(`local m = require "m" function CMD.f() return m.f() .. m.other.f() end`),
		"m.lua":     `local M = {other = require "other"} local n = 0 function M.f() n = n + 1 return "m" .. n end return M`,
		"other.lua": `local M = {} function M.f() return "o" end return M`,
	}, nil)
	h := tn.launch("main")
	tn.expect(h, "f = m1o")
	tn.write("m.lua", `local M = {other = require "other"} local n = 0 function M.f() n = n + 1 return "M" .. n end return M`)
	tn.write("other.lua", `local M = {} function M.f() return "O" end return M`)
	r := tn.patchOne(h)
	if r.Err != nil || len(r.Report.Functions) != 2 {
		t.Errorf("patched %v, %v", r.Report.Functions, r.Err)
	}
	tn.expect(h, "f = M2O")
	if kind, why := tn.Plan(testContext(t), h, nil); kind != PlanNothing {
		t.Errorf("then the plan is %s: %s", kind, why)
	}
	tn.write("other.lua", `local M = {} function M.f() return "X" end return {M}`)
	tn.write("m.lua", `local M = {other = require "other"} local n = 0 function M.f() n = n + 1 return "X" .. n end return M`)
	if r := tn.patchOne(h); r.Err == nil {
		t.Error("one of two files can't be patched, but the patch succeeded")
	}
	tn.expect(h, "f = M3O")
}

// What a socket calls is known to Go code only.
func TestPatchSocketHooks(t *testing.T) {
	body := `local socket = require "skynet.socket"
local port, got
function START()
	local id = socket.listen("127.0.0.1", 0)
	socket.start(id, function(conn) socket.start(conn) socket.write(conn, "%s\n") socket.close(conn) end)
	CMD.id = id
end
function CMD.ask(port)
	local conn = socket.open("127.0.0.1", tonumber(port))
	local line = socket.readline(conn)
	socket.close(conn)
	return line
end`
	tn := newTestNode(t, map[string]string{"main.lua": patchService(fmt.Sprintf(body, "old"))}, nil)
	h := tn.launch("main")
	port := ""
	for _, so := range tn.Sockets() {
		_, port, _ = strings.Cut(so.Local, ":")
	}
	tn.expect(h, "ask "+port+" = old")
	tn.mustPatch(h, fmt.Sprintf(body, "new"))
	tn.expect(h, "ask "+port+" = new")
}

// A service made by skynet.service is patched where its own function has
// changed, and runs on where only the code around that has.
func TestPatchServiceInService(t *testing.T) {
	body := `
function CMD.other() return "%s" end
function CMD.new()
	return require("skynet.service").new("inner", function()
		local skynet = require "skynet"
		local n = 0
		skynet.start(function()
			skynet.dispatch("lua", function() n = n + 1 skynet.retpack("%s" .. n) end)
		end)
	end)
end`
	tn := newTestNode(t, map[string]string{"main.lua": patchService(fmt.Sprintf(body, "a", "x"))}, nil)
	h := tn.launch("main")
	tn.command(h, "new")
	var inner Handle
	for _, info := range tn.List() {
		if info.Script == "inner" {
			inner = info.Handle
		}
	}
	tn.expect(inner, "ask = x1")
	for _, step := range []struct{ outer, inner, want string }{{"b", "x", "x2"}, {"b", "y", "y3"}} {
		tn.write("main.lua", patchService(fmt.Sprintf(body, step.outer, step.inner)))
		for _, r := range tn.Patch(testContext(t), []Handle{h, inner}, ReloadOptions{}) {
			if r.Err != nil {
				t.Error(r.Err)
			}
		}
		tn.expect(h, "other = "+step.outer)
		tn.expect(inner, "ask = "+step.want)
	}
}

// What a patch shows, and what comes after it.
func TestPatchHistory(t *testing.T) {
	body := `local n = 0 function CMD.f() n = n + 1 return "%s" .. n end`
	tn := newTestNode(t, map[string]string{"main.lua": patchService(fmt.Sprintf(body, "a"))}, nil)
	h := tn.launch("main")
	tn.expect(h, "f = a1")
	r := tn.mustPatch(h, fmt.Sprintf(body, "b"))
	if want := "reload main: patched, generation 1 -> 2: 1 function (CMD.f)"; r.Summary() != want {
		t.Errorf("summary: %s", r.Summary())
	}
	tn.expect(h, "f = b2")
	if info, _ := tn.Info(h); info.Generation != 2 || info.LastReload == nil || info.LastReload.Kind != KindPatched || info.Failure != "" {
		t.Errorf("info: %+v", info.Standing)
	}
	tn.write("main.lua", patchService(fmt.Sprintf(body, "b")+" print()"))
	if r := tn.patchOne(h); r.Err == nil {
		t.Error("patched")
	}
	if info, _ := tn.Info(h); !strings.Contains(info.Failure, "new at the top level: call of print (") {
		t.Errorf("failure: %s", info.Failure)
	}
	reload := func(files map[string][]byte) {
		t.Helper()
		if r := tn.Reload(testContext(t), []Handle{h}, ReloadOptions{Files: files})[0]; r.Err != nil {
			t.Error(r.Err)
		}
	}
	reload(nil)
	tn.expect(h, "f = b3")
	tn.mustPatch(h, fmt.Sprintf(body, "c")+" x = 1 print()")
	reload(map[string][]byte{absolute(tn.dir + "/main.lua"): []byte(patchService(fmt.Sprintf(body, "d")))})
	tn.expect(h, "f = d4")
	for _, back := range []struct {
		generation int
		want       string
	}{{2, "b5"}, {1, "a6"}} {
		if _, err := tn.Rollback(testContext(t), h, back.generation); err != nil {
			t.Error(err)
		}
		tn.expect(h, "f = "+back.want)
	}
}

// A patch while an old generation drains leaves that one alone, also where
// both refer to a function in the kept state.
func TestPatchWhileDraining(t *testing.T) {
	body := `local R = require "reload" local k = R.keep("k", {})
function CMD.set() k.f = function() skynet.wait("gate") return "%s" end end
function CMD.slow() return k.f() end
function CMD.go() skynet.wakeup("gate") end`
	tn := newTestNode(t, map[string]string{"main.lua": patchService(fmt.Sprintf(body, "old"))}, nil)
	h := tn.launch("main")
	tn.expect(h, "set = ")
	answer := tn.callLater(h, "slow")
	tn.waitForTask(h, "main.lua:2")
	if r := tn.Reload(testContext(t), []Handle{h}, ReloadOptions{})[0]; r.Err != nil {
		t.Fatal(r.Err)
	}
	tn.mustPatch(h, strings.Replace(fmt.Sprintf(body, "new"), "return k.f()", "local r = k.f() return r", 1))
	tn.expect(h, "go = ")
	if got := <-answer; got != "old" {
		t.Errorf("the old call returned %s", got)
	}
	answer = tn.callLater(h, "slow")
	tn.waitForTask(h, "main.lua:2")
	tn.expect(h, "go = ")
	if got := <-answer; got != "new" {
		t.Errorf("the new call returned %s", got)
	}
}

// Random bodies are patched while calls run. Each answer must be one that some
// version, old or new, could give, and the counter must miss no call.
func TestPatchRandomly(t *testing.T) {
	body := func(r *rand.Rand, version int) string {
		var b strings.Builder
		b.WriteString("local n, calls = 0, 0 local list = {}\nfunction CMD.calls() return calls end function CMD.clear() list = {} end\nlocal function all() return n, calls, list end\n")
		for f := range 4 {
			fmt.Fprintf(&b, "function CMD.f%d(x) calls = calls + 1 ", f)
			for range r.IntN(4) {
				b.WriteString([]string{
					"skynet.yield() ", "local a, b = x, n ", "pcall(skynet.sleep, 0) ", "n = n + 1 ",
					"list[#list % 3 + 1] = function() return n end ", "for i = 1, 3 do local j = i list[1] = list[1] or function() return j end end ",
					"coroutine.wrap(function() skynet.yield() coroutine.yield() end)() ", "table.sort({3, 2, 1}, function(p, q) skynet.yield() return p < q end) ",
					"skynet.fork(function() skynet.yield() n = n - 1 end) ", "all() ",
				}[r.IntN(10)])
			}
			fmt.Fprintf(&b, "return 'v%d' end\n", version)
		}
		return b.String()
	}
	seed := seedOf(t)
	r := rand.New(rand.NewPCG(seed, 1))
	tn := newTestNode(t, map[string]string{"main.lua": patchService(body(r, 0))}, nil)
	h := tn.launch("main")
	stop := make(chan struct{})
	var wg sync.WaitGroup
	var counted [4]int
	for c := range counted {
		wg.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				values, err := tn.Call(testContext(t), h, lua.LString(fmt.Sprintf("f%d", c)), lua.LNumber(c))
				if err != nil || len(values) != 1 || !strings.HasPrefix(values[0].String(), "v") {
					t.Errorf("seed %d: f%d: %v, %v", seed, c, values, err)
					return
				}
				counted[c]++
			}
		})
	}
	patched, refused := 0, map[string]int{}
	until := time.Now().Add(time.Second)
	for version := 1; (time.Now().Before(until) || patched < 3 && version < 100) && !t.Failed(); version++ {
		tn.expect(h, "clear = ")
		source := patchService(body(r, version))
		record := tn.Patch(testContext(t), []Handle{h}, ReloadOptions{Files: map[string][]byte{absolute(tn.dir + "/main.lua"): []byte(source)}})[0]
		if record.Err == nil {
			patched++
			tn.expect(h, fmt.Sprintf("f0 1 = v%d", version))
		} else {
			refused[strings.Join(strings.Fields(record.Err.Error())[3:7], " ")]++
		}
	}
	close(stop)
	wg.Wait()
	total := patched // tn.expect calls too
	for _, n := range counted {
		total += n
	}
	tn.expect(h, fmt.Sprintf("calls = %d", total))
	t.Logf("%d calls, %d patches, refused %v", total, patched, refused)
	if patched == 0 {
		t.Error("nothing could be patched")
	}
}
