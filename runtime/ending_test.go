package runtime

import (
	"strings"
	"testing"
	"time"

	lua "github.com/yuin/gopher-lua"
)

// neverEnds is a service with a __gc method, or a __close method, that never ends
// and catches what it can.
const neverEnds = `local skynet = require "skynet"
local function spin() while true do pcall(function() while true do end end) end end
local CMD = {}
function CMD.gc() KEPT = setmetatable({}, { __gc = spin }) skynet.exit() end
function CMD.close() local c <close> = setmetatable({}, { __close = spin }) skynet.exit() end
function CMD.mark() KEPT = setmetatable({}, { __gc = spin }) return "marked" end
function CMD.echo(x) return x end
skynet.start(function()
	skynet.dispatch("lua", function(_, _, cmd, ...) skynet.retpack(CMD[cmd](...)) end)
end)
`

// endingAt is how many services are listed as ending whose __gc is at a line.
func (tn *testNode) endingAt(line string) int {
	n := 0
	for _, i := range tn.List() {
		if i.State == "ending" && strings.HasPrefix(i.Doing, "__gc for ") && strings.HasSuffix(i.Doing, line) {
			n++
		}
	}
	return n
}

// TestEndlessEnds has more services end endlessly than there are workers: they are
// listed with what they run, others go on, and each of the ways ends them.
func TestEndlessEnds(t *testing.T) {
	ends := map[string]func(tn *testNode, h Handle){
		"signal": func(tn *testNode, h Handle) {
			if met, err := tn.Signal(h, 0); err != nil || met.At != "" && !strings.Contains(met.At, "s.lua:2") {
				tn.t.Errorf("the signal has ended %s, %v", met, err)
			}
		},
		"kill": func(tn *testNode, h Handle) {
			if err := tn.Kill(h); err != nil {
				tn.t.Error(err)
			}
		},
		"deadline": func(*testNode, Handle) {},
		"close":    func(tn *testNode, _ Handle) { tn.Close() },
	}
	for name, end := range ends {
		for _, cmd := range []string{"gc", "close"} {
			if name == "close" && cmd == "close" {
				continue // closing_test.go has it
			}
			t.Run(name+" "+cmd, func(t *testing.T) {
				tn := newTestNode(t, map[string]string{"s.lua": neverEnds}, func(c *Config) {
					c.Workers = 2
					c.EndTimeout = time.Minute
					if name == "deadline" {
						c.EndTimeout = 5 * time.Second
					}
				})
				other := tn.launch("s")
				var services []*Service
				for range 4 {
					h := tn.launch("s")
					services = append(services, tn.service(h))
					if _, err := tn.Call(tn.ctx, h, lua.LString(cmd)); err == nil {
						t.Error("the call was answered")
					}
				}
				if cmd == "gc" {
					waitFor(t, "four services to be listed as ending, with their line", func() bool {
						return tn.endingAt("s.lua:2") == 4
					})
				}
				for range 20 {
					if got := tn.ask(other, "echo", "on"); got != "on" {
						t.Errorf("the other one: %s", got)
					}
				}
				for _, s := range services {
					end(tn, s.actor.Handle())
				}
				for _, s := range services {
					select {
					case <-s.over:
					case <-tn.ctx.Done():
						t.Fatal("it doesn't end")
					}
				}
				if name == "deadline" {
					tn.wantLog("error: the __" + cmd + " methods of s outlast 5s")
				}
			})
		}
	}
}

// TestEndlessFinalizerOfAGeneration reloads a service whose old code never comes to
// its end: the new code answers once the deadline is over, or a signal has ended
// the old.
func TestEndlessFinalizerOfAGeneration(t *testing.T) {
	for _, timeout := range []time.Duration{100 * time.Millisecond, time.Minute} {
		t.Run(timeout.String(), func(t *testing.T) {
			tn := newTestNode(t, map[string]string{"s.lua": neverEnds}, func(c *Config) { c.EndTimeout = timeout })
			h := tn.launch("s")
			tn.ask(h, "mark")
			tn.write("s.lua", strings.Replace(neverEnds, "function CMD.echo(x) return x end", "function CMD.echo(x) return 'new' end", 1))
			reloaded := make(chan ReloadRecord, 1)
			go func() { reloaded <- tn.reload1(h, ReloadOptions{}) }()
			if timeout == time.Minute {
				waitFor(t, "the __gc", func() bool { return strings.HasPrefix(tn.info(h).Doing, "__gc for ") })
				if _, err := tn.Signal(h, 0); err != nil {
					t.Error(err)
				}
			}
			if r := <-reloaded; r.Err != nil {
				t.Error(r.Err)
			}
			if got := tn.ask(h, "echo", 1); got != "new" {
				t.Errorf("it answers %s", got)
			}
		})
	}
}
