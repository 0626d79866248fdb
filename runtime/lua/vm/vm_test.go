package vm

import (
	"errors"
	"runtime"
	"strings"
	"testing"
	"time"

	lua "github.com/yuin/gopher-lua"
	"github.com/yuin/gopher-lua/parse"
)

// newTestVM makes a VM with the few functions these tests need, and checks at
// the end that no goroutine is left.
func newTestVM(t testing.TB) *VM {
	before := runtime.NumGoroutine()
	pool := NewPool()
	v := New(pool)
	reg := func(name string, fn lua.LGFunction) {
		v.Globals().RawSetString(name, v.NewFunction(fn))
	}
	reg("pcall", func(L *lua.LState) int { return Of(L).ProtectedCall(L, 1, nil) })
	reg("xpcall", func(L *lua.LState) int {
		h := L.Get(2)
		L.Remove(2)
		return Of(L).ProtectedCall(L, 1, h)
	})
	reg("error", func(L *lua.LState) int { Throw(L, L.Get(1)); return 0 })
	reg("traceback", func(L *lua.LState) int {
		L.Push(lua.LString(Of(L).Traceback(L.CheckString(1), 1)))
		return 1
	})
	reg("park", func(L *lua.LState) int { Of(L).Park(); return 0 })
	reg("create", func(L *lua.LState) int {
		L.Push(v.NewCoroutine(L.CheckFunction(1)).Identity())
		return 1
	})
	reg("resume", func(L *lua.LState) int {
		co := CoroutineOf(L.CheckThread(1))
		var args []lua.LValue
		for i := 2; i <= L.GetTop(); i++ {
			args = append(args, L.Get(i))
		}
		out, err := Of(L).ResumeCoroutine(co, args)
		if err != nil {
			L.Push(lua.LFalse)
			L.Push(err.Value)
			return 2
		}
		L.Push(lua.LTrue)
		for _, o := range out {
			L.Push(o)
		}
		return len(out) + 1
	})
	reg("yield", func(L *lua.LState) int {
		var args []lua.LValue
		for i := 1; i <= L.GetTop(); i++ {
			args = append(args, L.Get(i))
		}
		in, _ := Of(L).Yield(args)
		for _, o := range in {
			L.Push(o)
		}
		return len(in)
	})
	t.Cleanup(func() {
		v.Close()
		pool.Close()
		for range 1000 {
			if runtime.NumGoroutine() <= before {
				return
			}
			runtime.Gosched()
			time.Sleep(time.Millisecond)
		}
		t.Errorf("%d goroutines before, %d after", before, runtime.NumGoroutine())
	})
	return v
}

func compile(t testing.TB, v *VM, src string) *lua.LFunction {
	chunk, err := parse.Parse(strings.NewReader(src), "test.lua")
	if err != nil {
		t.Fatal(err)
	}
	proto, err := lua.Compile(chunk, "test.lua")
	if err != nil {
		t.Fatal(err)
	}
	return v.NewClosure(proto)
}

// runAll resumes the fiber through its parks and returns how often it parked.
func runAll(f *Fiber) int {
	parks := 0
	for f.Resume() == Parked {
		parks++
	}
	return parks
}

func run(t testing.TB, v *VM, src string) ([]lua.LValue, int) {
	f := v.NewFiber(nil)
	defer f.Release()
	f.Start(compile(t, v, src))
	parks := runAll(f)
	if err := f.Failure(); err != nil {
		t.Fatalf("%s: %v", src, err)
	}
	return f.Results(), parks
}

func join(vs []lua.LValue) string {
	var s []string
	for _, v := range vs {
		s = append(s, v.String())
	}
	return strings.Join(s, " ")
}

func TestRun(t *testing.T) {
	cases := []struct {
		name, src, want string
		parks           int
	}{
		{"results", `return 1, "a", nil`, "1 a nil", 0},
		{"caught error keeps captured locals",
			`local x=1; local function inc() x=x+1 end; pcall(error,'b'); inc(); return x`, "2", 0},
		{"error of an inner function keeps captured locals",
			`local x=1; local function inc() x=x+1 end
			 local function bad() local y = x; local z = function() return y end; error(z()) end
			 local ok, e = pcall(bad); inc(); return x, ok, e`, "2 false 1", 0},
		{"park inside pcall", `local r = {pcall(function() park() return 7 end)} return r[1], r[2]`, "true 7", 1},
		{"park inside an iterator", `for i in function(_, i) park() i = (i or 0) + 1 if i < 4 then return i end end do end return 1`, "1", 4},
		{"park inside a metamethod", `local t = {} ; return 1`, "1", 0},
		{"yield across pcall", `local co = create(function(a) local ok, v = pcall(yield, a+1) return v end)
			local _, x = resume(co, 1); local _, y = resume(co, 10); return x, y`, "2 10", 0},
		{"park inside a coroutine", `local co = create(function() park() yield(1) park() return 2 end)
			local _, x = resume(co); local _, y = resume(co); local ok, z = resume(co); return x, y, ok, z`,
			"1 2 false cannot resume dead coroutine", 2},
		{"park inside a coroutine inside a coroutine", `local co = create(function()
			local inner = create(function() park() yield(5) end)
			local _, v = resume(inner) yield(v) end)
			local _, x = resume(co) return x`, "5", 1},
		{"error object", `local t = {} local ok, e = pcall(error, t) return ok, e == t`, "false true", 0},
		{"handler sees the frames", `local function bad() error("x") end
			local _, tb = xpcall(bad, traceback) return tb`,
			"x\nstack traceback:\n\t[C]: in function 'error'\n\ttest.lua:1: in function <test.lua:1>\n\t[C]: in function 'xpcall'\n\ttest.lua:2: in main chunk", 0},
		{"deep recursion", `local function sum(n) if n == 0 then return 0 end return n + sum(n-1) end return sum(100000)`, "5000050000", 0},
		{"endless recursion", `local function f() return 1 + f() end local ok, e = pcall(f) return ok, e`, "false test.lua:1: stack overflow", 0},
		{"coroutine in a loop", `local n = 0 for i = 1, 100 do local co = create(function() yield(i) end) local _, v = resume(co) n = n + v end return n`, "5050", 0},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			v := newTestVM(t)
			got, parks := run(t, v, c.src)
			if join(got) != c.want || parks != c.parks {
				t.Errorf("got %q after %d parks, want %q after %d", join(got), parks, c.want, c.parks)
			}
		})
	}
}

func TestNestedProtectedCallsAreBounded(t *testing.T) {
	v := newTestVM(t)
	got, _ := run(t, v, `local n = 0 local function f() n = n + 1 local ok, e = pcall(f) return e end local e = f() return n > 100 and n < 250, e`)
	if !strings.Contains(join(got), "true") || !strings.Contains(join(got), "C stack overflow") {
		t.Errorf("got %q", join(got))
	}
}

func TestUncaughtErrorHasTraceback(t *testing.T) {
	v := newTestVM(t)
	f := v.NewFiber(nil)
	defer f.Release()
	f.Start(compile(t, v, "local function g()\n error('oops')\nend\npcall(park)\ng()"))
	runAll(f)
	err := f.Failure()
	if err == nil || err.Value.String() != "oops" || !strings.Contains(err.Traceback, "test.lua:2:") || !strings.Contains(err.Traceback, "test.lua:5: in main chunk") {
		t.Errorf("failure %v", err)
	}
}

// TestTooManyArguments starts a body with more values than a thread can have.
func TestTooManyArguments(t *testing.T) {
	v := newTestVM(t)
	f := v.NewFiber(nil)
	defer f.Release()
	f.Start(compile(t, v, `return select`), make([]lua.LValue, 2*registerMax)...)
	f.Resume()
	if err := f.Failure(); err == nil || !strings.Contains(err.Value.String(), "overflow") {
		t.Errorf("failed with %v, want an overflow", err)
	}
}

func TestKillParked(t *testing.T) {
	v := newTestVM(t)
	f := v.NewFiber(nil)
	defer f.Release()
	f.Start(compile(t, v, `after = 1; pcall(pcall, function() local co = create(function() park() after = 2 end) resume(co) after = 3 end) after = 4`))
	if f.Resume() != Parked {
		t.Fatal("not parked")
	}
	f.Kill()
	if f.State() != Dead || !f.Failure().Killed || v.Globals().RawGetString("after").String() != "1" {
		t.Errorf("state %v, failure %v, after %v", f.State(), f.Failure(), v.Globals().RawGetString("after"))
	}
}

func TestInterruptLoop(t *testing.T) {
	v := newTestVM(t)
	v.OnInterrupt = func(*Fiber) error { return errors.New("signal 0") }
	v.Interrupt()
	f := v.NewFiber(nil)
	defer f.Release()
	f.Start(compile(t, v, "while true do\n pcall(function() while true do end end)\nend"))
	f.Resume()
	if err := f.Failure(); err == nil || err.Value.String() != "signal 0" || !strings.Contains(err.Traceback, "test.lua:2") {
		t.Errorf("failure %v", err)
	}
}

func TestInterruptMayPark(t *testing.T) {
	v := newTestVM(t)
	v.OnInterrupt = func(f *Fiber) error { f.Park(); return nil }
	v.Interrupt()
	_, parks := run(t, v, `local n = 0 while n < 10000 do n = n + 1 end`)
	if parks != 1 {
		t.Errorf("%d parks, want 1", parks)
	}
}

func BenchmarkHandler(b *testing.B) {
	v := newTestVM(b)
	fn := compile(b, v, `return 1`)
	f := v.NewFiber(nil)
	defer f.Release()
	b.ReportAllocs()
	for b.Loop() {
		f.Start(fn)
		f.Resume()
	}
}

func BenchmarkPark(b *testing.B) {
	v := newTestVM(b)
	f := v.NewFiber(nil)
	defer f.Release()
	f.Start(compile(b, v, `while true do park() end`))
	b.ReportAllocs()
	for b.Loop() {
		f.Resume()
	}
	f.Kill()
}

func BenchmarkProtectedCall(b *testing.B) {
	v := newTestVM(b)
	f := v.NewFiber(nil)
	defer f.Release()
	f.Start(compile(b, v, `local g = function() end park() while true do for i = 1, 100 do pcall(g) end park() end`))
	f.Resume()
	b.ReportAllocs()
	for i := 0; i < b.N; i += 100 {
		f.Resume()
	}
	f.Kill()
}

func BenchmarkResumeYield(b *testing.B) {
	v := newTestVM(b)
	f := v.NewFiber(nil)
	defer f.Release()
	f.Start(compile(b, v, `local co = create(function() while true do yield() end end) park() while true do for i = 1, 100 do resume(co) end park() end`))
	f.Resume()
	b.ReportAllocs()
	for i := 0; i < b.N; i += 100 {
		f.Resume()
	}
	f.Kill()
}
