package runtime

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	lua "github.com/yuin/gopher-lua"
)

// gatedLog is a log that nobody reads until its gate is opened.
type gatedLog struct {
	*lockedBuffer
	gate chan struct{}
	shut sync.Once
}

func (g *gatedLog) Write(p []byte) (int, error) {
	<-g.gate
	return g.lockedBuffer.Write(p)
}

func (g *gatedLog) open() { g.shut.Do(func() { close(g.gate) }) }

const logsAndLaunches = `local skynet = require "skynet"
require "skynet.manager"
local CMD = {}
function CMD.log(n) for i = 1, n do skynet.error("line", i, ("x"):rep(1000)) end return "done" end
function CMD.echo(x) return x end
function CMD.spin() while true do end end
function CMD.launch(n)
	local left, me = n, {}
	for i = 1, n do
		skynet.fork(function()
			skynet.newservice "empty"
			left = left - 1
			if left == 0 then skynet.wakeup(me) end
		end)
	end
	skynet.wait(me)
	return "done"
end
function CMD.launchnow(n) for i = 1, n do assert(skynet.launch("snlua", "empty")) end return "done" end
skynet.start(function()
	skynet.dispatch("lua", function(_, _, cmd, ...) skynet.retpack(CMD[cmd](...)) end)
end)
`

// TestFullLogCountsWhatItLeavesOut has a service log more than the log takes while
// nobody reads it. Nobody else has to wait, and every line is in the log or counted.
func TestFullLogCountsWhatItLeavesOut(t *testing.T) {
	log := &gatedLog{lockedBuffer: &lockedBuffer{}, gate: make(chan struct{})}
	tn := newTestNode(t, map[string]string{"s.lua": logsAndLaunches}, func(c *Config) { c.Log, c.Workers = log, 2 })
	t.Cleanup(log.open) // before the node's own
	loud, other := tn.launch("s"), tn.launch("s")
	const lines = 8_000 // twice as many as the log takes
	done := make(chan string)
	go func() { done <- tn.ask(loud, "log", lines) }()
	waitFor(t, "the log to be full", func() bool { return tn.service(loud).logged.LeftOut.Load() > 0 })
	if got := tn.ask(other, "log", 10); got != "done" {
		t.Errorf("the other one: %s", got)
	}
	if got := <-done; got != "done" {
		t.Errorf("the loud one: %s", got)
	}
	log.open()
	said := regexp.MustCompile(`(?m)^\[` + loud.String() + `\] (\d+) lines were left out: the log was full$`)
	var found []string
	waitFor(t, "the lines to be written", func() bool { return tn.service(loud).logged.Waiting.Load() == 0 })
	waitFor(t, "the count", func() bool { found = said.FindStringSubmatch(log.String()); return found != nil })
	waitFor(t, "the other one's lines", func() bool { return strings.Count(log.String(), "["+other.String()+"] line") == 10 })
	leftOut, _ := strconv.Atoi(found[1])
	written := regexp.MustCompile(`(?m)^\[`+loud.String()+`\] line (\d+) x+$`).FindAllStringSubmatch(log.String(), -1)
	if len(written)+leftOut != lines || leftOut == 0 {
		t.Errorf("%d lines are in the log, %d were left out, of %d", len(written), leftOut, lines)
	}
	for i, m := range written {
		if m[1] != fmt.Sprint(i+1) {
			t.Fatalf("line %s is the %dth", m[1], i+1)
		}
	}
}

// TestLogThatIsWrittenLosesNothing has a service log faster than the log is written:
// it waits, and no line is lost.
func TestLogThatIsWrittenLosesNothing(t *testing.T) {
	tn := newTestNode(t, map[string]string{"s.lua": logsAndLaunches}, nil)
	h := tn.launch("s")
	const lines = 8_000
	if got := tn.ask(h, "log", lines); got != "done" {
		t.Fatal(got)
	}
	waitFor(t, "the lines to be written", func() bool { return tn.service(h).logged.Waiting.Load() == 0 })
	waitFor(t, "all lines", func() bool { return strings.Count(tn.log.String(), "] line ") == lines })
	tn.wantNoLog("left out")
}

// TestLaunchesTakeTurns has a service launch many others at once: few of them wait
// for a turn at a time, and all come up.
func TestLaunchesTakeTurns(t *testing.T) {
	for _, cmd := range []string{"launch", "launchnow"} {
		t.Run(cmd, func(t *testing.T) {
			tn := newTestNode(t, map[string]string{"s.lua": logsAndLaunches, "empty.lua": `require("skynet").start(function() end)`}, nil)
			h := tn.launch("s")
			s := tn.service(h)
			done := make(chan string, 1)
			go func() { done <- tn.ask(h, cmd, 300) }()
			for over := false; !over; {
				if n := s.launching.Load(); n > s.launchPlaces() {
					t.Fatalf("%d launches wait for a turn, want %d at the most", n, s.launchPlaces())
				}
				select {
				case got := <-done:
					over = true
					if got != "done" {
						t.Error(got)
					}
				case <-time.After(100 * time.Microsecond):
				}
			}
			waitFor(t, "all services", func() bool { return len(tn.List()) == 4+1+300 })
			waitFor(t, "no launch to wait", func() bool { return s.launching.Load() == 0 })
		})
	}
}

// TestOthersGoOnBesideSpinners has more services spin than there are workers.
func TestOthersGoOnBesideSpinners(t *testing.T) {
	tn := newTestNode(t, map[string]string{"s.lua": logsAndLaunches}, func(c *Config) { c.Workers = 2 })
	other := tn.launch("s")
	for range 6 {
		h := tn.launch("s")
		go tn.Call(tn.ctx, h, lua.LString("spin"))
		waitFor(t, "the loop", func() bool { return tn.info(h).Doing != "" })
		for range 20 {
			if got := tn.ask(other, "echo", "on"); got != "on" {
				t.Errorf("the other one: %s", got)
			}
		}
	}
}
