package runtime

import (
	"strings"
	"testing"
)

// Code that waits on a name goes on doing so while the old code still waits on
// the same: each version wakes its own, and what is left is woken by any.
func TestOldAndNewCodeWaitOnOneToken(t *testing.T) {
	code := `
local skynet = require "skynet"
local CMD = {}
function CMD.wait() skynet.wait "door" return "VERSION was woken" end
function CMD.again() return tostring(pcall(skynet.wait, "door")) end
function CMD.wakeup() return skynet.wakeup "door" and "woken" or "nobody" end
skynet.start(function() skynet.dispatch("lua", function(_, _, cmd) skynet.retpack(CMD[cmd]()) end) end)`
	write := func(version string) string { return strings.ReplaceAll(code, "VERSION", version) }
	tn := newTestNode(t, map[string]string{"s.lua": write("one")}, nil)
	h := tn.launch("s")
	wait := func() chan string {
		tasks := tn.tasks(h)
		answer := tn.callLater(h, "wait")
		waitFor(t, "it to wait", func() bool { return tn.tasks(h) > tasks })
		return answer
	}
	wants := func(answer chan string, want string) {
		t.Helper()
		if got := tn.ask(h, "wakeup"); got != "woken" {
			t.Errorf("wakeup: %s", got)
		}
		if got := <-answer; got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	first := wait()
	if got := tn.ask(h, "again"); got != "false" {
		t.Errorf("a second wait on the same token: %s", got)
	}
	tn.write("s.lua", write("two"))
	tn.mustReload(h)
	second := wait()
	tn.write("s.lua", write("three"))
	tn.mustReload(h)
	third := wait()
	wants(third, "three was woken")
	wants(second, "two was woken")
	wants(first, "one was woken")
	if got := tn.ask(h, "wakeup"); got != "nobody" {
		t.Errorf("wakeup of nobody: %s", got)
	}
}
