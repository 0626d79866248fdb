package runtime

import (
	"fmt"
	"strings"
	"testing"

	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/lua/value"
)

// describe returns what a Go function was given.
func describe(L *lua.LState) int {
	var b strings.Builder
	for i := 1; i <= L.GetTop(); i++ {
		fmt.Fprintf(&b, "%T:%v ", L.Get(i), L.Get(i))
	}
	L.Push(lua.LString(strings.TrimSpace(b.String())))
	return 1
}

const describedCalls = `
local skynet = require "skynet"
local plain, exact = require "plain", require "exact"
local function tail(f, ...) return f(...) end
local id, whole = (1 << 53) + 1, 3.0
skynet.start(function()
	print(plain.describe(7, 0.5, whole, id, "x"))
	print(exact.describe(7, 0.5, whole, id, "x"))
	print(tail(plain.describe, whole), tail(exact.describe, whole))
	print(select(2, pcall(plain.describe, whole)), select(2, pcall(exact.describe, whole)))
	for s in plain.describe, nil, whole do print(s) break end
	for s in exact.describe, nil, whole do print(s) break end
	print(coroutine.wrap(plain.describe)(whole), setmetatable({}, { __index = plain.describe })[whole]:match "%S+$")
	print(string.gsub("x", "x", function() return plain.describe(table.unpack { whole, 1 }) end))
	print(setmetatable({}, { __call = plain.describe })(whole):match "%S+$", plain.made()(whole))
	print(math.type(plain.double(21)), plain.double(2.5), plain.double(2.0), exact.next(math.maxinteger - 1), exact.next(2.0))
	skynet.abort()
end)`

func TestGoFunctionsAreGivenNumbersAsTheyKnowThem(t *testing.T) {
	plain := map[string]lua.LGFunction{
		"describe": describe,
		"double":   func(L *lua.LState) int { L.Push(2 * L.CheckNumber(1)); return 1 },
		"made":     func(L *lua.LState) int { L.Push(L.NewFunction(describe)); return 1 },
	}
	exact := map[string]lua.LGFunction{
		"describe": describe,
		"next": func(L *lua.LState) int {
			i, _ := value.ToInt(L.Get(1))
			L.Push(value.OfInt(i + 1))
			return 1
		},
	}
	tn := newTestNode(t, map[string]string{"main.lua": describedCalls}, func(c *Config) {
		c.Modules = map[string]ModuleLoader{"plain": Functions(plain), "exact": ExactFunctions(exact)}
	})
	tn.launch("main")
	const want = `lua.LNumber:7 lua.LNumber:0.5 lua.LNumber:3 lua.LNumber:9007199254740992 lua.LString:x
lua.LNumber:7 lua.LNumber:0.5 value.Float:3.0 value.Int:9007199254740993 lua.LString:x
lua.LNumber:3	value.Float:3.0
lua.LNumber:3	value.Float:3.0
*lua.LNilType:nil lua.LNumber:3
*lua.LNilType:nil value.Float:3.0
lua.LNumber:3	lua.LNumber:3
lua.LNumber:3 lua.LNumber:1	1
lua.LNumber:3	lua.LNumber:3
integer	5	4	9223372036854775807	3
`
	if got := tn.out.String(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}
