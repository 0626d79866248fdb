package stm_test

import (
	"testing"

	"devnode/runtime/library/librarytest"
)

// TestStm calls every function, with what is wrong, too, and wants what skynet prints, but that an object which is called is
// argument 1 here.
func TestStm(t *testing.T) {
	got := librarytest.Run(t, `
		local skynet = require "skynet"
		local stm = require "skynet.stm"
		local function try(label, f, ...)
			local r = table.pack(pcall(f, ...))
			for i = 1, r.n do r[i] = tostring(r[i]):gsub("^%S*:%d+: ", "") end
			print(label, table.concat(r, "|"))
		end
		skynet.start(function()
			local w = stm.new(skynet.pack(1, "a", { x = 1 }))
			print(type(w), type(stm.copy(w)))
			local r = stm.newcopy(stm.copy(w))
			print(type(r))
			try("read", function()
				return r(function(msg, sz, ud) return type(msg), sz, ud, skynet.tostring(msg, sz) == skynet.packstring(1, "a", { x = 1 }) end, "ud")
			end)
			try("again", function() return r(skynet.unpack) end)
			try("update", function() return w(skynet.pack(2)) end)
			try("read", function() return r(skynet.unpack) end)
			try("update str", function() return w("text") end)
			try("read str", function() return r(function(msg, sz) return skynet.tostring(msg, sz) end) end)
			try("new str", function() return type(stm.new("hello")) end)
			try("new nil", stm.new)
			try("new ptr nosize", function() return stm.new((skynet.pack(1))) end)
			try("update nil", function() return w() end)
			try("read nofn", function() return r() end)
			try("read nofn2", function() return r("x") end)
			w("other")
			try("read err", function() return r(function() error("oops", 0) end) end)
			try("read after err", function() return r(skynet.tostring) end)
			local r2 = stm.newcopy(stm.copy(w))
			getmetatable(w).__gc(w)
			try("dead", function() return r2(skynet.tostring) end)
			try("dead2", function() return r2(skynet.tostring) end)
		end)`)
	want := `userdata	userdata
userdata
read	true|true|userdata|10|ud|true
again	true|false
update	true
read	true|true|2
update str	true
read str	true|true|text
new str	true|userdata
new nil	false|bad argument #1 to 'skynet.stm.new' (string expected, got no value)
new ptr nosize	false|bad argument #2 to 'new' (number expected, got no value)
update nil	false|bad argument #2 to 'w' (string expected, got no value)
read nofn	false|bad argument #2 to 'r' (function expected, got no value)
read nofn2	false|bad argument #2 to 'r' (function expected, got string)
read err	false|oops
read after err	true|false
dead	true|false
dead2	true|false
`
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// TestSkynet runs skynet's own test of stm, with less waiting.
func TestSkynet(t *testing.T) {
	got := librarytest.Run(t, `
		local skynet = require "skynet"
		local stm = require "skynet.stm"
		if ... == "slave" then
			skynet.start(function()
				local obj
				skynet.dispatch("lua", function(_, _, copy)
					obj = obj or stm.newcopy(copy)
					print("read:", obj(skynet.unpack))
					skynet.ret()
				end)
			end)
			return
		end
		skynet.start(function()
			local slave = skynet.newservice("main", "slave")
			local obj = stm.new(skynet.pack(1, 2, 3, 4, 5))
			local copy = stm.copy(obj)
			skynet.call(slave, "lua", copy)
			for i = 1, 2 do
				print("write", i)
				obj(skynet.pack("hello world", i))
				skynet.call(slave, "lua", copy)
				skynet.call(slave, "lua", copy)
			end
		end)`)
	want := "read:\ttrue\t1\t2\t3\t4\t5\nwrite\t1\nread:\ttrue\thello world\t1\nread:\tfalse\nwrite\t2\nread:\ttrue\thello world\t2\nread:\tfalse\n"
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}
