package runtime

import (
	"fmt"
	"strings"
	"testing"
)

// What the __gc methods of a replaced version send arrives, and what they have
// come later doesn't.
func TestFinalizersOfAVersionUseSkynet(t *testing.T) {
	const script = `local skynet = require "skynet"
local version = %d
local got = {}
GONE = setmetatable({}, { __gc = function()
	skynet.error("version gone", version, skynet.self() == SELF)
	skynet.send(skynet.self(), "lua", "gone", version)
	skynet.fork(function() skynet.send(SELF, "lua", "gone", "forked") end)
	skynet.timeout(0, function() skynet.send(SELF, "lua", "gone", "timed") end)
	skynet.sleep(1)
	skynet.send(SELF, "lua", "gone", "slept")
end })
skynet.start(function()
	SELF = skynet.self()
	skynet.dispatch("lua", function(_, _, cmd, what)
		if cmd == "gone" then got[#got + 1] = what return end
		skynet.retpack(table.concat(got, " "))
	end)
end)`
	tn := newTestNode(t, map[string]string{"s.lua": fmt.Sprintf(script, 1)}, nil)
	h := tn.launch("s")
	tn.write("s.lua", fmt.Sprintf(script, 2))
	tn.mustReload(h)
	waitFor(t, "the message from the old version", func() bool { return tn.ask(h, "got") != "" })
	if got := tn.ask(h, "got"); got != "1" {
		t.Errorf("the new version got %q", got)
	}
	tn.wantLog("version gone 1 true")
	tn.wantLog("attempt to yield from outside a coroutine")
}

// One that never ends is ended.
func TestEndlessFinalizerIsEnded(t *testing.T) {
	tn := newTestNode(t, map[string]string{"s.lua": `local skynet = require "skynet"
KEEP = setmetatable({}, { __gc = function() while true do end end })
skynet.start(function() end)`}, nil)
	h := tn.launch("s")
	if err := tn.Kill(h); err != nil {
		t.Fatal(err)
	}
	waitFor(t, "the end", func() bool { return len(tn.services()) == 4 })
	tn.living.Wait()
	tn.wantLog("error: the __gc methods of s outlast 5s")
}

// What a patch evaluates to compare it, and throws away, has no end: of an object
// that a new text makes there is one, whose __gc runs once.
func TestPatchFinalizesOnce(t *testing.T) {
	witness := func(n int) string {
		return patchService(fmt.Sprintf("W = setmetatable({%d}, {__gc = function() skynet.error('witness %d') end})\nlocal box = {w = setmetatable({}, {__gc = function() skynet.error('boxed %d') end})}\nfunction CMD.box() return box.w ~= nil end", n, n, n))
	}
	tn := newTestNode(t, map[string]string{"main.lua": patchService("function CMD.none() end")}, nil)
	h := tn.launch("main")
	for n := range 4 {
		tn.write("main.lua", witness(n))
		if r := tn.patchOne(h); r.Err != nil {
			t.Fatal(r.Err)
		}
	}
	tn.expect(h, "box = true")
	if err := tn.Kill(h); err != nil {
		t.Fatal(err)
	}
	tn.wantLog("witness 3")
	tn.wantLog("boxed 3")
	for n := range 4 {
		for _, what := range []string{"witness", "boxed"} {
			if got := strings.Count(tn.log.String(), fmt.Sprintf("%s %d", what, n)); got > 1 {
				t.Errorf("%s %d has ended %d times", what, n, got)
			}
		}
	}
}
