package runtime

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// What a reload could lose, or leave behind, in the corners: calls, timers,
// names and services of a version that never came to serve; what old and new code
// share while the old drains.

// helper answers late, and says what it was asked.
const helper = `
local skynet = require "skynet"
skynet.start(function() skynet.dispatch("lua", function(_, _, ti, ...) skynet.sleep(ti) skynet.retpack(...) end) end)
`

func TestAbortedReloadLeavesNothing(t *testing.T) {
	code := `
local skynet = require "skynet"
require "skynet.manager"
local state = require "reload".keep("state", { strays = 0 })
local helper = ...
skynet.start(function()
	%s
	skynet.dispatch("lua", function(_, _, cmd) skynet.retpack(state.strays) end)
end)`
	start := `
	local function stray() state.strays = state.strays + 1 end
	skynet.register ".fresh"
	skynet.name(".elsewhere", tonumber(helper))
	skynet.newservice "helper"
	skynet.launch("snlua", "helper")
	skynet.timeout(2, stray)
	skynet.fork(function() skynet.call(tonumber(helper), "lua", 2) stray() end)
	skynet.fork(function() skynet.sleep(2) stray() end)
	skynet.fork(function() skynet.yield() skynet.newservice "helper" end)
	skynet.sleep(1)
	%s`
	for name, end := range map[string]string{"raises": "error 'no'", "hangs": "skynet.wait()"} {
		t.Run(name, func(t *testing.T) {
			tn := newTestNode(t, map[string]string{"s.lua": fmt.Sprintf(code, ""), "helper.lua": helper}, func(c *Config) { c.ReloadTimeout = 15 * time.Millisecond })
			to := tn.launch("helper")
			h := tn.launch("s", fmt.Sprint(int(to)))
			before := len(tn.List())
			tn.write("s.lua", fmt.Sprintf(code, fmt.Sprintf(start, end)))
			if r := tn.reload1(h, ReloadOptions{}); r.Err == nil {
				t.Fatal("the reload should fail")
			}
			for _, name := range []string{".fresh", ".elsewhere"} {
				if to, ok := tn.Find(name); ok {
					t.Errorf("%s is the name of %s", name, to)
				}
			}
			waitFor(t, "what it launched to end", func() bool { return len(tn.List()) == before })
			if got := tn.ask(to, 4, "later"); got != "later" { // its answer to the stray call has come by now
				t.Error(got)
			}
			if got := tn.ask(h); got != "0" {
				t.Errorf("code of the version that was dropped ran %s times", got)
			}
			tn.wantNoLog("Unknown session")
			tn.ask1(tn.service(h), func(s *Service) {
				if s.waits.len() != 0 || len(s.sleepers) != 0 || s.living != 0 {
					t.Errorf("left: %d sessions, %d sleepers, %d tasks", s.waits.len(), len(s.sleepers), s.living)
				}
			})
		})
	}
}

func (tn *testNode) service(h Handle) *Service {
	tn.t.Helper()
	s, err := tn.Service(h)
	if err != nil {
		tn.t.Fatal(err)
	}
	return s
}

func TestMailWhilePreparing(t *testing.T) {
	code := `
local skynet = require "skynet"
local seen = require "reload".keep("seen", {})
local V = %d
skynet.start(function()
	%s
	skynet.dispatch("lua", function(session, _, n)
		if session == 0 then seen[#seen + 1] = n return end
		skynet.retpack(V, table.concat(seen, ","))
	end)
end)`
	tn := newTestNode(t, map[string]string{"s.lua": fmt.Sprintf(code, 1, "")}, nil)
	h := tn.launch("s")
	// The new start function asks its own service, which the old code answers.
	tn.write("s.lua", fmt.Sprintf(code, 2, `
		for i = 1, 5 do skynet.send(skynet.self(), "lua", i) skynet.yield() end
		assert(skynet.call(skynet.self(), "lua", "who") == 1)
		for i = 6, 9 do skynet.send(skynet.self(), "lua", i) end`))
	tn.mustReload(h)
	if got := tn.ask(h, "look"); got != "2 1,2,3,4,5,6,7,8,9" {
		t.Error(got)
	}
}

func TestForksOfARequestGoOn(t *testing.T) {
	code := `
local skynet = require "skynet"
local V, helper = %d, ...
skynet.start(function()
	skynet.dispatch("lua", function(_, _, cmd)
		local token, got = {}, nil
		skynet.fork(function()
			local first = skynet.call(tonumber(helper), "lua", 3, "a")
			skynet.fork(function()
				local second = skynet.call(tonumber(helper), "lua", 3, "b")
				skynet.timeout(2, function() got = first .. second skynet.wakeup(token) end)
			end)
		end)
		skynet.wait(token)
		skynet.retpack(got, V)
	end)
end)`
	tn := newTestNode(t, map[string]string{"s.lua": fmt.Sprintf(code, 1), "helper.lua": helper}, nil)
	h := tn.launch("s", fmt.Sprint(int(tn.launch("helper"))))
	answer := make(chan string)
	begun := tn.begins(h)
	go func() { s, err := tn.tryAsk(h); answer <- fmt.Sprint(s, err) }()
	waitFor(t, "the request", begun)
	tn.write("s.lua", fmt.Sprintf(code, 2))
	tn.mustReload(h)
	if got := <-answer; got != "ab 1<nil>" {
		t.Errorf("the request got %s", got)
	}
	waitFor(t, "the old generation to retire", func() bool { return tn.info(h).Draining == 0 })
	tn.wantNoLog("Unknown session")
}

// keeper parks the callers of "wait" in its kept state; "fire" answers them.
const keeper = `
local skynet = require "skynet"
local reload = require "reload"
local state = reload.keep("state", { parked = {} })
%s
skynet.start(function()
	skynet.dispatch("lua", function(_, _, cmd)
		if cmd == "wait" then
			state.parked[#state.parked + 1] = skynet.response()
		elseif cmd == "drop" then
			skynet.response()
		else
			for _, r in ipairs(state.parked) do r(true, "fired by %d") end
			skynet.retpack(#state.parked)
		end
	end)
end)`

func TestResponsesInKeptState(t *testing.T) {
	cases := []struct {
		name, extra string
		o           ReloadOptions
	}{
		{"drain", "", ReloadOptions{Drain: time.Minute}},
		{"deadline", "", ReloadOptions{Drain: 10 * time.Millisecond}},
		{"now", "", ReloadOptions{Now: true}},
		{"migration", "reload.migrate(2, function(_, kept) kept.state.migrated = true end)", ReloadOptions{Drain: time.Minute}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			tn := newTestNode(t, map[string]string{"s.lua": fmt.Sprintf(keeper, "", 1)}, nil)
			h := tn.launch("s")
			answer := make(chan string)
			go func() { s, err := tn.tryAsk(h, "wait"); answer <- fmt.Sprint(s, err) }()
			waitFor(t, "the request", func() bool { return tn.info(h).Messages > 0 })
			tn.write("s.lua", fmt.Sprintf(keeper, c.extra, 2))
			if r := tn.reload1(h, c.o); r.Err != nil {
				t.Fatal(r.Err)
			}
			waitFor(t, "the old generation to retire", func() bool { return tn.info(h).Draining == 0 })
			tn.mustReload(h) // and a second time
			waitFor(t, "the second to retire", func() bool { return tn.info(h).Draining == 0 })
			if got := tn.ask(h, "fire"); got != "1" {
				t.Errorf("%s callers were kept", got)
			}
			if got := <-answer; got != "fired by 2<nil>" {
				t.Errorf("the caller got %s", got)
			}
		})
	}
}

// The caller of a response that was dropped gets an error: from the drain of its code, or
// from the collector, if that finds it before.
func TestResponsesThatNobodyKeeps(t *testing.T) {
	tn := newTestNode(t, map[string]string{"s.lua": fmt.Sprintf(keeper, "", 1)}, nil)
	h := tn.launch("s")
	kept, dropped := make(chan error, 1), make(chan error, 1)
	begun := tn.begins(h)
	go func() { _, err := tn.tryAsk(h, "wait"); kept <- err }()
	waitFor(t, "the first request", begun)
	begun = tn.begins(h)
	go func() { _, err := tn.tryAsk(h, "drop"); dropped <- err }()
	waitFor(t, "the second request", begun)
	if r := tn.reload1(h, ReloadOptions{Drain: 10 * time.Millisecond}); r.Err != nil {
		t.Fatal(r.Err)
	}
	err := <-dropped
	if err == nil || !strings.Contains(err.Error(), "generation 1 was still at it") && !strings.Contains(err.Error(), "nobody holds the function") {
		t.Errorf("the response that is lost: %v", err)
	}
	if err := tn.Kill(h); err != nil {
		t.Fatal(err)
	}
	if err := <-kept; err == nil || !strings.Contains(err.Error(), "killed") {
		t.Errorf("the response that was kept, when its service ends: %v", err)
	}
}

func TestWakeupAcrossGenerations(t *testing.T) {
	code := `
local skynet = require "skynet"
local state = require "reload".keep("state", { jobs = {} })
local V = %d
skynet.start(function()
	skynet.dispatch("lua", function(_, _, cmd)
		if cmd == "work" then
			local job = { by = V }
			table.insert(state.jobs, job)
			skynet.wait(job)
			skynet.retpack("taken by " .. V, "done by " .. job.done)
		else
			for _, job in ipairs(state.jobs) do job.done = V skynet.wakeup(job) end
			skynet.retpack(#state.jobs)
		end
	end)
end)`
	tn := newTestNode(t, map[string]string{"s.lua": fmt.Sprintf(code, 1)}, nil)
	h := tn.launch("s")
	answer := make(chan string)
	begun := tn.begins(h)
	go func() { s, err := tn.tryAsk(h, "work"); answer <- fmt.Sprint(s, err) }()
	waitFor(t, "the request", begun)
	tn.write("s.lua", fmt.Sprintf(code, 2))
	tn.mustReload(h)
	if got := tn.ask(h, "do"); got != "1" {
		t.Error(got)
	}
	if got := <-answer; got != "taken by 1 done by 2<nil>" {
		t.Errorf("the old request got %s", got)
	}
}

func TestKeptQueueHoldsAcrossGenerations(t *testing.T) {
	code := `
local skynet = require "skynet"
local reload = require "reload"
local lock = reload.keep("lock", require "skynet.queue")
local state = reload.keep("state", { inside = 0, most = 0, order = {} })
local V = %d
skynet.start(function()
	skynet.dispatch("lua", function(_, _, cmd)
		if not cmd then return skynet.retpack(state.most, table.concat(state.order)) end
		if cmd == "open" then return skynet.retpack(skynet.wakeup("gate")) end
		lock(function()
			state.inside = state.inside + 1
			state.most = math.max(state.most, state.inside)
			if cmd == "hold" then skynet.wait("gate") else skynet.sleep(1) end
			state.inside = state.inside - 1
			table.insert(state.order, V)
		end)
		skynet.retpack(V)
	end)
end)`
	tn := newTestNode(t, map[string]string{"s.lua": fmt.Sprintf(code, 1)}, nil)
	h := tn.launch("s")
	answers := make(chan string)
	ask := func(cmd string, tasks int) {
		go func() { s, err := tn.tryAsk(h, cmd); answers <- fmt.Sprint(s, err) }()
		waitFor(t, "the request", func() bool { return tn.tasks(h) == tasks })
	}
	ask("hold", 1)
	ask("pass", 2)
	tn.write("s.lua", fmt.Sprintf(code, 2))
	tn.mustReload(h)
	ask("pass", 3)
	if got := tn.ask(h, "open"); got != "true" {
		t.Errorf("wakeup: %s", got)
	}
	for range 3 {
		<-answers
	}
	if got := tn.ask(h); got != "1 112" {
		t.Errorf("most at a time, and in which order: %s", got)
	}
}

func TestMigrationDeadline(t *testing.T) {
	code := `
local skynet = require "skynet"
local reload = require "reload"
local state = reload.keep("state", { n = 1 })
%s
skynet.start(function() skynet.dispatch("lua", function() skynet.retpack(state.n) end) end)`
	for name, body := range map[string]string{"waits": "skynet.wait()", "spins": "while true do end", "asks itself": "skynet.call(skynet.self(), 'lua')"} {
		t.Run(name, func(t *testing.T) {
			tn := newTestNode(t, map[string]string{"s.lua": fmt.Sprintf(code, "")}, func(c *Config) { c.ReloadTimeout = 50 * time.Millisecond })
			h := tn.launch("s")
			tn.write("s.lua", fmt.Sprintf(code, "reload.migrate(2, function(_, kept) kept.state.n = 2 "+body+" end)"))
			r := tn.reload1(h, ReloadOptions{})
			if r.Err == nil || !strings.Contains(r.Err.Error(), "its reload.migrate outlasts 50ms (it is at ") || !strings.Contains(r.Err.Error(), "s.lua:5") {
				t.Errorf("error %v", r.Err)
			}
			if got := tn.ask(h); got != "1" {
				t.Errorf("the state after it: %s", got)
			}
			if i := tn.info(h); i.Generation != 1 || i.State != "running" {
				t.Errorf("generation %d, %s", i.Generation, i.State)
			}
		})
	}
}

func TestMigrationLetsAHandlerAskItsOwnService(t *testing.T) {
	code := `
local skynet = require "skynet"
local reload = require "reload"
local state = reload.keep("state", { n = 1 })
%s
skynet.start(function()
	skynet.dispatch("lua", function(_, _, cmd)
		if cmd == "slow" then skynet.sleep(5) skynet.call(skynet.self(), "lua") end
		skynet.retpack(state.n)
	end)
end)`
	tn := newTestNode(t, map[string]string{"s.lua": fmt.Sprintf(code, "")}, func(c *Config) { c.DrainTimeout = time.Minute })
	h := tn.launch("s")
	slow := make(chan string)
	begun := tn.begins(h)
	go func() { s, err := tn.tryAsk(h, "slow"); slow <- fmt.Sprint(s, err) }()
	waitFor(t, "the request", begun)
	tn.write("s.lua", fmt.Sprintf(code, "reload.migrate(2, function(_, kept) kept.state.n = 2 end)"))
	tn.mustReload(h)
	if got := <-slow; got != "1<nil>" {
		t.Errorf("the request got %s", got)
	}
	if got := tn.ask(h); got != "2" {
		t.Errorf("the state: %s", got)
	}
}

// A decline is a failure as any other: it is seen until a reload succeeds, and is
// heeded at the switch, too.
func TestDecline(t *testing.T) {
	code := `
local skynet = require "skynet"
local reload = require "reload"
local V = %d
skynet.start(function() skynet.dispatch("lua", function(_, _, why) reload.decline(why or false) skynet.retpack(V) end) end)`
	const want = "s declines to be reloaded: a match runs"
	tn := newTestNode(t, map[string]string{"s.lua": fmt.Sprintf(code, 1)}, nil)
	h := tn.launch("s")
	tn.ask(h, "a match runs")
	tn.write("s.lua", fmt.Sprintf(code, 2))
	r := tn.reload1(h, ReloadOptions{})
	if r.Err == nil || r.Err.Error() != want || r.From != 1 {
		t.Errorf("error %v, from generation %d", r.Err, r.From)
	}
	if got := tn.info(h).Failure; got != want {
		t.Errorf("the failure that is listed: %q", got)
	}
	if r := tn.patchOne(h); r.Err == nil || strings.Contains(r.Err.Error(), "reload instead") {
		t.Errorf("the patch ended with %v", r.Err)
	}
	if kind, why := tn.Plan(tn.ctx, h, nil); kind != PlanRestart || why != want {
		t.Errorf("plan: %s, %s", kind, why)
	}
	tn.ask(h)
	tn.mustReload(h)
	if got := tn.ask(h, "a match runs"); got != "2" || tn.info(h).Failure != "" {
		t.Errorf("version %s, failure %q", got, tn.info(h).Failure)
	}
}

func TestDeclineWhilePreparing(t *testing.T) {
	tn := newTestNode(t, map[string]string{"s.lua": `
local skynet = require "skynet"
local reload = require "reload"
skynet.start(function() skynet.dispatch("lua", function() reload.decline "a match runs" skynet.retpack(1) end) end)`}, nil)
	h := tn.launch("s")
	tn.write("s.lua", `
local skynet = require "skynet"
skynet.start(function() skynet.call(skynet.self(), "lua") end)`)
	if r := tn.reload1(h, ReloadOptions{}); r.Err == nil || !strings.Contains(r.Err.Error(), "declines to be reloaded: a match runs") {
		t.Errorf("error %v", r.Err)
	}
	if got := tn.ask(h); got != "1" {
		t.Errorf("answer %s", got)
	}
}

// The log of a service that ends while a reload is prepared doesn't say that the
// old version goes on.
func TestKillWhilePreparing(t *testing.T) {
	tn := newTestNode(t, map[string]string{"s.lua": version(1)}, nil)
	h := tn.launch("s")
	tn.write("s.lua", "local skynet = require 'skynet'\nskynet.start(skynet.wait)")
	done := make(chan ReloadRecord)
	go func() { done <- tn.reload1(h, ReloadOptions{}) }()
	waitFor(t, "the start function to wait", func() bool { return tn.info(h).State == "preparing" && tn.tasks(h) > 0 })
	if err := tn.Kill(h); err != nil {
		t.Fatal(err)
	}
	if r := <-done; r.Err == nil || !strings.Contains(r.Err.Error(), "was killed") {
		t.Errorf("error %v", r.Err)
	}
	waitFor(t, "the log to say so", func() bool { return strings.Contains(tn.log.String(), "reload s was given up: ") })
	tn.wantNoLog("goes on")
}

func TestOldFunctionsInKeptStateWork(t *testing.T) {
	code := `
local skynet = require "skynet"
local state = require "reload".keep("state", {})
local V = %d
local calls = 0
skynet.start(function()
	skynet.dispatch("lua", function(_, _, cmd)
		state.fn = state.fn or function(s) skynet.yield() calls = calls + 1 return ("%%s of %%d: %%d"):format(s:upper(), V, calls) end
		skynet.retpack(state.fn("fn"))
	end)
end)`
	tn := newTestNode(t, map[string]string{"s.lua": fmt.Sprintf(code, 1)}, nil)
	h := tn.launch("s")
	tn.ask(h)
	for i := range 3 {
		tn.write("s.lua", fmt.Sprintf(code, i+2))
		tn.mustReload(h)
		waitFor(t, "the old generation to retire", func() bool { return tn.info(h).Draining == 0 })
	}
	if got := tn.ask(h); got != "FN of 1: 2" {
		t.Error(got)
	}
}
