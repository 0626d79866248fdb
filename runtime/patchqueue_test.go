package runtime

import (
	"testing"
	"time"

	"devnode/runtime/library"
)

// A service whose turn is late, because a Go function holds the worker, is patched
// when it comes: another worker takes over, but later than the patience lasts.
func TestPatchWaitsForItsTurn(t *testing.T) {
	held, release := make(chan struct{}), make(chan struct{})
	holding := library.Module{Name: "holding", Functions: map[string]library.Function{
		"hold": func(library.Call) { close(held); <-release },
	}}
	idle := `local skynet = require "skynet"
		skynet.start(function() skynet.dispatch("lua", function() skynet.retpack "OLD" end) end)`
	tn := newTestNode(t, map[string]string{"idle.lua": idle, "busy.lua": `local skynet = require "skynet"
		skynet.start(function() skynet.dispatch("lua", function()
			require "holding".hold()
			skynet.retpack "done"
		end) end)`}, func(c *Config) { c.Workers, c.Libraries = 1, []library.Module{holding} })
	busy, h := tn.launch("busy"), tn.launch("idle")
	answered := make(chan error, 1)
	go func() {
		_, err := tn.tryAsk(busy)
		answered <- err
	}()
	<-held

	tn.write("idle.lua", idle+" -- new\nlocal x = 1")
	options := ReloadOptions{Patience: time.Millisecond, Try: true}
	if r := tn.Patch(testContext(t), []Handle{h}, options)[0]; r.Err != nil {
		t.Errorf("whose turn was late: %v", r.Err)
	}
	close(release)
	if err := <-answered; err != nil {
		t.Error(err)
	}
}

// A service that is itself in one message for long isn't waited for.
func TestPatchDoesNotWaitForOneThatSpins(t *testing.T) {
	busy := `local skynet = require "skynet"
		skynet.start(function() skynet.dispatch("lua", function()
			while true do end
		end) end)`
	tn := newTestNode(t, map[string]string{"busy.lua": busy}, nil)
	spinner := tn.launch("busy")
	spun := make(chan struct{})
	go func() {
		defer close(spun)
		_, _ = tn.tryAsk(spinner, "spin")
	}()
	waitFor(t, "it to spin", func() bool { return tn.service(spinner).progress().Since > 10*time.Millisecond })
	tn.write("busy.lua", busy+" -- new\nlocal x = 1")
	options := ReloadOptions{Patience: time.Millisecond, Try: true}
	if r := tn.Patch(testContext(t), []Handle{spinner}, options)[0]; r.Err == nil {
		t.Error("it was waited for")
	}
	if _, err := tn.Signal(spinner, 0); err != nil {
		t.Fatal(err)
	}
	<-spun
}
