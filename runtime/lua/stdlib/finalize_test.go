package stdlib

import (
	"bytes"
	"runtime"
	"strings"
	"testing"

	"devnode/runtime/lua/vm"
)

// runToEnd runs a script, then the end of its VM, and gives what was written.
func runToEnd(t *testing.T, src string) string {
	t.Helper()
	var out bytes.Buffer
	v := newTestVM(t, Options{Stdout: &out, Stderr: &out})
	if _, err := run(v, src, "=test"); err != nil {
		t.Fatal(err)
	}
	out.WriteString("end\n")
	Finalize(v, v.NewFiber(nil))
	v.Close()
	return out.String()
}

func TestFinalizersAtTheEnd(t *testing.T) {
	cases := []struct{ name, src, want string }{
		{"order", `local function new(n) return setmetatable({}, {__gc = function() print("gc", n) end}) end a, b, c = new(1), new(2), new(3)`, "end\ngc\t3\ngc\t2\ngc\t1\n"},
		{"a cycle", `a = setmetatable({}, {__gc = function(self) print("gc", self.self == self) end}) a.self = a a = nil`, "end\ngc\ttrue\n"},
		{"an error is a warning", `a = setmetatable({}, {__gc = function() error("bad", 0) end}) b = setmetatable({}, {__gc = function() print("b") end})`, "end\nb\nLua warning: error in __gc (bad)\n"},
		{"set later than the metatable", `a = setmetatable({}, {}) getmetatable(a).__gc = function() print("never") end`, "end\n"},
		{"replaced", `a = setmetatable({}, {__gc = function() print("old") end}) getmetatable(a).__gc = function() print("new") end`, "end\nnew\n"},
		{"no function", `a = setmetatable({}, {__gc = true})`, "end\n"},
		{"one that makes another", `a = setmetatable({}, {__gc = function() b = setmetatable({}, {__gc = function() print("second") end}) print("first") end})`, "end\nfirst\nsecond\n"},
		{"marked twice runs once", `local mt = {__gc = function() print("once") end} a = setmetatable({}, mt) setmetatable(a, mt)`, "end\nonce\n"},
		{"newproxy", `local p = newproxy(true) getmetatable(p).__gc = function() print("proxy") end debug.setmetatable(p, getmetatable(p)) q = p`, "end\nproxy\n"},
		{"files", `f = io.tmpfile() f:write("x") local g <close> = io.tmpfile()`, "end\n"},
	}
	for _, c := range cases {
		if got := runToEnd(t, c.src); got != c.want {
			t.Errorf("%s\n got %q\nwant %q", c.name, got, c.want)
		}
	}
}

// TestFinalizersOfWhatIsJustFound ends a VM while Go's collector has found its
// objects unreachable, and may not have handed them over yet: none is lost.
func TestFinalizersOfWhatIsJustFound(t *testing.T) {
	for range 5 {
		v := newTestVM(t, Options{Stdout: &bytes.Buffer{}})
		if _, err := run(v, `n = 0 local mt = {__gc = function() n = n + 1 end} for i = 1, 20000 do setmetatable(setmetatable({}, mt), mt) end`, "=test"); err != nil {
			t.Fatal(err)
		}
		runtime.GC()
		Finalize(v, v.NewFiber(nil))
		if values, _ := run(v, `return n`, "=test"); values[0].String() != "20000" {
			t.Fatalf("%s objects finalized, want 20000", values[0])
		}
	}
}

// What became garbage is finalized while the VM lives.
func TestFinalizersOfGarbage(t *testing.T) {
	var out bytes.Buffer
	v := newTestVM(t, Options{Stdout: &out})
	if _, err := run(v, `n = 0 local mt = {__gc = function(o) n = n + o.v end} for i = 1, 1000 do setmetatable({v = 1}, mt) end`, "=test"); err != nil {
		t.Fatal(err)
	}
	for range 100 {
		runtime.GC()
		values, err := run(v, `collectgarbage() return n`, "=test")
		if err != nil {
			t.Fatal(err)
		}
		if values[0].String() != "0" {
			Finalize(v, v.NewFiber(nil))
			values, _ := run(v, `return n`, "=test")
			if values[0].String() != "1000" {
				t.Errorf("%s objects finalized, want 1000", values[0])
			}
			return
		}
	}
	t.Error("no object was finalized before the end")
}

// Coroutines that a loop left early don't stay for ever.
func TestAbandonedCoroutines(t *testing.T) {
	v := newTestVM(t, Options{})
	before := runtime.NumGoroutine()
	for range 20 {
		if _, err := run(v, `for i = 1, 100 do for k in coroutine.wrap(function() for j = 1, 5 do coroutine.yield(j) end end) do break end end`, "=test"); err != nil {
			t.Fatal(err)
		}
		runtime.GC()
		runtime.GC()
	}
	if n := runtime.NumGoroutine() - before; n > 1000 {
		t.Errorf("%d goroutines are left of 2000 coroutines", n)
	}
	if _, err := run(v, `local t = {} for i = 1, 10 do t[i] = coroutine.wrap(function() coroutine.yield(i) return i end) t[i]() end collectgarbage() for i = 1, 10 do assert(t[i]() == i) end`, "=test"); err != nil {
		t.Error(err)
	}
}

func TestYieldsFromAnywhere(t *testing.T) {
	cases := []struct{ name, src, want string }{
		{"sort", `table.sort({2, 1}, function(a, b) coroutine.yield("y") return a < b end)`, "y"},
		{"gsub", `string.gsub("x", "x", function() coroutine.yield("y") end)`, "y"},
		{"ipairs", `for _ in ipairs(setmetatable({}, {__index = function() coroutine.yield("y") end})) do end`, "y"},
		{"tostring", `tostring(setmetatable({}, {__tostring = function() coroutine.yield("y") return "" end}))`, "y"},
		{"print", `print(setmetatable({}, {__tostring = function() coroutine.yield("y") return "" end}))`, "y"},
		{"load", `load(function() coroutine.yield("y") end)`, "y"},
		{"require", `package.preload.m = function() coroutine.yield("y") end require "m"`, "y"},
		{"xpcall's handler", `xpcall(error, function() coroutine.yield("y") end)`, "y"},
		{"pairs", `for _ in pairs(setmetatable({}, {__pairs = function() coroutine.yield("y") return function() end end})) do end`, "y"},
		{"table.concat", `table.concat(setmetatable({}, {__len = function() coroutine.yield("y") return 0 end}))`, "y"},
		{"close", `do local x <close> = setmetatable({}, {__close = function() coroutine.yield("y") end}) end`, "y"},
		{"close after an error", `pcall(function() local x <close> = setmetatable({}, {__close = function() coroutine.yield("y") end}) error("e") end)`, "y"},
		{"operators", `local mt = {} mt.__idiv = function() coroutine.yield("y") end mt.__band = mt.__idiv local t = setmetatable({}, mt) local _ = t // 1`, "y"},
	}
	for _, c := range cases {
		got := output(t, "local co = coroutine.create(function() "+c.src+` return "done" end)
			while coroutine.status(co) ~= "dead" do local ok, v = coroutine.resume(co) io.write(tostring(ok), ":", tostring(v), " ") end`)
		got = strings.TrimPrefix(got, "\n")
		if !strings.Contains(got, "true:"+c.want) || !strings.Contains(got, "true:done") {
			t.Errorf("%s: got %q", c.name, got)
		}
	}
}

// The fiber is parked while a stream is read, and other fibers run meanwhile.
func TestBlock(t *testing.T) {
	var out bytes.Buffer
	var work func()
	v := newTestVM(t, Options{Stdout: &out, Stdin: strings.NewReader("line\n"), Block: func(f *vm.Fiber, w func()) {
		work = w
		f.Park()
	}})
	fn, err := of(v).compile(nil, []byte(`print(pcall(coroutine.wrap(function() return io.read() end)))`), "=test", "t")
	if err != nil {
		t.Fatal(err)
	}
	f := v.NewFiber(nil)
	f.Start(fn)
	if f.Resume() != vm.Parked {
		t.Fatal("not parked")
	}
	if _, err := run(v, `print("meanwhile", io.read())`, "=test"); err != nil {
		t.Error(err)
	}
	work()
	f.Resume()
	f.Release()
	want := "meanwhile\tnil\tfile is in use by another task\t5\ntrue\tline\n"
	if out.String() != strings.Replace(want, "file", "File", 1) && out.String() != want {
		t.Errorf("got %q, want %q", out.String(), want)
	}
}
