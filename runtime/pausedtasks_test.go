package runtime

import (
	"fmt"
	"testing"
	"time"
)

// While a prepared version waits for another one of its batch, its loops and
// timers don't run beside those of the old version; after the switch they do.
func TestPreparedCodeWaitsForTheSwitch(t *testing.T) {
	code := `
local skynet = require "skynet"
local seen = require "reload".keep("seen", { 0, 0 })
local V = %d
skynet.start(function()
	local function count() seen[V] = seen[V] + 1 end
	skynet.fork(function() while true do count() skynet.sleep(0) end end)
	skynet.timeout(1, count)
	skynet.dispatch("lua", function() skynet.retpack(V, seen[2]) end)
end)`
	gated := `
local skynet = require "skynet"
local state = require "reload".keep("state", { waits = false })
skynet.start(function()
	%s
	skynet.dispatch("lua", function() skynet.retpack(state.waits and skynet.wakeup(state)) end)
end)`
	tn := newTestNode(t, map[string]string{"a.lua": fmt.Sprintf(code, 1), "b.lua": fmt.Sprintf(gated, "")}, nil)
	a, b := tn.launch("a"), tn.launch("b")
	tn.write("a.lua", fmt.Sprintf(code, 2))
	tn.write("b.lua", fmt.Sprintf(gated, "state.waits = true skynet.wait(state)"))
	done := make(chan []ReloadRecord)
	go func() { done <- tn.Reload(tn.ctx, []Handle{a, b}, ReloadOptions{}) }()
	waitFor(t, "a to be prepared", func() bool {
		prepared := false
		tn.ask1(tn.service(a), func(s *Service) { prepared = s.upgrade != nil && s.upgrade.settled })
		return prepared
	})
	if got := tn.ask(a); got != "1 0" {
		t.Errorf("before the switch: %s", got)
	}
	waitFor(t, "what it would run to be due", func() bool {
		due := 0
		tn.ask1(tn.service(a), func(s *Service) { due = len(s.upgrade.due) })
		return due == 2 // the loop and the timer, once each
	})
	if got := tn.ask(a); got != "1 0" {
		t.Errorf("before the switch: %s", got)
	}
	if got := tn.ask(b); got != "true" {
		t.Fatalf("b: %s", got)
	}
	for _, r := range <-done {
		if r.Err != nil {
			t.Error(r.Err)
		}
	}
	waitFor(t, "the new loop to run", func() bool {
		var version, count int
		fmt.Sscan(tn.ask(a), &version, &count)
		return version == 2 && count > 3
	})
}

// The loops of a new version see kept state in its new shape only.
func TestPreparedCodeSeesMigratedState(t *testing.T) {
	old := `
local skynet = require "skynet"
local state = require "reload".keep("state", { shape = 1 })
skynet.start(function() skynet.dispatch("lua", function(_, _, ti) skynet.sleep(ti) skynet.retpack(state.shape) end) end)`
	shaped := `
local skynet = require "skynet"
local reload = require "reload"
local state = reload.keep("state", {})
reload.migrate(2, function(_, kept)
	local token, done = {}, false
	skynet.fork(function() skynet.sleep(1) done = true skynet.wakeup(token) end)
	skynet.wait(token)
	assert(done)
	kept.state.shape = 2
end)
skynet.start(function()
	local least = 2
	local function look() least = math.min(least, state.shape) end
	skynet.fork(function() while true do look() skynet.sleep(0) end end)
	skynet.timeout(0, look)
	skynet.dispatch("lua", function() skynet.retpack(state.shape, least) end)
end)`
	tn := newTestNode(t, map[string]string{"s.lua": old}, func(c *Config) { c.DrainTimeout = time.Minute })
	h := tn.launch("s")
	slow := make(chan string)
	begun := tn.begins(h)
	go func() { s, err := tn.tryAsk(h, 10); slow <- fmt.Sprint(s, err) }()
	waitFor(t, "the request", begun)
	tn.write("s.lua", shaped)
	tn.mustReload(h)
	if got := <-slow; got != "1<nil>" {
		t.Errorf("the old request: %s", got)
	}
	if got := tn.ask(h, 0); got != "2 2" {
		t.Errorf("shape, and the least that its loops saw: %s", got)
	}
}
