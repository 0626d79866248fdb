package runtime

import (
	"fmt"
	"strings"
	"testing"

	lua "github.com/yuin/gopher-lua"
)

// endlessCloser has a task that waits, one whose __close method never ends, and
// catches what would end it.
const endlessCloser = `
local skynet = require "skynet"
local function guard(f) return setmetatable({}, { __close = f }) end
local function spin()
	print "spins"
	while true do pcall(function() while true do end end) end
end
local CMD = {}
function CMD.hold()
	local last <close> = guard(function() print "closed" end)
	skynet.wait {}
end
function CMD.spin()
	local g <close> = guard(spin)
	skynet.wait {}
end
function CMD.own()
	local g <close> = guard(spin)
	skynet.exit()
end
function CMD.exit() skynet.exit() end
function CMD.killthread()
	local co = skynet.fork(CMD.spin)
	skynet.sleep(1)
	skynet.killthread(co)
	skynet.retpack "killed"
end
function CMD.killspin()
	local co = skynet.fork(CMD.spin)
	skynet.sleep(1)
	skynet.killthread(co)
	while true do end
end
skynet.start(function()
	skynet.dispatch("lua", function(_, _, cmd) CMD[cmd]() end)
end)
`

// spins has a service run into the endless __close method, by the last of the
// commands, and returns what becomes of each call.
func (tn *testNode) spins(h Handle, commands ...string) chan string {
	tn.t.Helper()
	s, err := tn.Service(h)
	if err != nil {
		tn.t.Fatal(err)
	}
	said := strings.Count(tn.out.String(), "spins")
	results := make(chan string, len(commands))
	for _, cmd := range commands {
		before := s.actor.Mailbox.Look().Messages
		go func() {
			out, err := tn.Call(tn.ctx, h, lua.LString(cmd))
			results <- fmt.Sprint(cmd, ": ", out, " ", err)
		}()
		waitFor(tn.t, cmd, func() bool {
			return s.actor.Mailbox.Look().Messages > before || strings.Count(tn.out.String(), "spins") > said
		})
	}
	waitFor(tn.t, "the loop", func() bool { return strings.Count(tn.out.String(), "spins") > said })
	return results
}

// TestEndlessClose ends services that have an endless __close method: it is
// reported, and a signal, a kill and the end of the node break it.
func TestEndlessClose(t *testing.T) {
	ends := map[string]func(*testNode, Handle){
		"signal": func(tn *testNode, h Handle) {
			waitFor(tn.t, "the report", func() bool { return strings.Contains(tn.log.String(), "maybe in an endless loop") })
			if _, err := tn.Signal(h, 0); err != nil {
				tn.t.Error(err)
			}
		},
		"kill": func(tn *testNode, h Handle) {
			if err := tn.Kill(h); err != nil {
				tn.t.Error(err)
			}
		},
		"close": func(tn *testNode, h Handle) { tn.Close() },
	}
	for name, end := range ends {
		for _, commands := range [][]string{{"hold", "spin", "exit"}, {"hold", "own"}} {
			t.Run(name+" "+commands[len(commands)-1], func(t *testing.T) {
				tn := newTestNode(t, map[string]string{"spinner.lua": endlessCloser}, fastMonitor)
				h := tn.launch("spinner")
				s, _ := tn.Service(h)
				results := tn.spins(h, commands...)
				end(tn, h)
				<-s.over
				for range commands {
					if r := <-results; !strings.Contains(r, "the service has exited") && !strings.Contains(r, "no such service") {
						t.Error(r)
					}
				}
				if !strings.Contains(tn.out.String(), "closed") {
					t.Errorf("the other task was not closed:\n%s", tn.out)
				}
			})
		}
	}
}

// TestEndlessCloseOfThread has the service live on where the loop is that of a
// task that it has killed itself.
func TestEndlessCloseOfThread(t *testing.T) {
	tn := newTestNode(t, map[string]string{"spinner.lua": endlessCloser}, nil)
	h := tn.launch("spinner")
	results := tn.spins(h, "killthread")
	if _, err := tn.Signal(h, 0); err != nil {
		t.Error(err)
	}
	if r := <-results; r != "killthread: [killed] <nil>" {
		t.Error(r)
	}
	results = tn.spins(h, "killspin")
	if err := tn.Kill(h); err != nil {
		t.Error(err)
	}
	if r := <-results; !strings.Contains(r, "was killed") {
		t.Error(r)
	}
}

// TestExitFromOutsideCloses is the console's exit and killtask.
func TestExitFromOutsideCloses(t *testing.T) {
	tn := newTestNode(t, map[string]string{"spinner.lua": endlessCloser}, nil)
	h := tn.launch("spinner")
	hold := func() {
		t.Helper()
		s, _ := tn.Service(h)
		before := s.actor.Mailbox.Look().Messages
		go tn.Call(tn.ctx, h, lua.LString("hold"))
		waitFor(t, "the call", func() bool { return s.actor.Mailbox.Look().Messages > before })
	}
	hold()
	if _, err := tn.KillTask(tn.ctx, h, func([]TaskInfo) (int, error) { return 0, nil }); err != nil {
		t.Error(err)
	}
	hold()
	if err := tn.Exit(tn.ctx, h); err != nil {
		t.Error(err)
	}
	if got := tn.out.String(); got != "closed\nclosed\n" {
		t.Errorf("printed %q", got)
	}
}

// TestKillFromOutsideDoesNotClose: where others end a service, none of its code
// runs any more.
func TestKillFromOutsideDoesNotClose(t *testing.T) {
	tn := newTestNode(t, map[string]string{"spinner.lua": endlessCloser}, nil)
	h := tn.launch("spinner")
	s, _ := tn.Service(h)
	before := s.actor.Mailbox.Look().Messages
	go tn.Call(tn.ctx, h, lua.LString("hold"))
	waitFor(t, "the call", func() bool { return s.actor.Mailbox.Look().Messages > before })
	if err := tn.Kill(h); err != nil {
		t.Error(err)
	}
	<-s.over
	tn.Close()
	if got := tn.out.String(); got != "" {
		t.Errorf("printed %q", got)
	}
}

// TestCloseKeepsTheMemoryLimit: a __close method has no more memory than others.
func TestCloseKeepsTheMemoryLimit(t *testing.T) {
	tn := newTestNode(t, map[string]string{"greedy.lua": `
		local skynet = require "skynet"
		skynet.memlimit(16 << 20)
		skynet.start(function()
			skynet.dispatch("lua", function()
				local g <close> = setmetatable({}, { __close = function() print "begins" print(pcall(string.rep, "x", 100 << 20)) end })
				skynet.exit()
			end)
		end)`}, nil)
	h := tn.launch("greedy")
	if _, err := tn.Call(tn.ctx, h); err == nil || !strings.Contains(err.Error(), "the service has exited") {
		t.Error(err)
	}
	tn.Close()
	if got := tn.out.String(); got != "begins\n" {
		t.Errorf("printed %q", got)
	}
}
