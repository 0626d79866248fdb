package runtime

import (
	"context"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"
)

// Reloads of services of every kind: found by a unique name, launched by others,
// the first of a node, in an endless loop.

func TestReloadOfAUniqueService(t *testing.T) {
	tn := newTestNode(t, map[string]string{
		"u.lua": version(1),
		"s.lua": `local skynet = require "skynet"
			skynet.start(function()
				skynet.dispatch("lua", function() skynet.retpack(skynet.uniqueservice "u", skynet.call(skynet.queryservice "u", "lua", "version")) end)
			end)`,
	}, nil)
	h := tn.launch("s")
	var u Handle
	fmt.Sscan(tn.ask(h), (*uint32)(&u))
	tn.write("u.lua", version(2))
	tn.mustReload(u)
	if got, want := tn.ask(h), fmt.Sprintf("%d 2", u); got != want {
		t.Errorf("got %s, want %s: the same service, with new code", got, want)
	}
}

// The new version of a service asks for the unique services that the old one had,
// and gets the same.
func TestReloadFindsItsUniqueServicesAgain(t *testing.T) {
	tn := newTestNode(t, map[string]string{
		"u.lua": version(1),
		"s.lua": `local skynet = require "skynet"
			skynet.start(function()
				local u = skynet.uniqueservice "u"
				skynet.dispatch("lua", function() skynet.retpack(u) end)
			end)`,
	}, nil)
	h := tn.launch("s")
	before, services := tn.ask(h), len(tn.List())
	tn.mustReload(h)
	if after := tn.ask(h); after != before || len(tn.List()) != services {
		t.Errorf("%s before, %s after; %d services, then %d", before, after, services, len(tn.List()))
	}
}

func TestReloadOfMainAndOfWhatItLaunched(t *testing.T) {
	main := `
local skynet = require "skynet"
local reload = require "reload"
local V = %d
local child = reload.keep("child", { })
skynet.start(function()
	child.at = child.at or skynet.newservice("child", "a", "b")
	skynet.dispatch("lua", function(_, _, ...) skynet.retpack(V, child.at, skynet.call(child.at, "lua", ...)) end)
end)`
	child := `
local skynet = require "skynet"
local a, b = ...
skynet.start(function() skynet.dispatch("lua", function() skynet.retpack("%s", a, b) end) end)`
	tn := newTestNode(t, map[string]string{"main.lua": fmt.Sprintf(main, 1), "child.lua": fmt.Sprintf(child, "old")}, nil)
	h := tn.launch("main")
	var v int
	var c Handle
	fmt.Sscan(tn.ask(h), &v, (*uint32)(&c))
	tn.write("main.lua", fmt.Sprintf(main, 2))
	tn.write("child.lua", fmt.Sprintf(child, "new"))
	for _, r := range tn.Reload(tn.ctx, []Handle{h, c}, ReloadOptions{}) {
		if r.Err != nil {
			t.Error(r.Err)
		}
	}
	if got, want := tn.ask(h), fmt.Sprintf("2 %d new a b", c); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// 100,000 messages that wait are handled once each, in order, across a reload.
func TestReloadWithAFullMailbox(t *testing.T) {
	const messages = 100_000
	code := `
local skynet = require "skynet"
local seen = require "reload".keep("seen", { last = 0, wrong = 0, by = {} })
local V = %d
skynet.start(function() skynet.dispatch("lua", function(session, _, n)
	if session ~= 0 then return skynet.retpack(seen.last, seen.wrong, (seen.by[1] or 0) + (seen.by[2] or 0)) end
	if n == "block" then local t = skynet.hpc() + 5e7 while skynet.hpc() < t do end return end
	if n ~= seen.last + 1 then seen.wrong = seen.wrong + 1 end
	seen.last = n
	seen.by[V] = (seen.by[V] or 0) + 1
end) end)`
	tn := newTestNode(t, map[string]string{"s.lua": fmt.Sprintf(code, 1), "flood.lua": `local skynet = require "skynet"
		skynet.start(function() skynet.dispatch("lua", function(_, _, to, n)
			skynet.send(tonumber(to), "lua", "block")
			for i = 1, n do skynet.send(tonumber(to), "lua", i) end
			skynet.retpack("sent")
		end) end)`}, nil)
	h, flood := tn.launch("s"), tn.launch("flood")
	tn.ask(flood, int(h), messages)
	tn.write("s.lua", fmt.Sprintf(code, 2))
	tn.mustReload(h)
	if got, want := tn.ask(h), fmt.Sprintf("%d 0 %d", messages, messages); got != want {
		t.Errorf("last, out of order, handled: %s, want %s", got, want)
	}
}

// A service that reloads itself in its start function gets a clear error, at its
// launch and at its reload, and no loop.
func TestReloadOfItselfInStart(t *testing.T) {
	tn := newTestNode(t, map[string]string{
		"s.lua":     version(1),
		"start.lua": "local skynet = require 'skynet'\nskynet.start(function() require 'reload'() end)",
		"main.lua":  "require 'reload'()",
		"ok.lua":    "local skynet = require 'skynet'\nskynet.start(function() OK, WHY = pcall(require 'reload') skynet.dispatch('lua', function() skynet.retpack(OK, WHY) end) end)",
	}, nil)
	for _, name := range []string{"start", "main"} {
		ctx, cancel := context.WithTimeout(tn.ctx, time.Minute)
		if _, err := tn.Launch(ctx, name); err == nil || !strings.Contains(err.Error(), "once its start function has returned") {
			t.Errorf("%s: %v", name, err)
		}
		cancel()
	}
	if got := tn.ask(tn.launch("ok")); !strings.HasPrefix(got, "false ") {
		t.Errorf("caught in the start function: %s", got)
	}
	h := tn.launch("s")
	tn.write("s.lua", "local skynet = require 'skynet'\nskynet.start(function() require 'reload'() end)")
	if r := tn.reload1(h, ReloadOptions{}); r.Err == nil || !strings.Contains(r.Err.Error(), "being reloaded right now") {
		t.Errorf("error %v", r.Err)
	}
	if records, err := tn.History(tn.ctx, h); err != nil || len(records) != 2 {
		t.Errorf("%d records, %v: want the launch and one failure", len(records), err)
	}
}

func TestReload18CheckHasNoSideEffect(t *testing.T) {
	tn := newTestNode(t, map[string]string{"s.lua": version(1), "lib.lua": "return 1"}, nil)
	h := tn.launch("s")
	changed := "print 'it runs'\nlocal f = io.open('" + tn.dir + "/made', 'w') f:close()\nrequire 'lib'\n" + version(2)
	tn.write("s.lua", changed)
	var happened []string
	stop := tn.Events(func(e Event) { happened = append(happened, string(e.Kind)) })
	before := tn.info(h)
	problems, err := tn.Check(tn.dir + "/s.lua")
	if err != nil || len(problems) != 0 {
		t.Errorf("problems %v, error %v", problems, err)
	}
	kind, why := tn.Plan(tn.ctx, h, map[string][]byte{tn.dir + "/s.lua": []byte(changed)})
	if kind != PlanReload || !strings.Contains(why, "s.lua:1") {
		t.Errorf("plan: %s, %s", kind, why)
	}
	stop()
	after := tn.info(h)
	if tn.out.String() != "" || len(happened) > 0 || after.Generation != 1 || after.State != before.State || len(tn.Affected(map[string]Hash{tn.dir + "/lib.lua": {1}})) > 0 {
		t.Errorf("printed %q, events %v, generation %d, %s", tn.out, happened, after.Generation, after.State)
	}
	if _, err := os.Stat(tn.dir + "/made"); err == nil {
		t.Error("the file's code has run")
	}
	if records, _ := tn.History(tn.ctx, h); len(records) != 1 {
		t.Errorf("the history has %d records", len(records))
	}
}

func TestReload20TimesAreSplit(t *testing.T) {
	tn := newTestNode(t, map[string]string{"s.lua": version(1)}, nil)
	h := tn.launch("s")
	tn.write("s.lua", strings.Replace(version(2), "skynet.start(function()", "skynet.start(function() skynet.sleep(2)", 1))
	settled := time.Now()
	r := tn.reload1(h, ReloadOptions{Trigger: "saved s.lua", Saved: settled.Add(-30 * time.Millisecond), Settled: settled})
	if r.Settle != 30*time.Millisecond || r.Start < 20*time.Millisecond || r.Compile <= 0 || r.Switch <= 0 || r.Took < r.Read+r.Compile+r.Start+r.Switch || r.SinceSave < r.Settle+r.Plan+r.Took {
		t.Errorf("record %+v", r)
	}
	for _, part := range []string{"settle 30.00 ms", "read ", "compile ", "start ", "switch ", "ms after the save"} {
		if !strings.Contains(r.Times(), part) {
			t.Errorf("the log lacks %q: %s", part, r.Times())
		}
	}
}

// TestReloadGivenUpFromWithin has a task of the generation that is being prepared
// kill the start function: the reload is given up, once that task runs no more.
func TestReloadGivenUpFromWithin(t *testing.T) {
	script := func(v int) string {
		return fmt.Sprintf(`
local skynet = require "skynet"
local v = %d
skynet.start(function()
	skynet.dispatch("lua", function()
		local n = 0
		for i = 1, 50 do skynet.fork(function() skynet.yield() n = n + 1 end) end
		while n < 50 do skynet.yield() end
		skynet.retpack("alive" .. v)
	end)
	if v == 2 then
		local me = coroutine.running()
		skynet.timeout(1, function()
			skynet.killthread(me)
			error(setmetatable({}, { __tostring = function() return "x" end }))
		end)
		skynet.sleep(1000)
	end
end)`, v)
	}
	tn := newTestNode(t, map[string]string{"s.lua": script(1)}, func(c *Config) { c.Workers = 1 })
	h := tn.launch("s")
	tn.write("s.lua", script(2))
	for range 2 {
		if r := tn.reload1(h, ReloadOptions{}); r.Err == nil || !strings.Contains(r.Err.Error(), "killed") {
			t.Errorf("the reload ended with %v", r.Err)
		}
		if got := tn.ask(h); got != "alive1" {
			t.Errorf("the service answers %q", got)
		}
	}
}

// Old generations that drain are told of in one line for each script.
func TestManyDrainInOneLine(t *testing.T) {
	script := func(v int) string {
		return fmt.Sprintf(`local skynet = require "skynet"
skynet.start(function()
	skynet.dispatch("lua", function(_, _, what)
		if what == "slow" then skynet.wait("gate") elseif what == "go" then skynet.wakeup("gate") end
		skynet.retpack(%d)
	end)
end)`, v)
	}
	tn := newTestNode(t, map[string]string{"s.lua": script(1)}, nil)
	var list []Handle
	var answers []<-chan string
	for range 5 {
		h := tn.launch("s")
		list = append(list, h)
		answers = append(answers, tn.callLater(h, "slow"))
		tn.waitForTask(h, "s.lua:4")
	}
	tn.write("s.lua", script(2))
	for _, r := range tn.Reload(testContext(t), list, ReloadOptions{Quiet: true}) {
		if r.Err != nil {
			t.Fatal(r.Err)
		}
	}
	tn.wantLog("[:00000000] reload s: generation 1 drains in 5 services: 1 task")
	for i, h := range list {
		tn.ask(h, "go")
		<-answers[i]
	}
	tn.wantLog("[:00000000] reload s: generation 1 retired in 5 services after ")
	if n := strings.Count(tn.log.String(), "drains") + strings.Count(tn.log.String(), "retired"); n != 2 {
		t.Errorf("%d lines", n)
	}
}
