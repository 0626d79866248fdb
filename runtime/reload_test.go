package runtime

import (
	"context"
	"fmt"
	"io"
	"os"
	goruntime "runtime"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	lua "github.com/yuin/gopher-lua"
)

// The tests named TestReloadNN show what a best-in-class reload shows, by the
// numbers of the list in docs/testing.md.

// ask calls a service with strings and numbers, and gives the answer as text.
func (tn *testNode) ask(h Handle, args ...any) string {
	tn.t.Helper()
	answer, err := tn.tryAsk(h, args...)
	if err != nil {
		tn.t.Fatalf("call %v: %v", args, err)
	}
	return answer
}

func (tn *testNode) tryAsk(h Handle, args ...any) (string, error) {
	values := make([]lua.LValue, len(args))
	for i, a := range args {
		switch a := a.(type) {
		case int:
			values[i] = lua.LNumber(a)
		default:
			values[i] = lua.LString(fmt.Sprint(a))
		}
	}
	answer, err := tn.Call(tn.ctx, h, values...)
	if err != nil {
		return "", err
	}
	texts := make([]string, len(answer))
	for i, v := range answer {
		texts[i] = v.String()
	}
	return strings.Join(texts, " "), nil
}

func (tn *testNode) reload1(h Handle, o ReloadOptions) ReloadRecord {
	tn.t.Helper()
	return tn.Reload(tn.ctx, []Handle{h}, o)[0]
}

// mustReload reloads a service, which must succeed.
func (tn *testNode) mustReload(h Handle) ReloadRecord {
	tn.t.Helper()
	r := tn.reload1(h, ReloadOptions{})
	if r.Err != nil {
		tn.t.Fatal(r.Err)
	}
	return r
}

func (tn *testNode) info(h Handle) ServiceInfo {
	tn.t.Helper()
	for _, info := range tn.List() {
		if info.Handle == h {
			return info
		}
	}
	tn.t.Fatalf("no service %s", h)
	return ServiceInfo{}
}

// wantLog waits for a line of the log, which comes by the logger's mailbox.
func (tn *testNode) wantLog(text string) {
	tn.t.Helper()
	waitFor(tn.t, fmt.Sprintf("a line with %q in the log", text), func() bool { return strings.Contains(tn.log.String(), text) })
}

func (tn *testNode) wantNoLog(text string) {
	tn.t.Helper()
	if strings.Contains(tn.log.String(), text) {
		tn.t.Errorf("the log contains %q", text)
	}
}

// versioned is a service that answers with the version of its code.
const versioned = `
local skynet = require "skynet"
local reload = require "reload"
local VERSION = %d
local CMD = {}
function CMD.version() return VERSION end
function CMD.slow(ti) skynet.sleep(ti) return VERSION end
function CMD.forked(ti)
	local token, v = {}, nil
	skynet.fork(function() skynet.sleep(ti) v = VERSION skynet.wakeup(token) end)
	skynet.wait(token)
	return v
end
function CMD.relay(to, ...) return VERSION, skynet.call(tonumber(to), "lua", ...) end
skynet.start(function()
	skynet.dispatch("lua", function(_, _, cmd, ...) skynet.retpack(CMD[cmd](...)) end)
end)
`

func version(n int) string { return fmt.Sprintf(versioned, n) }

func TestReload01FailureLeavesTheOldServing(t *testing.T) {
	cases := []struct{ name, code, want string }{
		{"syntax", "local skynet = require 'skynet'\nlocal x = = 2", "s.lua:2: unexpected symbol near '='"},
		{"main chunk", "local skynet = require 'skynet'\n\nerror 'at three'", "s.lua:3: at three"},
		{"start", "local skynet = require 'skynet'\nskynet.start(function()\nskynet.sleep(1)\nerror 'in start'\nend)", "s.lua:4: in start"},
		{"no start", "local x = 1", "without calling skynet.start"},
		{"missing module", "require 'nosuchmodule'", "module 'nosuchmodule' not found"},
		{"exit", "local skynet = require 'skynet'\nskynet.start(skynet.exit)", "skynet.exit in a generation that is being prepared"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			tn := newTestNode(t, map[string]string{"s.lua": version(1)}, nil)
			h := tn.launch("s")
			tn.write("s.lua", c.code)
			stop, asked := tn.keepAsking(h, "1")
			r := tn.reload1(h, ReloadOptions{})
			stop()
			if r.Err == nil || !strings.Contains(r.Err.Error(), c.want) {
				t.Errorf("error %v, want %q", r.Err, c.want)
			}
			if *asked == 0 {
				t.Error("nobody asked meanwhile")
			}
			info := tn.info(h)
			if info.Generation != 1 || !strings.Contains(info.Failure, c.want) {
				t.Errorf("generation %d, failure %q", info.Generation, info.Failure)
			}
			tn.write("s.lua", version(2))
			tn.mustReload(h)
			if got := tn.ask(h, "version"); got != "2" || tn.info(h).Failure != "" {
				t.Errorf("after the repair: version %s, failure %q", got, tn.info(h).Failure)
			}
		})
	}
}

// keepAsking calls version in a loop; every answer must be want.
func (tn *testNode) keepAsking(h Handle, want string) (stop func(), asked *int) {
	asked = new(int)
	quit, done := make(chan struct{}), make(chan struct{})
	first := make(chan struct{})
	go func() {
		defer close(done)
		for {
			if got, err := tn.tryAsk(h, "version"); err != nil || got != want {
				tn.t.Errorf("version %q, error %v; want %s", got, err, want)
			}
			if *asked++; *asked == 1 {
				close(first)
			}
			select {
			case <-quit:
				return
			default:
			}
		}
	}()
	<-first
	return func() { close(quit); <-done }, asked
}

func TestReload02DeadlineOfStart(t *testing.T) {
	for name, body := range map[string]string{
		"waits":                 "skynet.sleep(100000)",
		"waits, as does a fork": "for i = 1, 2 do if i == 2 then skynet.sleep(100000) end skynet.fork(function()\nskynet.wait() end) end",
		"spins":                 "while true do end",
		"spins in pcall":        "while true do pcall(function() while true do end end) end",
	} {
		t.Run(name, func(t *testing.T) {
			tn := newTestNode(t, map[string]string{"s.lua": version(1)}, func(c *Config) { c.ReloadTimeout = 150 * time.Millisecond })
			h := tn.launch("s")
			tn.write("s.lua", "local skynet = require 'skynet'\nskynet.start(function() "+body+" end)")
			stop, asked := tn.keepAsking(h, "1")
			r := tn.reload1(h, ReloadOptions{})
			stop()
			if r.Err == nil || !strings.Contains(r.Err.Error(), "outlasts 150ms") || !strings.Contains(r.Err.Error(), "s.lua:2") {
				t.Errorf("error %v", r.Err)
			}
			if *asked < 3 {
				t.Errorf("only %d calls were answered meanwhile", *asked)
			}
			tn.write("s.lua", version(2))
			tn.mustReload(h)
			if got := tn.ask(h, "version"); got != "2" {
				t.Errorf("version %s", got)
			}
		})
	}
}

func TestReload03SendsArriveOnceAndInOrder(t *testing.T) {
	tn := newTestNode(t, map[string]string{
		"sink.lua": `local skynet = require "skynet"
			local seen = require "reload".keep("seen", { last = 0, wrong = 0 })
			skynet.start(function() skynet.dispatch("lua", function(session, _, n)
				if session ~= 0 then return skynet.retpack(seen.last, seen.wrong) end
				if n ~= seen.last + 1 then seen.wrong = seen.wrong + 1 end
				seen.last = n
			end) end)`,
		"source.lua": `local skynet = require "skynet"
			skynet.start(function() skynet.dispatch("lua", function(_, _, to)
				for i = 1, 10000 do skynet.send(tonumber(to), "lua", i) if i % 100 == 0 then skynet.yield() end end
				skynet.retpack("sent")
			end) end)`,
	}, nil)
	sink, source := tn.launch("sink"), tn.launch("source")
	done := make(chan string)
	go func() { s, _ := tn.tryAsk(source, int(sink)); done <- s }()
	for range 20 {
		tn.mustReload(sink)
	}
	if got := <-done; got != "sent" {
		t.Fatal(got)
	}
	if got := tn.ask(sink, "report"); got != "10000 0" {
		t.Errorf("last and wrong: %s", got)
	}
}

func TestReload04InFlightRequestsEndInTheOldVersion(t *testing.T) {
	for _, cmd := range []string{"slow", "forked"} {
		t.Run(cmd, func(t *testing.T) {
			tn := newTestNode(t, map[string]string{"s.lua": version(1)}, nil)
			h := tn.launch("s")
			slow := make(chan string)
			begun := tn.begins(h)
			go func() { s, err := tn.tryAsk(h, cmd, 30); slow <- fmt.Sprint(s, err) }()
			waitFor(t, "the request to be under way", begun)
			tn.write("s.lua", version(2))
			tn.mustReload(h)
			if got := tn.ask(h, "version"); got != "2" {
				t.Errorf("a later call got version %s", got)
			}
			if tn.info(h).Draining != 1 {
				t.Error("the old generation should be draining")
			}
			if got := <-slow; got != "1<nil>" {
				t.Errorf("the request in flight got %s", got)
			}
			waitFor(t, "the old generation to retire", func() bool { return tn.info(h).Draining == 0 })
		})
	}
}

func (tn *testNode) tasks(h Handle) int {
	list, err := tn.Tasks(tn.ctx, h)
	if err != nil {
		tn.t.Fatal(err)
	}
	return len(list)
}

// begins returns whether the service has come to a message since. One that is looked
// for among its tasks may have ended by the time of a look.
func (tn *testNode) begins(h Handle) func() bool {
	before := tn.info(h).Messages
	return func() bool { return tn.info(h).Messages > before }
}

func TestReload05RepliesFindTheTaskThatAsked(t *testing.T) {
	tn := newTestNode(t, map[string]string{"s.lua": version(1), "back.lua": version(10)}, nil)
	h, back := tn.launch("s"), tn.launch("back")
	relay := make(chan string)
	go func() { s, err := tn.tryAsk(h, "relay", int(back), "slow", 30); relay <- fmt.Sprint(s, err) }()
	waitFor(t, "the relay to be under way", func() bool { return tn.tasks(back) > 0 })
	tn.write("s.lua", version(2))
	tn.mustReload(h)
	if got := <-relay; got != "1 10<nil>" {
		t.Errorf("the relay got %s", got)
	}
	tn.wantNoLog("Unknown session")
}

func TestReload06DrainDeadline(t *testing.T) {
	for name, o := range map[string]ReloadOptions{
		"deadline": {Drain: 50 * time.Millisecond},
		"now":      {Now: true},
	} {
		t.Run(name, func(t *testing.T) {
			tn := newTestNode(t, map[string]string{"s.lua": version(1)}, nil)
			h := tn.launch("s")
			slow := make(chan error)
			begun := tn.begins(h)
			go func() { _, err := tn.tryAsk(h, "slow", 1000000); slow <- err }()
			waitFor(t, "the request to be under way", begun)
			tn.write("s.lua", version(2))
			if r := tn.reload1(h, o); r.Err != nil {
				t.Fatal(r.Err)
			}
			if err := <-slow; err == nil || !strings.Contains(err.Error(), "reload") {
				t.Errorf("the caller got %v", err)
			}
			waitFor(t, "the old generation to retire", func() bool { return tn.info(h).Draining == 0 })
			waitFor(t, "the log to list the task", func() bool {
				return strings.Contains(tn.log.String(), "1 task of generation 1 was cut: request 1 from") && strings.Contains(tn.log.String(), "s.lua:7")
			})
		})
	}
}

// A reload that doesn't wait waits for none of the former generations.
func TestReloadNowCutsAllThatDrain(t *testing.T) {
	tn := newTestNode(t, map[string]string{"s.lua": version(1)}, func(c *Config) { c.DrainTimeout = time.Hour })
	h := tn.launch("s")
	slow := make(chan error)
	for i := range 2 {
		go func() { _, err := tn.tryAsk(h, "slow", 1000000); slow <- err }()
		waitFor(t, "the request to be under way", func() bool { return tn.tasks(h) > i })
		tn.write("s.lua", version(i+2))
		if r := tn.reload1(h, ReloadOptions{Now: i == 1}); r.Err != nil {
			t.Fatal(r.Err)
		}
	}
	for range 2 {
		if err := <-slow; err == nil || !strings.Contains(err.Error(), "was reloaded with --now") {
			t.Errorf("a caller got %v", err)
		}
	}
	if n := tn.info(h).Draining; n != 0 {
		t.Errorf("%d generations drain", n)
	}
}

// DEVNODE_RELOADS says how often.
func TestReload07ManyReloadsLeaveNothing(t *testing.T) {
	reloads := 500
	if s := os.Getenv("DEVNODE_RELOADS"); s != "" {
		reloads, _ = strconv.Atoi(s)
	}
	tn := newTestNode(t, map[string]string{"s.lua": version(1)}, func(c *Config) { c.Log = io.Discard })
	h := tn.launch("s")
	repeat := func(n int) (heap uint64, goroutines, descriptors int) {
		for range n {
			tn.mustReload(h)
		}
		waitFor(t, "generations to retire", func() bool { return tn.info(h).Draining == 0 })
		return heapInUse(), goruntime.NumGoroutine(), openDescriptors()
	}
	heap1, goroutines1, descriptors1 := repeat(100) // the history is full by then
	heap2, goroutines2, descriptors2 := repeat(reloads)
	t.Logf("%d reloads: heap %d -> %d KB, goroutines %d -> %d, descriptors %d -> %d", reloads, heap1>>10, heap2>>10, goroutines1, goroutines2, descriptors1, descriptors2)
	const idle = 20 // goroutines that are kept for reuse, more or fewer
	if heap2 > heap1+1<<20 || goroutines2 > goroutines1+idle || descriptors2 > descriptors1+2 {
		t.Error("they aren't flat")
	}
}

// openDescriptors counts the process's open files, 0 where that can't be told.
func openDescriptors() int {
	open, _ := os.ReadDir("/proc/self/fd")
	return len(open)
}

func TestReload08KeptState(t *testing.T) {
	code := `
local skynet = require "skynet"
local reload = require "reload"
local s = reload.keep("state", function()
	local shared = { hits = 0 }
	local t = { count = 0, a = shared, b = shared, big = {} }
	t.self = t
	for i = 1, 1000000 do t.big[i] = i end
	return t
end)
local CMD = {}
function CMD.add() s.count = s.count + 1 s.a.hits = s.a.hits + 1 return s.count end
function CMD.look() return s.count, s.a == s.b, s.b.hits, s.self == s, #s.big end
skynet.start(function() skynet.dispatch("lua", function(_, _, cmd) skynet.retpack(CMD[cmd]()) end) end)
`
	tn := newTestNode(t, map[string]string{"s.lua": code}, func(c *Config) { c.ReloadTimeout = time.Minute }) // a million records take a while to make
	h := tn.launch("s")
	for range 42 {
		tn.ask(h, "add")
	}
	r := tn.mustReload(h)
	if got := tn.ask(h, "look"); got != "42 true 42 true 1000000" {
		t.Errorf("after the reload: %s", got)
	}
	t.Logf("with a million kept records: %s", r.Summary())
	if r := tn.reload1(h, ReloadOptions{Fresh: true}); r.Err != nil {
		t.Fatal(r.Err)
	}
	if got := tn.ask(h, "look"); got != "0 true 0 true 1000000" {
		t.Errorf("after a fresh reload: %s", got)
	}
}

func TestReload09Migrate(t *testing.T) {
	shape1 := `
local skynet = require "skynet"
local s = require "reload".keep("players", function() return { { "ann", 3 }, { "bob", 5 } } end)
skynet.start(function() skynet.dispatch("lua", function(_, _, cmd)
	if cmd == "slow" then skynet.sleep(20) s[1][2] = s[1][2] + 10 end
	skynet.retpack(s[1][1], s[1][2]) end) end)`
	shape2 := `
local skynet = require "skynet"
local reload = require "reload"
local s = reload.keep("players", function() return {} end)
reload.migrate(2, function(old, kept)
	assert(old == 1)
	for i, p in ipairs(kept.players) do kept.players[i] = { name = p[1], level = p[2] } %s end
end)
skynet.start(function() skynet.dispatch("lua", function() skynet.retpack(s[1].name, s[1].level, #s) end) end)`
	tn := newTestNode(t, map[string]string{"s.lua": shape1}, nil)
	h := tn.launch("s")
	tn.write("s.lua", fmt.Sprintf(shape2, "error 'half way'"))
	r := tn.reload1(h, ReloadOptions{})
	if r.Err == nil || !strings.Contains(r.Err.Error(), "half way") || tn.info(h).Generation != 1 {
		t.Errorf("error %v, generation %d", r.Err, tn.info(h).Generation)
	}
	if got := tn.ask(h, "look"); got != "ann 3" {
		t.Errorf("the state after a migration that failed: %s", got)
	}
	tn.write("s.lua", fmt.Sprintf(shape2, ""))
	slow := make(chan string)
	begun := tn.begins(h)
	go func() { s, err := tn.tryAsk(h, "slow"); slow <- fmt.Sprint(s, err) }()
	waitFor(t, "the request to be under way", begun)
	tn.mustReload(h)
	if got := <-slow; got != "ann 13<nil>" {
		t.Errorf("the request in flight: %s", got)
	}
	if got := tn.ask(h, "look"); got != "ann 13 2" {
		t.Errorf("the migrated state: %s", got)
	}
	tn.mustReload(h) // the same version: no migration
	if got := tn.ask(h, "look"); got != "ann 13 2" {
		t.Errorf("after another reload: %s", got)
	}
}

func TestReload10OneTickerAfterFiveReloads(t *testing.T) {
	code := `
local skynet = require "skynet"
local s = require "reload".keep("s", { ticks = 0, tickers = 0 })
skynet.start(function()
	local mine = {}
	skynet.fork(function() while true do skynet.sleep(2) s.ticks = s.ticks + 1 s.running = s.running or {} s.running[mine] = skynet.now() end end)
	skynet.timeout(1000000, function() error "a timer of old code" end)
	skynet.dispatch("lua", function(_, _, cmd)
		if cmd == "clear" then s.running = {} end
		local n = 0
		for _ in pairs(s.running or {}) do n = n + 1 end
		skynet.retpack(n, s.ticks)
	end)
end)`
	tn := newTestNode(t, map[string]string{"s.lua": code}, nil)
	h := tn.launch("s")
	for range 5 {
		tn.mustReload(h)
	}
	tn.ask(h, "clear")
	waitFor(t, "ticks", func() bool { var n, ticks int; fmt.Sscan(tn.ask(h, "look"), &n, &ticks); return n > 0 })
	if n := strings.Fields(tn.ask(h, "look"))[0]; n != "1" {
		t.Errorf("%s tickers after 5 reloads", n)
	}
	if tn.tasks(h) != 2 {
		t.Errorf("%d tasks, want the ticker and the timer", tn.tasks(h))
	}
}

func TestReload12DependentsOnly(t *testing.T) {
	service := func(mod string) string {
		return "local skynet = require 'skynet'\nlocal m = require '" + mod + "'\nskynet.start(function() skynet.dispatch('lua', function() skynet.retpack(m) end) end)"
	}
	tn := newTestNode(t, map[string]string{
		"lib/b.lua": "return 'b1'", "lib/a.lua": "return 'a+' .. require 'lib.b'", "lib/c.lua": "return 'c'",
		"direct.lua": service("lib.b"), "through.lua": service("lib.a"), "other.lua": service("lib.c"),
	}, nil)
	direct, through, other := tn.launch("direct"), tn.launch("through"), tn.launch("other")
	tn.write("lib/b.lua", "return 'b2'")
	changed := map[string]Hash{tn.dir + "/lib/b.lua": HashOf([]byte("return 'b2'"))}
	affected := tn.Affected(changed)
	if fmt.Sprint(affected) != fmt.Sprint([]Handle{direct, through}) {
		t.Fatalf("affected: %v", affected)
	}
	for _, r := range tn.Reload(testContext(t), affected, ReloadOptions{Trigger: "saved lib/b.lua"}) {
		if r.Err != nil {
			t.Error(r.Err)
		}
	}
	if tn.ask(direct) != "b2" || tn.ask(through) != "a+b2" || tn.ask(other) != "c" || tn.info(other).Generation != 1 {
		t.Errorf("%s, %s, %s", tn.ask(direct), tn.ask(through), tn.ask(other))
	}
	if again := tn.Affected(changed); len(again) != 0 {
		t.Errorf("the same bytes affect %v", again)
	}
	// A module that was looked for in another place first takes effect once it
	// is there.
	missing := map[string]Hash{tn.dir + "/lib/b/init.lua": HashOf([]byte("x"))}
	if got := tn.Affected(missing); len(got) != 0 {
		t.Errorf("a file after the one that was found affects %v", got)
	}
}

func TestReload13BatchIsPreparedBeforeAnySwitch(t *testing.T) {
	good := "local skynet = require 'skynet'\nlocal v = require 'shared'\nskynet.start(function() %s skynet.dispatch('lua', function() skynet.retpack(v) end) end)"
	files := map[string]string{"shared.lua": "return 1", "bad.lua": fmt.Sprintf(good, "if v == 2 then error 'not with 2' end")}
	var handles []Handle
	for i := range 5 {
		files[fmt.Sprintf("s%d.lua", i)] = fmt.Sprintf(good, fmt.Sprintf("skynet.sleep(%d)", i))
	}
	tn := newTestNode(t, files, nil)
	for i := range 5 {
		handles = append(handles, tn.launch(fmt.Sprintf("s%d", i)))
	}
	bad := tn.launch("bad")
	handles = append(handles, bad)
	tn.write("shared.lua", "return 2")
	var early atomic.Bool
	stop := tn.Events(func(e Event) {
		if e.Kind == EventReloaded {
			for _, info := range tn.List() {
				if !info.System && info.Handle != bad && info.Generation == 1 && info.State == "running" && info.LastReload == nil {
					early.Store(true)
				}
			}
		}
	})
	records := tn.Reload(testContext(t), handles, ReloadOptions{})
	stop()
	for i, r := range records[:5] {
		if r.Err != nil || tn.ask(handles[i]) != "2" {
			t.Errorf("service %d: %v, answers %s", i, r.Err, tn.ask(handles[i]))
		}
	}
	if records[5].Err == nil || tn.ask(bad) != "1" {
		t.Errorf("the failing one: %v, answers %s", records[5].Err, tn.ask(bad))
	}
	if early.Load() {
		t.Error("one was switched before another was prepared")
	}
}

func TestReload16HistoryAndRollback(t *testing.T) {
	tn := newTestNode(t, map[string]string{"s.lua": version(1)}, nil)
	h := tn.launch("s")
	tn.write("s.lua", version(2))
	tn.reload1(h, ReloadOptions{Trigger: "saved s.lua"})
	tn.write("s.lua", "broken(")
	tn.reload1(h, ReloadOptions{Trigger: "saved s.lua"})
	records, err := tn.History(testContext(t), h)
	if err != nil || len(records) != 3 {
		t.Fatalf("%d records, %v", len(records), err)
	}
	if r := records[1]; r.Generation != 2 || r.From != 1 || r.Trigger != "saved s.lua" || r.Took <= 0 || r.At.IsZero() || r.Hash == records[0].Hash || r.Err != nil {
		t.Errorf("record %+v", r)
	}
	if records[2].Err == nil {
		t.Error("the failure is not in the history")
	}
	r, err := tn.Rollback(testContext(t), h, 0)
	if err != nil || r.Err != nil || tn.ask(h, "version") != "1" {
		t.Errorf("rollback: %v, %v, version %s", err, r.Err, tn.ask(h, "version"))
	}
	if _, err := tn.Rollback(testContext(t), h, 99); err == nil || !strings.Contains(err.Error(), "generation 99 is not in the history") {
		t.Errorf("rollback to an unknown generation: %v", err)
	}
	tn.write("s.lua", version(4))
	tn.mustReload(h)
	if got := tn.ask(h, "version"); got != "4" {
		t.Errorf("the next save gives version %s", got)
	}
}

func TestReloadByItself(t *testing.T) {
	code := `
local skynet = require "skynet"
local reload = require "reload"
local n = tonumber((...)) or 0
setmetatable({}, { __gc = function() print("gc of " .. n) end })
skynet.start(function()
	skynet.dispatch("lua", function(_, _, cmd)
		if cmd == "reload" then
			skynet.timeout(0, function() reload(n + 1) print "must not return" end)
		elseif cmd == "inside" then
			reload(n + 1)
		elseif cmd == "try" then
			return skynet.retpack(pcall(reload, n + 1))
		end
		skynet.retpack(n)
	end)
end)`
	tn := newTestNode(t, map[string]string{"s.lua": code}, nil)
	h := tn.launch("s", "7")
	if got := tn.ask(h, "reload"); got != "7" {
		t.Errorf("answer %s", got)
	}
	waitFor(t, "version 8", func() bool { return tn.ask(h, "look") == "8" })
	waitFor(t, "the old __gc to run", func() bool { return strings.Contains(tn.out.String(), "gc of 7\n") })
	if _, err := tn.tryAsk(h, "inside"); err == nil || !strings.Contains(err.Error(), "reloaded the service") {
		t.Errorf("a handler that reloads before it answers: %v", err)
	}
	if got := tn.ask(h, "look"); got != "9" {
		t.Errorf("version %s", got)
	}
	tn.write("s.lua", "local x = = 1")
	if got := tn.ask(h, "try"); !strings.HasPrefix(got, "false ") || !strings.Contains(got, "s.lua:1: unexpected symbol") {
		t.Errorf("a failing reload gives %s", got)
	}
	if strings.Contains(tn.out.String(), "must not return") {
		t.Error("reload returned")
	}
}

func TestReloadHooks(t *testing.T) {
	code := `
local skynet = require "skynet"
local reload = require "reload"
local V = %d
reload.dispose(function() print("dispose " .. V) end)
reload.accept(function() print("accept " .. V) end)
skynet.start(function()
	skynet.dispatch("lua", function(_, _, cmd) if cmd == "decline" then reload.decline "it holds a lock" end skynet.retpack(V) end)
end)`
	tn := newTestNode(t, map[string]string{"s.lua": fmt.Sprintf(code, 1)}, nil)
	h := tn.launch("s")
	tn.write("s.lua", fmt.Sprintf(code, 2))
	tn.mustReload(h)
	if got := tn.out.String(); got != "dispose 1\naccept 2\n" {
		t.Errorf("printed %q", got)
	}
	tn.ask(h, "decline")
	if r := tn.reload1(h, ReloadOptions{}); r.Err == nil || !strings.Contains(r.Err.Error(), "it holds a lock") {
		t.Errorf("error %v", r.Err)
	}
}

// A hook that raises an error, or doesn't end, stops nothing.
func TestReloadHooksThatFail(t *testing.T) {
	tn := newTestNode(t, map[string]string{"s.lua": `
local skynet = require "skynet"
local reload = require "reload"
reload.dispose(function()
	error "no more" end)
reload.dispose(function() while true do end end)
reload.dispose(function() skynet.wait() end)
reload.dispose(function() print "the last" end)
skynet.start(function() end)`}, fastMonitor)
	h := tn.launch("s")
	tn.write("s.lua", version(2))
	tn.mustReload(h)
	if got := tn.ask(h, "version"); got != "2" || tn.out.String() != "the last\n" {
		t.Errorf("version %s, printed %q", got, tn.out)
	}
	for _, want := range []string{"reload s: the function given to reload.dispose: ", "s.lua:5: no more", "reload.dispose: signal 0"} {
		waitFor(t, want, func() bool { return strings.Contains(tn.log.String(), want) })
	}
	tn.wantNoLog("killed")
	tn.wantNoLog("lua call [")
}

func TestReloadClass(t *testing.T) {
	code := `
local skynet = require "skynet"
local reload = require "reload"
local Player = reload.class("Player", {})
Player.__index = Player
function Player:hit() return "hit by %s" end
local players = reload.keep("players", {})
skynet.start(function()
	%s
	skynet.dispatch("lua", function(_, _, cmd)
		if cmd == "new" then players[#players + 1] = setmetatable({}, Player) end
		skynet.retpack(players[1]:hit(), getmetatable(players[1]) == Player)
	end)
end)`
	tn := newTestNode(t, map[string]string{"s.lua": fmt.Sprintf(code, "v1", "")}, nil)
	h := tn.launch("s")
	if got := tn.ask(h, "new"); got != "hit by v1 true" {
		t.Error(got)
	}
	// While the new version starts, and when it fails, the old methods stay.
	tn.write("s.lua", fmt.Sprintf(code, "v2", "skynet.sleep(3) error 'no'"))
	done := make(chan struct{})
	go func() { tn.reload1(h, ReloadOptions{}); close(done) }()
	for busy := true; busy; {
		select {
		case <-done:
			busy = false
		default:
		}
		if got := tn.ask(h, "look"); got != "hit by v1 true" {
			t.Fatalf("during the preparation: %s", got)
		}
	}
	tn.write("s.lua", fmt.Sprintf(code, "v3", ""))
	tn.mustReload(h)
	if got := tn.ask(h, "look"); got != "hit by v3 true" {
		t.Errorf("a living object has %s", got)
	}
}

func TestReloadReportsOldFunctionsInKeptState(t *testing.T) {
	code := `
local skynet = require "skynet"
local players = require "reload".keep("players", { {}, {}, {} })
skynet.start(function() skynet.dispatch("lua", function()
	local Player = {} Player.__index = Player function Player.hit() end
	players[3].on_hit = function() end
	players["a b"] = { [true] = { [setmetatable({}, {})] = setmetatable({}, Player) } }
	skynet.retpack()
end) end)`
	tn := newTestNode(t, map[string]string{"s.lua": code}, nil)
	h := tn.launch("s")
	tn.ask(h, "set")
	tn.mustReload(h)
	for _, path := range []string{`players[3].on_hit`, `.hit`} {
		waitFor(t, "the report of "+path, func() bool {
			return strings.Contains(tn.log.String(), "kept state holds a function of an older generation: ") && strings.Contains(tn.log.String(), path+"\n")
		})
	}
	tn.wantLog(`getmetatable(players["a b"][true][table`)
}

func TestReloadOfAnEndlessLoopTimesOut(t *testing.T) {
	tn := newTestNode(t, map[string]string{"s.lua": `local skynet = require "skynet"
		skynet.start(function() skynet.dispatch("lua", function(_, _, cmd) if cmd == "spin" then while true do end end skynet.retpack(1) end) end)`}, func(c *Config) { c.EndlessAfter = 20 * time.Millisecond })
	h := tn.launch("s")
	spin := make(chan error)
	go func() { _, err := tn.tryAsk(h, "spin"); spin <- err }()
	waitFor(t, "the loop", func() bool { return tn.info(h).Endless })
	ctx, cancel := context.WithTimeout(context.Background(), 100*time.Millisecond)
	defer cancel()
	if err := tn.Ping(ctx, h); err == nil || !strings.Contains(err.Error(), "signal") {
		t.Errorf("asking it: %v", err)
	}
	tn.Signal(h, 0)
	if err := <-spin; err == nil || !strings.Contains(err.Error(), "signal 0") {
		t.Errorf("the caller got %v", err)
	}
	tn.mustReload(h)
}

func TestReload19TheLastContentWins(t *testing.T) {
	tn := newTestNode(t, map[string]string{"s.lua": version(1)}, nil)
	h := tn.launch("s")
	path := tn.dir + "/s.lua"
	hanging := "local skynet = require 'skynet'\nskynet.start(function() skynet.wait() end)"
	first := make(chan ReloadRecord)
	go func() {
		first <- tn.reload1(h, ReloadOptions{Files: map[string][]byte{path: []byte(hanging)}})
	}()
	// The bytes that serve come back while others are being prepared, and loaded.
	waitFor(t, "the bytes that serve to matter", func() bool {
		return len(tn.Affected(map[string]Hash{path: HashOf([]byte(version(1)))})) == 1
	})
	if got := tn.Affected(map[string]Hash{path: HashOf([]byte(hanging))}); len(got) != 0 {
		t.Errorf("affected by the bytes that are being prepared: %v", got)
	}
	for i := 2; i < 30; i++ {
		source := []byte(version(i))
		if r := tn.reload1(h, ReloadOptions{Files: map[string][]byte{path: source}}); r.Err != nil {
			t.Fatal(r.Err)
		}
	}
	if r := <-first; r.Err == nil || !strings.Contains(r.Err.Error(), "newer reload") {
		t.Errorf("the reload that hung: %v", r.Err)
	}
	if got := tn.ask(h, "version"); got != "29" {
		t.Errorf("version %s", got)
	}
}

// TestFailedReloadIsToldLast: whoever is told that a reload failed finds it in the
// log and in the history.
func TestFailedReloadIsToldLast(t *testing.T) {
	tn := newTestNode(t, map[string]string{"s.lua": `require("skynet").start(function() end)`}, nil)
	h := tn.launch("s")
	tn.write("s.lua", `error "no"`)
	for i := range 200 {
		if r := tn.reload1(h, ReloadOptions{}); r.Err == nil {
			t.Fatal("it didn't fail")
		}
		if err := tn.Ping(tn.ctx, handleLogger); err != nil {
			t.Fatal(err)
		}
		if got := strings.Count(tn.log.String(), "reload s failed"); got != i+1 {
			t.Fatalf("%d lines of %d failures", got, i+1)
		}
	}
}
