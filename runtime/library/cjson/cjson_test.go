package cjson_test

import (
	"testing"

	"devnode/runtime/library/librarytest"
)

// TestConformance wants what lua5.4 prints with the library in C, line by line.
func TestConformance(t *testing.T) { librarytest.Conformance(t) }

// TestMutations decodes texts that were changed at random.
func TestMutations(t *testing.T) { librarytest.Mutate(t, "cjson", "decode", "testdata/texts.txt") }

// TestDepth wants an error, not the end of the process, where a script allows any depth.
func TestDepth(t *testing.T) {
	got := librarytest.Run(t, `
		local skynet = require "skynet"
		local cjson = require "cjson"
		skynet.start(function()
			cjson.decode_max_depth(2147483647)
			cjson.encode_max_depth(2147483647)
			print(pcall(cjson.decode, ("["):rep(10000000)))
			local ring = {}
			ring[1] = ring
			print(pcall(cjson.encode, ring))
		end)`)
	want := `false	Found too many nested data structures (100001) at character 100001
false	Cannot serialise, excessive nesting (100001)
`
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// TestNullCrosses sends null and 64-bit integers to another service and back: they stay what they are.
func TestNullCrosses(t *testing.T) {
	got := librarytest.Run(t, `
		local skynet = require "skynet"
		local cjson = require "cjson"
		if ... == "other" then
			skynet.start(function()
				skynet.dispatch("lua", function(_, _, v, empty)
					skynet.retpack(v.id, v.none == cjson.null, empty == cjson.empty_array, v)
				end)
			end)
			return
		end
		skynet.start(function()
			local v = cjson.decode('{"id":9223372036854775807,"none":null}')
			local id, null, empty, back = skynet.call(skynet.newservice("main", "other"), "lua", v, cjson.empty_array)
			print(skynet.unpack(skynet.packstring(cjson.null)) == cjson.null, tostring(cjson.null))
			print(id, null, empty, back.none == cjson.null, cjson.encode(back.id), cjson.encode(back.none))
		end)`)
	if want := "true\tuserdata: (nil)\n9223372036854775807	true	true	true	9223372036854775807	null\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// TestReload wants lists that were marked, null and settings of a module to be right in the next version, to which nothing was
// declared.
func TestReload(t *testing.T) {
	before, after := librarytest.AcrossReload(t, `
		local skynet = require "skynet"
		local cjson = require "cjson"
		local state = {}
		local calls = 0
		skynet.start(function()
			skynet.dispatch("lua", function()
				calls = calls + 1
				if calls == 1 then
					state.list = setmetatable({}, cjson.array_mt)
					state.none = cjson.null
					state.id = cjson.decode("9223372036854775807")
				end
				skynet.retpack(calls .. " " .. cjson.encode(state.list) .. cjson.encode(state.none) .. cjson.encode(state.id))
			end)
		end)`)
	if want := "[1 []null9223372036854775807]"; before != want {
		t.Errorf("before: %s, want %s", before, want)
	}
	if want := "[2 []null9223372036854775807]"; after != want {
		t.Errorf("after: %s, want %s", after, want)
	}
}
