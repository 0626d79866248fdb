package bson_test

import (
	"os"
	"testing"

	"devnode/runtime/library/librarytest"
)

// TestConformance wants the documents, tables and errors of skynet's library in C, for 300 documents and more, both ways.
func TestConformance(t *testing.T) { librarytest.Conformance(t) }

// TestDriver wants the messages that skynet.mongo.driver makes, and what it finds in answers. The bytes are those of the original.
func TestDriver(t *testing.T) {
	got := librarytest.Run(t, `
		local skynet = require "skynet"
		local driver = require "skynet.mongo.driver"
		local bson = require "bson"
		local function hex(s) return (s:gsub(".", function(c) return ("%02x"):format(c:byte()) end)) end
		skynet.start(function()
			local message = driver.op_msg(7, 0, bson.to_lightuserdata(bson.encode_order("ping", 1)))
			print(hex(message))
			print(driver.length(message:sub(1, 4)), #message)
			local answer = string.pack("<i4i4i4i4", 1, 7, 2013, 0) .. "\0" .. tostring(bson.encode { ok = 1.0 })
			local ok, to, document = driver.reply(answer)
			print(ok, to, bson.decode(document).ok)
			print(driver.reply("short"))
			for _, wrong in ipairs { string.pack("<i4i4i4i4", 1, 7, 1, 0), string.pack("<i4i4i4i4", 1, 7, 2013, 1), string.pack("<i4i4i4i4", 1, 7, 2013, 4),
				string.pack("<i4i4i4i4", 1, 7, 2013, 0) .. "\1aaaaaaaa", answer .. "x" } do
				print((select(2, pcall(driver.reply, wrong)):gsub("^.-:%d+: ", "")))
			end
			print((select(2, pcall(driver.op_msg, 1, 2, nil)):gsub("^.-:%d+: ", "")))
		end)`)
	want := `240000000700000000000000dd07000000000000000f0000001070696e67000100000000
32	36
true	7	1.0
false
Unsupported opcode:1
Unsupported OP_MSG flag checksumPresent
Unsupported OP_MSG flag:4
Unsupported OP_MSG payload type: 1
Unsupported OP_MSG reply: >1 section
opmsg require cmd document
`
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// TestDamaged decodes documents that were changed at random, for a second, or as long as the environment's LIBRARY_FUZZ says, in
// seconds. Nothing but Lua errors may come of it.
func TestDamaged(t *testing.T) {
	seconds := os.Getenv("LIBRARY_FUZZ")
	if seconds == "" {
		seconds = "1"
	}
	t.Log(librarytest.Run(t, `
		local skynet = require "skynet"
		local driver = require "skynet.mongo.driver"
		local bson = require "bson"
		local stop = skynet.hpc() + math.tointeger(...) * 1000000000
		math.randomseed(os.getenv "LIBRARY_FUZZ" and os.time() or 5)
		skynet.start(function()
			local whole = tostring(bson.encode { a = { 1, 2, { b = "text" } }, c = bson.date(1), d = bson.regex("x", "y"), e = bson.binary "z", f = 1.5, g = bson.objectid(),
				h = 2 ^ 40 // 1 | 0, i = "\0\13\2\0\0\0x\0", j = "\0\12\2\0\0\0x\0" .. ("o"):rep(12), k = bson.timestamp(1, 2), l = bson.minkey, m = false })
			local calls, failed = 0, 0
			repeat
				local s = whole
				for _ = 1, math.random(4) do
					local at = math.random(#s)
					s = s:sub(1, at - 1) .. string.char(math.random(0, math.random(2) == 1 and 20 or 255)) .. s:sub(at + 1)
				end
				s = string.pack("<i4", #s) .. s:sub(5)
				local _, _, document = driver.reply(string.pack("<i4i4i4i4", 1, 7, 2013, 0) .. "\0" .. s)
				local ok, v = pcall(bson.decode, document)
				calls = calls + 1
				if not ok then
					failed = failed + 1
				else
					pcall(bson.encode, v)
				end
			until skynet.hpc() > stop
			print(calls .. " documents, " .. failed .. " were none")
		end)`, seconds))
}

// TestReload decodes a document that the code before has made.
func TestReload(t *testing.T) {
	before, after := librarytest.AcrossReload(t, `
		local skynet = require "skynet"
		local bson = require "bson"
		local reload = require "reload"
		local kept = reload.keep("document", function() return { of = bson.encode { id = bson.int64(5), list = { 1, 2 } } } end)
		skynet.start(function()
			skynet.dispatch("lua", function()
				local v = kept.of:decode()
				skynet.retpack(v.id .. #v.list .. #kept.of)
			end)
		end)`)
	if want := "[5242]"; before != want || after != want {
		t.Errorf("before %s, after %s, want %s", before, after, want)
	}
}
