package runtime_test

import (
	"testing"

	"devnode/runtime/library/librarytest"
)

// TestCore has skynet.core do what modules that are written on it want, and skynet.mqueue hand messages to its function one by one.
func TestCore(t *testing.T) {
	got := librarytest.Run(t, `
		local skynet = require "skynet"
		local core = require "skynet.core"
		local mqueue = require "skynet.mqueue"
		if ... == "other" then
			skynet.start(function()
				local inside = 0
				mqueue.register(function(what, ...)
					inside = inside + 1
					assert(inside == 1)
					skynet.sleep(1)
					inside = inside - 1
					if what == "fail" then error("no", 0) end
					if what == "size" then return mqueue.size() end
					if what == "call" then return ..., "answered" end
				end)
			end)
			return
		end
		skynet.start(function()
			local a = skynet.newservice("main", "other")
			mqueue.send(a, "one")
			print(mqueue.call(a, "call", 5))
			print(pcall(mqueue.call, a, "fail"))
			print(mqueue.call(a, "size"))
			print(core.unpack(core.pack(1, "x")))
			print(core.send(a, skynet.PTYPE_QUEUE, 0, core.pack("one")), core.send(".nosuch", "lua", 0, core.pack(1)))
			print(core.command("REG"), core.command("REG", ".me"), core.command("QUERY", ".me"), core.addresscommand("QUERY", ".me") == skynet.self())
			print(core.intcommand("STARTTIME") == skynet.starttime(), core.command("GETENV", "nokey"), core.intcommand("STAT", "mqlen"))
			core.command("SETENV", "word some text")
			print(core.command("GETENV", "word"), core.command("NAME", ".it " .. skynet.address(a)), core.command("QUERY", ".it") == skynet.address(a))
			local launched = core.command("LAUNCH", "snlua main other")
			core.command("KILL", launched)
			print(core.command("QUERY", ".no"), (pcall(skynet.call, launched, "lua")), core.now() - skynet.now() < 100, core.harbor(a))
			print((select(2, pcall(core.command, "NONE")):gsub("^.-:%d+: ", "")))
			print((select(2, pcall(core.callback)):gsub("^.-:%d+: ", "")))
		end)`)
	want := `5	answered
false	no
0
1	x
0	false
:00000008	.me	:00000008	true
true	nil	0
some text	.it	true
nil	false	true	0	false
skynet.core.command NONE is not there
skynet.core.callback is not there: skynet.start and skynet.dispatch take messages
`
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}
