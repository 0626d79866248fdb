package memoryuse_test

import (
	"testing"

	"devnode/runtime/library/librarytest"
)

func TestFunctions(t *testing.T) {
	out := librarytest.Run(t, `
		local skynet = require "skynet"
		local memory = require "skynet.memory"
		assert(require("memory").total, "the old name")
		local which = ...
		if which == "other" then return skynet.start(function() end) end
		skynet.start(function()
			local before = memory.current()
			local kept = {}
			for i = 1, 10000 do kept[i] = { i } end
			keep = kept
			local after = memory.current()
			print("current", math.type(before), before > 1000 and after > before + 10000 * 16)
			print("total", math.type(memory.total()), memory.total() > 100000)
			print("block", math.type(memory.block()), memory.block() > 1000)
			local info = memory.info()
			print("info", info[skynet.self()] >= after and info[skynet.self()] < 2 * after)
			local other = skynet.newservice(SERVICE_NAME, "other")
			print("others", info[other], math.type(memory.info()[other]))
			local stat = memory.jestat()
			local names = {}
			for name, n in pairs(stat) do
				names[#names + 1] = name
				assert(math.type(n) == "integer")
				assert(memory.mallctl(name) >= 0)
			end
			table.sort(names)
			print("jestat", table.concat(names, " "))
			print("mapped", stat["stats.mapped"] > 0)
			print("mallctl", memory.mallctl "opt.prof", pcall(memory.mallctl))
			print("log", select("#", memory.dump()), select("#", memory.dumpinfo "a"), select("#", memory.dumpheap()))
			print("profactive", memory.profactive(), memory.profactive(true))
			print("short strings", memory.ssinfo())
			print("ssexpand", select("#", memory.ssexpand(10)), pcall(memory.ssexpand, "x"))
		end)`)
	want := `current	integer	true
total	integer	true
block	integer	true
info	true
others	nil	integer
jestat	stats.active stats.allocated stats.mapped stats.resident stats.retained
mapped	true
mallctl	0	false	bad argument #1 to 'skynet.memory.mallctl' (string expected, got no value)
log	0	0	0
profactive	false	false
short strings	0	0	0	0
ssexpand	0	false	bad argument #1 to 'skynet.memory.ssexpand' (number expected, got string)
`
	if out != want {
		t.Errorf("got\n%s\nwant\n%s", out, want)
	}
}
