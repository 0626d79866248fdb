package live

import (
	"errors"
	"testing"

	"devnode/runtime"
)

// gate holds up those who call it with "pass" while it is shut.
const gate = `local skynet = require "skynet"
require "skynet.manager"
local shut, waiting = false, {}
local CMD = {}
function CMD.pass() if shut then waiting[#waiting + 1] = skynet.response() else skynet.retpack(true) end end
function CMD.shut() shut = true skynet.retpack(true) end
function CMD.open()
	shut = false
	for _, response in ipairs(waiting) do response(true, true) end
	waiting = {}
	skynet.retpack(true)
end
skynet.start(function()
	skynet.dispatch("lua", function(_, _, cmd) CMD[cmd]() end)
	skynet.register(".gate")
end)
`

// slow passes the gate in its start.
const slow = `local skynet = require "skynet"
local shared = require "shared"
skynet.start(function()
	skynet.call(".gate", "lua", "pass")
	skynet.dispatch("lua", function() skynet.retpack(shared) end)
end)
`

const quick = `local skynet = require "skynet"
local shared, other = require "shared", require "other"
skynet.start(function()
	skynet.dispatch("lua", function() skynet.retpack(shared, other) end)
end)
`

// A save while others are being prepared from the same batch concerns those only
// that load the file.
func TestSaveDuringPreparation(t *testing.T) {
	w := newWorld(t, map[string]string{
		"svc/gate.lua": gate, "svc/slow.lua": slow, "svc/quick.lua": quick,
		"lib/shared.lua": "return 1\n", "lib/other.lua": "return 1\n",
	})
	g, s, q := w.launch("gate"), w.launch("slow"), w.launch("quick")
	w.ask(g, "shut")
	w.save("lib/shared.lua", "return 2\n")
	w.eventually("both are being prepared", func() bool { return w.info(s).State == "preparing" && w.info(q).State == "preparing" })
	w.save("lib/other.lua", "return 2\n")
	w.eventually("the save of the other was noticed", func() bool { return w.watched(t, "lib/other.lua") != "" || w.ask(q) == "2 2" })
	w.ask(g, "open")
	w.eventually("all run what was saved", func() bool { return w.ask(s) == "2" && w.ask(q) == "2 2" })
	if records := w.history(s); len(records) != 2 {
		t.Errorf("the one that doesn't load the other has the history %+v", records)
	}
}

// A save that brings back what serves, while something else is being prepared,
// ends the preparation, and is no reload.
func TestSaveBackDuringPreparation(t *testing.T) {
	w := newWorld(t, map[string]string{"svc/gate.lua": gate, "svc/slow.lua": slow, "lib/shared.lua": "return 1\n"})
	g, s := w.launch("gate"), w.launch("slow")
	w.ask(g, "shut")
	w.save("lib/shared.lua", "return 2\n")
	w.eventually("it is being prepared", func() bool { return w.info(s).State == "preparing" })
	w.save("lib/shared.lua", "return 1\n")
	w.eventually("the preparation is over", func() bool { return w.info(s).State == "running" })
	w.ask(g, "open")
	if got := w.ask(s); got != "1" {
		t.Errorf("answers %s", got)
	}
	i := w.info(s)
	if i.Generation != 1 || i.Failure != "" {
		t.Errorf("generation %d, failure %q\n%s", i.Generation, i.Failure, w.log.String())
	}
	if records := w.history(s); len(records) < 2 || !errors.Is(records[1].Err, runtime.ErrSuperseded) {
		t.Errorf("history %+v", records)
	}
}

// A file that the new code loads only after it was saved again: what it loaded
// by then is put right once it serves.
func TestSaveBeforeItIsLoaded(t *testing.T) {
	late := `local skynet = require "skynet"
local shared
skynet.start(function()
	skynet.call(".gate", "lua", "pass")
	shared = require "shared"
	skynet.dispatch("lua", function() skynet.retpack(shared, VERSION) end)
end)
VERSION = 1
`
	w := newWorld(t, map[string]string{"svc/gate.lua": gate, "svc/late.lua": late, "lib/shared.lua": "return 1\n"})
	g, s := w.launch("gate"), w.launch("late")
	w.ask(g, "shut")
	w.save("svc/late.lua", late+"VERSION = 2\nmath.randomseed(1)\n")
	w.eventually("it is being prepared", func() bool { return w.info(s).State == "preparing" })
	w.save("lib/shared.lua", "return 2\n")
	w.eventually("the save was noticed", func() bool { return w.watched(t, "lib/shared.lua") != "" })
	w.ask(g, "open")
	w.eventually("it runs what was saved", func() bool { return w.ask(s) == "2 2" })
}

func (w *world) history(h runtime.Handle) []runtime.ReloadRecord {
	w.t.Helper()
	records, err := w.node.History(w.ctx, h)
	must(w.t, err)
	return records
}
