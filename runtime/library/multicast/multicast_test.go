package multicast_test

import (
	"testing"

	"devnode/runtime/library/librarytest"
)

// TestMulticast calls every function, with what is wrong, too, and wants what skynet prints.
func TestMulticast(t *testing.T) {
	got := librarytest.Run(t, `
		local skynet = require "skynet"
		local mc = require "skynet.multicast"
		if ... == "sub" then
			skynet.start(function()
				local c
				skynet.dispatch("lua", function(_, _, name, ...)
					if name == "init" then
						c = mc.new { channel = ..., dispatch = function(ch, src, ...) print("sub", ch, skynet.address(src), ...) end }
						c:subscribe()
					elseif name == "unsub" then
						c:unsubscribe()
					end
					skynet.retpack()
				end)
			end)
			return
		end
		local function try(label, f, ...)
			local r = table.pack(pcall(f, ...))
			for i = 1, r.n do r[i] = tostring(r[i]):gsub("^%S*:%d+: ", "") end
			print(label, table.concat(r, "|"))
		end
		skynet.start(function()
			local c, d = mc.new(), mc.new()
			print(c, d, c.channel, d.channel)
			local names = {}
			for k in pairs(c) do names[#names + 1] = k end
			table.sort(names)
			print(table.concat(names, " "))
			local s1, s2 = skynet.newservice("main", "sub"), skynet.newservice("main", "sub")
			local function both(...) skynet.call(s1, "lua", ...) skynet.call(s2, "lua", ...) end
			both("init", c.channel)
			c:publish("hello", 1, nil)
			both "ping"
			skynet.call(s1, "lua", "unsub")
			c:publish("second")
			both "ping"
			local me = mc.new { channel = c.channel, dispatch = function(ch, src, ...) print("me", ch.channel, src == skynet.self(), ...) end }
			me:subscribe()
			me:subscribe()
			skynet.kill(s2)
			me:publish("mine")
			skynet.yield()
			me:unsubscribe()
			me:unsubscribe()
			local raw = mc.new {
				channel = d.channel,
				pack = function(s) return skynet.pack("raw:" .. s) end,
				unpack = function(m, s) return skynet.tostring(m, s) end,
				dispatch = function(_, _, s) print("raw", #s) end,
			}
			raw:subscribe()
			raw:publish("x")
			skynet.yield()
			try("delete", function() c:delete() return c.channel end)
			try("publish", function() c:publish(1) end)
			try("subscribe", function() c:subscribe() end)
			try("unsubscribe", function() c:unsubscribe() end)
			try("tostring", function() return tostring(c) end)
			local gone = mc.new { channel = 12345 * 256, dispatch = print }
			try("publish to none", function() gone:publish(1) end)
			try("subscribe to none", function() gone:subscribe() end)
			try("publish to none", function() gone:publish(1) end)
			try("unsubscribe from none", function() gone:unsubscribe() end)
			try("delete none", function() gone:delete() end)
			print(mc.new(), mc.new {}.channel, require "multicast" == mc)
		end)`)
	want := `[Multicast:0]	[Multicast:100]	0	256
__pack __unpack channel
sub	[Multicast:0]	:00000008	hello	1	nil
sub	[Multicast:0]	:00000008	hello	1	nil
sub	[Multicast:0]	:00000008	second
me	0	true	mine
raw	6
delete	true|nil
publish	false|assertion failed!
subscribe	false|assertion failed!
unsubscribe	true
tostring	false|bad argument #2 to 'format' (number expected, got nil)
publish to none	true
subscribe to none	true
publish to none	true
unsubscribe from none	true
delete none	true
[Multicast:200]	768	true
`
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// TestReload wants the subscription of new code to take over from the old one's, once.
func TestReload(t *testing.T) {
	before, after := librarytest.AcrossReload(t, `
		local skynet = require "skynet"
		local mc = require "skynet.multicast"
		local kept = require "reload".keep("kept", { generation = 0 })
		skynet.start(function()
			kept.generation = kept.generation + 1
			local mine, got = kept.generation, "" -- which a reload takes over
			local c = mc.new { channel = kept.channel, dispatch = function(_, _, text) got = got .. mine .. text end }
			kept.channel = c.channel
			c:subscribe()
			skynet.dispatch("lua", function()
				c:publish("hello")
				skynet.yield()
				skynet.retpack(got)
			end)
		end)`)
	if before != "[1hello]" || after != "[1hello2hello]" {
		t.Errorf("before %s, after %s", before, after)
	}
}
