package runtime

import (
	"strings"
	"testing"
	"time"
)

const spinner = `local skynet = require "skynet"
local CMD = {}
function CMD.spin()
	while true do
		pcall(function() while true do end end)
	end
end
function CMD.endless() return skynet.endless(), skynet.endless() end
skynet.start(function()
	skynet.dispatch("lua", function(_, _, cmd) skynet.retpack(CMD[cmd]()) end)
end)
`

// spin has a service run into an endless loop, and waits for the log to say so.
func spin(t *testing.T, tn *testNode, h Handle) <-chan error {
	t.Helper()
	done := make(chan error, 1)
	go func() {
		_, err := tn.tryAsk(h, "spin")
		done <- err
	}()
	waitFor(t, "the report", func() bool { return strings.Contains(tn.log.String(), "maybe in an endless loop") })
	return done
}

func fastMonitor(c *Config) { c.EndlessAfter = 20 * time.Millisecond }

func TestEndlessLoopIsReportedWithItsLine(t *testing.T) {
	tn := newTestNode(t, map[string]string{"spinner.lua": spinner}, fastMonitor)
	h := tn.launch("spinner")
	done := spin(t, tn, h)
	for _, want := range []string{"error: A message from [ :", "to [ " + h.String() + " ] maybe in an endless loop (version = ", "spinner is running lua from :", "spinner.lua:5; `signal " + h.String() + "` ends it", "stack traceback:"} {
		waitFor(t, want, func() bool { return strings.Contains(tn.log.String(), want) })
	}
	if _, err := tn.Signal(h, 0); err != nil {
		t.Fatal(err)
	}
	if err := <-done; err == nil || !strings.Contains(err.Error(), "call failed: signal 0") {
		t.Errorf("the caller got %v", err)
	}
	tn.wantLog("[" + h.String() + "] recv a signal 0")
	if got := tn.ask(h, "endless"); got != "true false" {
		t.Errorf("endless: %s", got)
	}
}

func TestKillEndsAnEndlessLoop(t *testing.T) {
	tn := newTestNode(t, map[string]string{"spinner.lua": spinner}, fastMonitor)
	h := tn.launch("spinner")
	done := spin(t, tn, h)
	if err := tn.Kill(h); err != nil {
		t.Fatal(err)
	}
	if err := <-done; err == nil || !strings.Contains(err.Error(), "was killed") {
		t.Errorf("the caller got %v", err)
	}
}

func TestReloadEndsAnEndlessLoop(t *testing.T) {
	tn := newTestNode(t, map[string]string{"spinner.lua": spinner}, fastMonitor)
	h := tn.launch("spinner")
	done := spin(t, tn, h)
	tn.write("spinner.lua", strings.Replace(spinner, "while true do\n", "if false then\n", 1))
	tn.mustReload(h)
	if err := <-done; err == nil || !strings.Contains(err.Error(), "signal 0") {
		t.Errorf("the caller got %v", err)
	}
	if got := tn.ask(h, "spin"); got != "" {
		t.Errorf("spin: %s", got)
	}
}

// Each loop is reported, and a reload that began before a loop was found ends it,
// too.
func TestReloadEndsALoopThatIsFoundLater(t *testing.T) {
	tn := newTestNode(t, map[string]string{"spinner.lua": spinner}, func(c *Config) { c.EndlessAfter = 300 * time.Millisecond })
	h := tn.launch("spinner")
	done := spin(t, tn, h)
	tn.Signal(h, 0)
	<-done
	again := make(chan error, 1)
	go func() {
		_, err := tn.tryAsk(h, "spin")
		again <- err
	}()
	waitFor(t, "the second loop", func() bool { i, _ := tn.Info(h); return i.Messages == 2 })
	tn.write("spinner.lua", strings.Replace(spinner, "while true do\n", "if false then\n", 1))
	tn.mustReload(h)
	if err := <-again; err == nil || !strings.Contains(err.Error(), "signal 0") {
		t.Errorf("the caller got %v", err)
	}
	if n := strings.Count(tn.log.String(), "maybe in an endless loop"); n != 2 {
		t.Errorf("%d loops were reported, want 2", n)
	}
	if i, _ := tn.Info(h); i.Endless {
		t.Error("it is said to loop still")
	}
}
