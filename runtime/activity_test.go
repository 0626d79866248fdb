package runtime

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/lua/vm"
)

const spinsInCoroutine = `local skynet = require "skynet"
local stuck = require "stuck"
local function turn() while true do end end
local CMD = {}
function CMD.coroutine() coroutine.wrap(turn)() end
function CMD.fork() skynet.fork(turn) end
function CMD.go() stuck() for i = 1, 1e6 do end return "went on" end
function CMD.work(n) for i = 1, n do end return "done" end
function CMD.wait() skynet.wait {} end
skynet.start(function()
	skynet.dispatch("lua", function(_, _, cmd, ...) skynet.retpack(CMD[cmd](...)) end)
end)
`

// stuckNode is a node with a service that spins in many ways. A function in Go of
// its is stuck until free is called.
func stuckNode(t *testing.T) (tn *testNode, h Handle, free func()) {
	gate := make(chan struct{})
	stuck := func(L *lua.LState) int {
		L.Push(L.NewFunction(func(L *lua.LState) int { <-gate; return 0 }))
		return 1
	}
	tn = newTestNode(t, map[string]string{"s.lua": spinsInCoroutine}, func(c *Config) {
		c.EndlessAfter = 50 * time.Millisecond
		c.Modules = map[string]ModuleLoader{"stuck": stuck}
	})
	var once atomic.Bool
	free = func() {
		if once.CompareAndSwap(false, true) {
			close(gate)
		}
	}
	t.Cleanup(free)
	return tn, tn.launch("s"), free
}

// begin calls the service on the side, and waits until it is in the call for long.
func (tn *testNode) begin(h Handle, cmd string) <-chan error {
	tn.t.Helper()
	done := make(chan error, 1)
	go func() {
		_, err := tn.tryAsk(h, cmd)
		done <- err
	}()
	waitFor(tn.t, cmd+" to be found", func() bool { return tn.info(h).Endless })
	return done
}

// TestLineOfWhatSpins looks at services that spin: the line is that of this moment,
// and the time is counted while it goes by.
func TestLineOfWhatSpins(t *testing.T) {
	for cmd, want := range map[string]string{"coroutine": "lua from :", "fork": "fork of a request from :"} {
		t.Run(cmd, func(t *testing.T) {
			tn, h, _ := stuckNode(t)
			events := make(chan Event, 100)
			defer tn.Events(func(e Event) { events <- e })()
			tn.begin(h, cmd)
			var info ServiceInfo
			waitFor(t, "the line", func() bool { info = tn.info(h); return strings.HasSuffix(info.Doing, "s.lua:3") })
			if !strings.HasPrefix(info.Doing, want) {
				t.Errorf("it runs %q", info.Doing)
			}
			waitFor(t, "the cpu to grow", func() bool { return tn.info(h).CPU > info.CPU+20*time.Millisecond })
			tasks, err := tn.Tasks(tn.ctx, h)
			if err != nil || len(tasks) != 1 || !tasks[0].Running || !strings.HasSuffix(tasks[0].At, "s.lua:3") || !strings.Contains(tasks[0].Traceback, "s.lua:3: in ") {
				t.Errorf("tasks: %+v, %v", tasks, err)
			}
			waitFor(t, "the list", func() bool {
				return slices.ContainsFunc(tn.List(), func(i ServiceInfo) bool { return i.Handle == h && strings.HasSuffix(i.Doing, "s.lua:3") })
			})
			waitFor(t, "the event", func() bool {
				select {
				case e := <-events:
					found := e.Kind == EventEndless
					if found && (e.Service != h || e.Generation != 1 || !strings.HasSuffix(e.Text, "s.lua:3") && !strings.HasSuffix(e.Text, noLine)) {
						t.Errorf("the event: %+v", e)
					}
					return found
				default:
					return false
				}
			})
			waitFor(t, "it to be busy", func() bool { return tn.info(h).Busy })
			asked := time.Now()
			var busy *BusyError
			if err := tn.Ping(tn.ctx, h); !errors.As(err, &busy) {
				t.Errorf("ping: %v", err)
			}
			if _, _, err := tn.CallInfo(tn.ctx, h); !errors.As(err, &busy) {
				t.Errorf("info: %v", err)
			}
			if _, err := tn.Memory(tn.ctx, h); !errors.As(err, &busy) {
				t.Errorf("memory: %v", err)
			}
			if took := time.Since(asked); took > time.Minute {
				t.Errorf("that took %s", took)
			}
			met, err := tn.Signal(h, 0)
			if err != nil || met.At != "" && (!strings.HasPrefix(met.String(), want) || !strings.HasSuffix(met.At, "s.lua:3")) {
				t.Errorf("the signal has ended %s, %v", met, err)
			}
			if err := tn.Ping(tn.ctx, h); err != nil {
				t.Errorf("afterwards: %v", err)
			}
		})
	}
}

// TestStuckInGo looks at a service that is in one long call of a function in Go: it
// can't say a line, and a signal ends it once that returns.
func TestStuckInGo(t *testing.T) {
	tn, h, free := stuckNode(t)
	done := tn.begin(h, "go")
	if info := tn.info(h); !strings.HasPrefix(info.Doing, "lua from :") || !strings.HasSuffix(info.Doing, noLine) {
		t.Errorf("it runs %q", info.Doing)
	}
	met, err := tn.Signal(h, 0)
	if err != nil || met.At != "" || met.What != "lua" {
		t.Errorf("the signal will end %+v, %v", met, err)
	}
	free()
	if err := <-done; err == nil || !strings.Contains(err.Error(), "signal 0") {
		t.Errorf("the caller got %v", err)
	}
}

// TestSignalEndsWhatRunsOrNothing signals an idle service before each of many
// calls: none of them may notice. What a signal may meet is the end of the handler
// that has answered the call before.
func TestSignalEndsWhatRunsOrNothing(t *testing.T) {
	tn, h, _ := stuckNode(t)
	go tn.tryAsk(h, "wait")
	for range 2000 {
		if met, err := tn.Signal(h, 0); !errors.Is(err, ErrIdle) && !strings.HasSuffix(met.At, "s.lua:11") {
			t.Fatalf("the signal has ended %s, %v", met, err)
		}
		if got := tn.ask(h, "work", 1000); got != "done" {
			t.Fatalf("the call: %s", got)
		}
	}
}

// TestSignalSaysWhatItEnds signals a service that others keep calling: as many
// calls fail as signals say that they have ended one.
func TestSignalSaysWhatItEnds(t *testing.T) {
	tn, h, _ := stuckNode(t)
	ctx, stop := context.WithCancel(tn.ctx)
	failed := make(chan int)
	const callers = 4
	for range callers {
		go func() {
			n := 0
			for ctx.Err() == nil {
				if _, err := tn.Call(tn.ctx, h, lua.LString("work"), lua.LNumber(200_000)); err != nil {
					n++
				}
			}
			failed <- n
		}()
	}
	ended, late := 0, 0
	for ended < 20 && tn.ctx.Err() == nil {
		switch met, err := tn.Signal(h, 0); {
		case err == nil && met.At == "":
			late++
		case err == nil:
			ended++
		case !errors.Is(err, ErrIdle):
			t.Error(err)
		}
	}
	stop()
	calls := 0
	for range callers {
		calls += <-failed
	}
	if calls < ended || calls > ended+late || ended == 0 {
		t.Errorf("%d calls have failed, %d signals have ended one, and %d would later", calls, ended, late)
	}
}

// TestQuestionsAreAboutOneMessage has a question about an earlier message answered
// by nobody, and one that was withdrawn forgotten.
func TestQuestionsAreAboutOneMessage(t *testing.T) {
	tn, h, _ := stuckNode(t)
	s := tn.service(h)
	late := &question{message: s.actor.Mailbox.Look().Taken, fail: errors.New("late"), answer: func(*Generation, *vm.Fiber) { t.Error("somebody answered") }}
	s.pose(late)
	withdrawn := &question{message: late.message + 1, fail: errors.New("withdrawn")}
	s.pose(withdrawn)
	withdrawn.end(questionWithdrawn)
	if got := tn.ask(h, "work", 10_000); got != "done" {
		t.Errorf("the call: %s", got)
	}
	<-late.done
	if got := fmt.Sprint(late.state.Load(), withdrawn.state.Load()); got != fmt.Sprint(questionLate, questionWithdrawn) {
		t.Errorf("states %s", got)
	}
}
