package stdlib

import (
	"bytes"
	"sync"
	"testing"

	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/lua/value"
	"devnode/runtime/lua/vm"
)

// Scripts must not be able to tell a lazy table from any other.
func TestLazyTables(t *testing.T) {
	cases := []struct{ name, src, want string }{
		{"assignment", `string.rep = 5 print(string.rep, ("x").rep)`, "5\t5\n"},
		{"deletion before use", `os.exit = nil print(os.exit, rawget(os, "exit"))`, "nil\tnil\n"},
		{"deletion after use", `local e = os.exit os.exit = nil print(os.exit, e ~= nil)`, "nil\ttrue\n"},
		{"a whole library gone", `os = nil print(os, package.loaded.os ~= nil)`, "nil\ttrue\n"},
		{"a new entry", `function table.size(t) return 7 end print(table.size())`, "7\n"},
		{"pairs is complete", `local n = 0 for k, v in pairs(math) do n = n + 1 end print(n > 30, math.pi > 3)`, "true\ttrue\n"},
		{"next is complete", `local n, k = 0, next(utf8) while k do n = n + 1 k = next(utf8, k) end print(n)`, "6\n"},
		{"rawget", `print(rawget(string, "rep") == string.rep, rawget(string, "nope"))`, "true\tnil\n"},
		{"rawset", `rawset(string, "rep", nil) print(string.rep)`, "nil\n"},
		{"metatable of _G", `setmetatable(_G, {__index = function(_, k) return "no " .. k end}) print(nope, print == nil, type(string))`, "no nope\tfalse\ttable\n"},
		{"strict mode", `setmetatable(_G, {__newindex = function(_, k) error("no " .. k, 0) end}) print(pcall(function() x = 1 end)) print = print print(type(os))`, "false\tno x\ntable\n"},
		{"no metatable", `print(getmetatable(_G), getmetatable(string), debug.getmetatable(os))`, "nil\tnil\tnil\n"},
		{"undefined globals", `print(nope, rawget(_G, "nope"), _G.nope)`, "nil\tnil\tnil\n"},
		{"identity", `print(_G == _G._G, string == require("string"), package.loaded._G == _G, getmetatable("").__index == string)`, "true\ttrue\ttrue\ttrue\n"},
		{"an environment over it", `local env = setmetatable({}, {__index = _G}) local f = load("x = tostring(5) return x", "c", "t", env) print(f(), x, env.x)`, "5\tnil\t5\n"},
		{"operators", `print(pcall(function() return string + 1 end)) print(#string, string == {})`, "false\ttest:1: attempt to perform arithmetic on a table value (global 'string')\n0\tfalse\n"},
		{"table functions", `table.insert(os, 1) print(#os, table.remove(os), #os)`, "1\t1\t0\n"},
		{"_VERSION", `_VERSION = "x" print(_VERSION)`, "x\n"},
	}
	for _, c := range cases {
		if got := output(t, c.src); got != c.want {
			t.Errorf("%s\n got %q\nwant %q", c.name, got, c.want)
		}
	}
}

func TestModuleOfOthers(t *testing.T) {
	made := 0
	m := NewModule("skynet.", map[string]lua.LGFunction{
		"self": func(L *lua.LState) int { return number(L, 8) },
		"bad":  func(L *lua.LState) int { checkTable(L, 1); return 0 },
	}, map[string]func(*vm.VM) lua.LValue{
		"cache": func(v *vm.VM) lua.LValue { made++; return value.NewTable(0, 0) },
	})
	var out bytes.Buffer
	v := newTestVM(t, Options{Stdout: &out})
	LoadedModule(v, "skynet", m.Table(v))
	PreloadModule(v, "skynet.manager", func(L *lua.LState) int { L.Push(m.Func("self")); return 1 })
	_, err := run(v, `local skynet = require "skynet"
		print(skynet.self(), skynet.cache == skynet.cache, require "skynet.manager" == skynet.self)
		print(pcall(skynet.bad))`, "=test")
	if err != nil {
		t.Fatal(err)
	}
	want := "8\ttrue\ttrue\nfalse\tbad argument #1 to 'skynet.bad' (table expected, got no value)\n"
	if out.String() != want || made != 1 {
		t.Errorf("got %q, made %d times, want %q, once", out.String(), made, want)
	}
}

// The library's functions are shared by VMs that run at the same time.
func TestManyVMsAtOnce(t *testing.T) {
	pool := vm.NewPool()
	defer pool.Close()
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 5 {
				v := vm.New(pool)
				var out bytes.Buffer
				Open(v, Options{Stdout: &out})
				_, err := run(v, `for name, lib in pairs(package.loaded) do for k in pairs(lib) do assert(k) end end
					local co = coroutine.wrap(function() for i = 1, 10 do pcall(coroutine.yield, i) end end)
					for i = 1, 10 do assert(co() == i) end
					table.sort({3, 1, 2}, function(a, b) return a < b end)
					print(("%d %s"):format(math.random(1, 1), ("x"):rep(3)), os.date("!%Y", 0), pcall(error, "e"))`, "=test")
				if err != nil || out.String() != "1 xxx\t1970\tfalse\te\n" {
					t.Errorf("%v %q", err, out.String())
				}
				f := v.NewFiber(nil)
				Finalize(v, f)
				v.Close()
			}
		})
	}
	wg.Wait()
}
