package sharetable_test

import (
	"os"
	"strings"
	"testing"

	"devnode/runtime/library/librarytest"
)

// TestSharetable runs a script that calls every function, with what is wrong, too, and wants what skynet prints: but that an
// error says what skynet says in its log, and one of a write which table it is.
func TestSharetable(t *testing.T) {
	script, err := os.ReadFile("testdata/sharetable.lua")
	if err != nil {
		t.Fatal(err)
	}
	want, err := os.ReadFile("testdata/sharetable.txt")
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(string(want), "\n")
	for i, got := range strings.Split(librarytest.Run(t, string(script)), "\n") {
		if i >= len(lines) || got != lines[i] {
			t.Errorf("line %d: got\n%s\nwant\n%s", i+1, got, lines[min(i, len(lines)-1)])
		}
	}
}

// TestReload wants what new code loads to be seen once it serves, the tables that a service holds to be the same after a reload,
// and to be exchanged by new code.
func TestReload(t *testing.T) {
	before, after := librarytest.AcrossReload(t, `
		local skynet = require "skynet"
		local sharetable = require "skynet.sharetable"
		local kept = require "reload".keep("kept", {})
		skynet.start(function()
			kept.generation = (kept.generation or 0) + 1
			kept.held = kept.held or (function() sharetable.loadtable("t", { sub = { 1 } }) return sharetable.query "t".sub end)()
			sharetable.loadtable("t", { sub = { kept.generation } })
			local mine = sharetable.query "t".sub[1]
			skynet.dispatch("lua", function()
				local was = kept.held[1]
				sharetable.update "t"
				skynet.retpack(mine .. was .. kept.held[1])
			end)
		end)`)
	if before != "[111]" || after != "[212]" {
		t.Errorf("before %s, after %s", before, after)
	}
}

// TestReaders has services read a table while another one loads it anew, and they update: what a table has belongs
// together, and all see the last one.
func TestReaders(t *testing.T) {
	got := librarytest.Run(t, `
		local skynet = require "skynet"
		local sharetable = require "skynet.sharetable"
		if ... == "reader" then
			skynet.start(function()
				local conf = sharetable.query "conf"
				local rows = conf.rows
				skynet.dispatch("lua", function(_, _, last)
					local turns = 0
					repeat
						for _, row in pairs(rows) do assert(row.a == row.b and row.a // conf.version == row.i) end
						turns = turns + 1
						skynet.yield()
						sharetable.update "conf"
					until conf.version == last
					skynet.retpack(turns > 0)
				end)
			end)
			return
		end
		local function values(n)
			local rows = {}
			for i = 1, 50 do rows[i] = { a = n * i, b = n * i, i = i } end
			return { version = n, rows = rows }
		end
		skynet.start(function()
			sharetable.loadtable("conf", values(1))
			local left, caller, failed = 8, coroutine.running(), nil
			for i = 1, left do
				local reader = skynet.newservice("main", "reader")
				skynet.fork(function()
					local ok, message = pcall(skynet.call, reader, "lua", 60)
					failed = failed or not ok and message
					left = left - 1
					if left == 0 then skynet.wakeup(caller) end
				end)
			end
			for n = 2, 60 do
				skynet.yield()
				sharetable.loadtable("conf", values(n))
			end
			if left > 0 then skynet.wait(caller) end
			print(failed or "all have seen the last one")
		end)`)
	if got != "all have seen the last one\n" {
		t.Error(got)
	}
}
