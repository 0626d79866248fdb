package runtime

import (
	"fmt"
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
