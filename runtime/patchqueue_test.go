package runtime

import (
	"testing"
	"time"
)

// A service whose turn is late, because others hold the workers, is patched when it
// comes; only one that is itself in one message for long isn't waited for.
func TestPatchWaitsForItsTurn(t *testing.T) {
	busy := `local skynet = require "skynet"
		skynet.start(function() skynet.dispatch("lua", function()
			while true do end
		end) end)`
	idle := `local skynet = require "skynet"
		skynet.start(function() skynet.dispatch("lua", function() skynet.retpack "OLD" end) end)`
	tn := newTestNode(t, map[string]string{"busy.lua": busy, "idle.lua": idle}, func(c *Config) { c.Workers = 1 })
	spinner, h := tn.launch("busy"), tn.launch("idle")
	options := ReloadOptions{Patience: time.Millisecond, Try: true}

	spun := make(chan struct{})
	go func() {
		defer close(spun)
		_, _ = tn.tryAsk(spinner, "spin")
	}()
	waitFor(t, "the one worker to be held", func() bool { return tn.service(spinner).progress().Since > 10*time.Millisecond })
	tn.write("idle.lua", idle+" -- new\nlocal x = 1")
	if r := tn.Patch(testContext(t), []Handle{h}, options)[0]; r.Err != nil {
		t.Errorf("whose turn was late: %v", r.Err)
	}

	tn.write("busy.lua", busy+" -- new\nlocal x = 1")
	if r := tn.Patch(testContext(t), []Handle{spinner}, options)[0]; r.Err == nil {
		t.Error("one that was in a message for long was waited for")
	}
	if _, err := tn.Signal(spinner, 0); err != nil {
		t.Fatal(err)
	}
	<-spun
}
