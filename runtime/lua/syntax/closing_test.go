package syntax_test

import (
	"testing"

	"devnode/runtime/lua/syntax"
	"devnode/runtime/lua/vm"

	lua "github.com/yuin/gopher-lua"
)

// TestPending closes the variables of a coroutine suspended in several frames.
func TestPending(t *testing.T) {
	m := newMachine(t, newPool(t))
	const src = `
local function closer(name)
	return setmetatable({}, { __close = function(_, e) print("close", name, e) end })
end
local co = coroutine.create(function()
	local a <close> = closer "a"
	pcall(function()
		local b <close> = closer "b"
		local nothing <close> = nil
		for _ in next, { 1 }, nil, closer "loop" do
			do local gone <close> = closer "gone" end
			coroutine.yield()
		end
	end)
end)
coroutine.resume(co)
print(coroutine.close(co), coroutine.status(co))`
	const want = "close\tgone\tnil\nclose\tloop\tnil\nclose\tb\tnil\nclose\ta\tnil\ntrue\tdead\n"
	if got := m.run(src, "=close"); got != want {
		t.Errorf("got:\n%swant:\n%s", got, want)
	}
}

// TestCloseFrames replaces the error by that of a __close method, as C Lua does.
func TestCloseFrames(t *testing.T) {
	m := newMachine(t, newPool(t))
	const src = `
local function closer(name, fails)
	return setmetatable({}, { __close = function(_, e)
		print("close", name, e)
		if fails then error(name .. " failed", 0) end
	end })
end
print(pcall(function()
	local a <close> = closer "a"
	local b <close> = closer("b", true)
	local c <close> = closer "c"
	error("first", 0)
end))
print(pcall(function()
	local a <close> = closer "a"
	local b <close> = closer("b", true)
	return 1
end))`
	const want = "close\tc\tfirst\nclose\tb\tfirst\nclose\ta\tb failed\nfalse\tb failed\n" +
		"close\tb\tnil\nclose\ta\tb failed\nfalse\tb failed\n"
	if got := m.run(src, "=close"); got != want {
		t.Errorf("got:\n%swant:\n%s", got, want)
	}
}

// TestShared runs one prototype in several VMs.
func TestShared(t *testing.T) {
	proto := mustCompile(`
local n <const> = ...
local t = { n // 2, n & 3, n | 8, ~n, n << 1, 10 .. "", _ENV == _G }
for i = 1, "2" do t[#t + 1] = i end
return table.concat({ t[1], t[2], t[3], t[4], t[5], t[6], tostring(t[7]), t[8], t[9] }, " ")`)
	pool := newPool(t)
	done := make(chan string)
	for range 8 {
		go func() {
			m := &machine{VM: vm.New(pool)}
			defer m.Close()
			m.open(t)
			r, err := m.call(proto, lua.LNumber(5))
			if err != nil || len(r) != 1 {
				done <- "failed"
				return
			}
			done <- r[0].String()
		}()
	}
	for range 8 {
		if got := <-done; got != "2 1 13 -6 10 10 true 1 2" {
			t.Errorf("got %q", got)
		}
	}
}

func TestSource(t *testing.T) {
	p, err := syntax.Compile([]byte("return function() end"), "@dir/a.lua")
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range []*lua.FunctionProto{p, p.FunctionPrototypes[0]} {
		if p.SourceName != "dir/a.lua" || syntax.Source(p) != "@dir/a.lua" {
			t.Errorf("%q, %q", p.SourceName, syntax.Source(p))
		}
	}
	stock, err := stockCompile("return 1")
	if err != nil {
		t.Fatal(err)
	}
	if got := syntax.Source(stock); got != "=bench.lua" {
		t.Errorf("a foreign prototype's source is %q", got)
	}
}
