package vm

import (
	"slices"
	"testing"

	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/lua/value"
)

// walkedLines walks v, and if stacks is set also those of its coroutines and of
// the fibers, and lists the lines that the functions found begin at.
func walkedLines(v *VM, stacks bool, fibers ...*Fiber) []int {
	var lines []int
	w := NewWalker(func(fn *lua.LFunction) { lines = append(lines, fn.Proto.LineDefined) })
	w.VM(v)
	if stacks {
		w.Stacks(fibers...)
	}
	slices.Sort(lines)
	return slices.Compact(lines)
}

// The function to be found stands on line 2; the main chunk is line 0.
func TestWalkValues(t *testing.T) {
	for name, src := range map[string]string{
		"global":           "x =\nfunction() end",
		"table":            "x = {1, {a = {\nfunction() end}}}",
		"key":              "x = {[\nfunction() end] = true}",
		"key of a table":   "x = {[{\nfunction() end}] = true}",
		"table in itself":  "x = {} x.x = x x.f =\nfunction() end",
		"upvalue":          "local t = {}\nfunction t.f() end\nfunction x() return t end",
		"upvalue, open":    "local t = {}\nfunction t.f() end\nx = create(function() yield(function() return t end) end) resume(x)",
		"unstarted":        "x = create(\nfunction() end)",
		"leaf's metatable": "x = {n = 1} setmetatable(x, {__index =\nfunction() end})",
	} {
		t.Run(name, func(t *testing.T) {
			v := newTestVM(t)
			v.Globals().RawSetString("setmetatable", v.NewFunction(func(L *lua.LState) int {
				value.SetMeta(value.CheckTable(L, 1), value.CheckTable(L, 2))
				return 0
			}))
			run(t, v, src)
			if lines := walkedLines(v, true); !slices.Contains(lines, 2) {
				t.Errorf("found %v, want line 2 among them", lines)
			}
		})
	}
}

// What a parked fiber's frames hold is found with its stack only, and the
// functions that are called there are not; EachFrame shows these.
func TestWalkStacks(t *testing.T) {
	v := newTestVM(t)
	f := v.NewFiber(nil)
	f.Start(compile(t, v, `local called = function(f) f() end; called(
		function()
			local held =
				function() return 1 end
			pcall(function()
				local inner =
					function() return 2 end
				park() inner() held()
			end)
		end)`))
	f.Resume()
	if got := walkedLines(v, false); len(got) != 0 {
		t.Errorf("without stacks: %v", got)
	}
	if got, want := walkedLines(v, true, f), []int{1, 2, 4, 5, 7}; !slices.Equal(got, want) {
		t.Errorf("with stacks: %v, want %v", got, want)
	}
	var frames []int
	f.EachFrame(func(fn *lua.LFunction, line int) *lua.LFunction {
		frames = append(frames, fn.Proto.LineDefined)
		if fn.Proto.LineDefined == 5 {
			return &lua.LFunction{Env: fn.Env, Proto: fn.Proto, Upvalues: fn.Upvalues}
		}
		return nil
	})
	if want := []int{5, 2, 1, 0}; !slices.Equal(frames, want) {
		t.Errorf("frames: %v, want %v", frames, want)
	}
	if f.Resume() != Dead || f.Failure() != nil {
		t.Errorf("after the frame got another function: %v", f.Failure())
	}
	f.Release()
}

func BenchmarkWalk(b *testing.B) {
	v := newTestVM(b)
	run(b, v, "x = {} for i = 1, 100000 do x[i] = {id = i, pos = {x = 1, y = 2}} end")
	for b.Loop() {
		walkedLines(v, false)
	}
}
