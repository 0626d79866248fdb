package pb_test

import (
	"strings"
	"testing"

	"devnode/runtime/library/librarytest"
)

// TestConformance wants the bytes, tables and errors of lua-protobuf's library in C, for some 2,000 messages, types and settings.
func TestConformance(t *testing.T) { librarytest.Conformance(t) }

// TestDamaged decodes what was changed at random: for ten seconds, or as long as the environment's LIBRARY_FUZZ says, in seconds, which
// also has the changes be others each time.
func TestDamaged(t *testing.T) { librarytest.Damaged(t, "testdata/fuzz.lua") }

// load is a script's beginning that loads the types once, and keeps that it has.
const load = `
	local skynet = require "skynet"
	local pb = require "pb"
	local loaded
	local function set()
		if loaded then return end
		local f = assert(io.open("testdata/types.pb", "rb"))
		assert(pb.load(f:read "a"))
		pb.option "enum_as_value"
		f:close()
		loaded = true
	end
`

// TestReload wants the types and settings that a service has loaded be there in its next version, which need not load them again.
func TestReload(t *testing.T) {
	before, after := librarytest.AcrossReload(t, load+`
		skynet.start(function()
			skynet.dispatch("lua", function()
				local was = loaded
				set()
				local item = pb.decode("game3.Item", pb.encode("game3.Item", { id = 1 << 30, price = math.mininteger, kind = "BOW" }))
				skynet.retpack(tostring(was), item.id, item.price, item.kind)
			end)
		end)`)
	if before != "[nil 1073741824 -9223372036854775808 2]" || after != "[true 1073741824 -9223372036854775808 2]" {
		t.Errorf("got %s, then %s", before, after)
	}
}

// TestGlobal wants the types of one service be those of another that asks for it, and stay what they were for a third one.
func TestGlobal(t *testing.T) {
	out := librarytest.Run(t, load+`
		local what = ...
		skynet.start(function()
			if what then
				local unsafe = require "pb.unsafe"
				print(what, unsafe.use(what), pb.type "game3.Item")
				skynet.dispatch("lua", function()
					print(what, pb.type "game3.Item", pb.type "game3.Item" and pb.decode("game3.Item", "\24\2").kind)
					skynet.retpack()
				end)
				return
			end
			set()
			local users = { skynet.newservice("main", "global"), skynet.newservice("main", "local") }
			pb.clear "game3.Item"
			for _, user in ipairs(users) do skynet.call(user, "lua") end
		end)`)
	want := []string{"global\ttrue\t.game3.Item\tItem\tmessage", "local\ttrue\n", "global\tnil\tnil", "local\tnil\tnil"}
	for _, line := range want {
		if !strings.Contains(out, line) {
			t.Errorf("got\n%swithout %q", out, line)
		}
	}
}

// TestEndlessGroups wants a service be ended while it skips groups that don't end, which would take it minutes.
func TestEndlessGroups(t *testing.T) {
	out := librarytest.Run(t, load+`
		require "skynet.manager"
		local what = ...
		skynet.start(function()
			set()
			if what then
				skynet.dispatch("lua", function()
					pb.decode("game3.Item", ("\155\6"):rep(1 << 21))
					print "decoded"
				end)
				return
			end
			local service = skynet.newservice("main", "decode")
			skynet.timeout(10, function() skynet.kill(service) end)
			print(pcall(skynet.call, service, "lua"))
		end)`)
	if !strings.HasPrefix(out, "false\t") || strings.Contains(out, "decoded") {
		t.Error(out)
	}
}
