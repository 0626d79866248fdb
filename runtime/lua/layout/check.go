//go:build !purego

package layout

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"runtime/debug"
	"sync"

	lua "github.com/yuin/gopher-lua"
)

// Check tells whether all that this package takes for granted is so, and else names
// what isn't, with the versions of gopher-lua and Go. It looks once.
func Check() error { return checked() }

var checked = sync.OnceValue(func() error {
	if mismatch != nil {
		return fault(mismatch)
	}
	for _, p := range probes {
		if err := p.try(); err != nil {
			return fault(fmt.Errorf("%s: %w", p.assumption, err))
		}
	}
	return nil
})

// fault says which versions don't go together, and what to do.
func fault(cause error) error {
	return fmt.Errorf("gopher-lua %s, %s: %w; build with the versions that go.mod names, or with -tags purego", version(), runtime.Version(), cause)
}

// version is that of gopher-lua in this program.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "of unknown version"
	}
	for _, m := range info.Deps {
		if m.Path == "github.com/yuin/gopher-lua" {
			return m.Version
		}
	}
	return "of unknown version"
}

// A probe tries an assumption on a state made for it.
type probe struct {
	assumption string
	try        func() error
}

var probes = []probe{
	{"an interface is a type and a pointer to the value", tryBoxes},
	{"a call of a Go function has a frame, and its arguments in registers", tryCall},
	{"the results of a Go function come where its frame says", tryResults},
	{"a thread runs Lua functions by its loop, which SetContext exchanges", tryLoop},
	{"an open upvalue has its value in a register", tryUpvalues},
	{"upvalues that were made one have one value", tryShare},
	{"errors leave upvalues open where there is an error function", tryErrors},
	{"a call stack has room for as many frames as segments were given to it", tryStack},
	{"registers grow by the step that was set", tryGrowth},
	{"what threads share has metatables of basic types", tryGlobal},
}

// caught is the error of what panics, too.
func caught(try func() error) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("panic: %v", r)
		}
	}()
	return try()
}

// fails is an error unless what should be so is.
func fails(ok bool, what string, args ...any) error {
	if ok {
		return nil
	}
	return fmt.Errorf(what, args...)
}

func tryBoxes() error {
	n, f, i := lua.LNumber(1.5), probeFloat(2.5), probeInt(1<<62+1)
	x := Float64(lua.LNumber(0), (*float64)(&n))
	y := Float64(probeFloat(0), (*float64)(&f))
	z := Int64(probeInt(0), (*int64)(&i))
	a, ok1 := x.(lua.LNumber)
	b, ok2 := y.(probeFloat)
	c, ok3 := z.(probeInt)
	return errors.Join(
		fails(ok1 && a == 1.5 && x == lua.LValue(lua.LNumber(1.5)), "a float is %v", x),
		fails(ok2 && b == 2.5, "a float of another kind is %v", y),
		fails(ok3 && c == 1<<62+1, "an integer is %v", z),
	)
}

type probeFloat float64

func (probeFloat) String() string       { return "" }
func (probeFloat) Type() lua.LValueType { return lua.LTNumber }

type probeInt int64

func (probeInt) String() string       { return "" }
func (probeInt) Type() lua.LValueType { return lua.LTNumber }

func tryCall() (err error) {
	L := small()
	defer L.Close()
	fn := L.NewFunction(func(L *lua.LState) int {
		fr, rg, stack := *CurrentFrame(L), RegistersOf(L), StackOf(L)
		err = errors.Join(
			fails(fr.Parent != nil && fr.Parent.Parent == nil && fr.Idx == 1, "its frame is not the second one"),
			fails(fr.NArgs == 2 && fr.NRet == 1 && fr.Pc == 0 && fr.TailCall == 0, "it has %d arguments, %d results", fr.NArgs, fr.NRet),
			fails(fr.LocalBase == fr.Base+1 && rg.Array[fr.Base] == lua.LValue(fr.Fn), "its function is not below its arguments"),
			fails(rg.Top == fr.LocalBase+2 && rg.Array[fr.LocalBase+1] == lua.LValue(lua.LString("b")), "its arguments are not in its registers"),
			fails(stack.SegIdx == 0 && stack.SegSp == 2 && stack.Last() == fr, "the call stack has %d frames", stack.SegSp),
		)
		L.Push(lua.LTrue)
		return 1
	})
	L.Push(L.NewFunction(func(L *lua.LState) int {
		L.Push(fn)
		L.Push(lua.LString("a"))
		L.Push(lua.LString("b"))
		L.Call(2, 1)
		if (*CurrentFrame(L)).Fn == fn {
			err = errors.Join(err, errors.New("its frame stays after its return"))
		}
		return 0
	}))
	return errors.Join(caught(func() error { L.Call(0, 0); return nil }), err)
}

func tryResults() error {
	L := small()
	defer L.Close()
	L.SetTop(3)
	L.Push(L.NewFunction(func(L *lua.LState) int {
		fr := *CurrentFrame(L)
		fr.ReturnBase, fr.NRet = fr.ReturnBase-2, 3
		L.Push(lua.LString("x"))
		return 1
	}))
	return caught(func() error {
		L.Call(0, lua.MultRet)
		rg := RegistersOf(L)
		return fails(rg.Top == 4 && rg.Array[1] == lua.LValue(lua.LString("x")) && rg.Array[3] == lua.LValue(lua.LNil),
			"%d registers are in use", rg.Top)
	})
}

// endless is a Lua function that gopher-lua's own loop would never leave.
func endless(L *lua.LState) *lua.LFunction {
	const jump = uint32(lua.OP_JMP)<<26 | (1<<17 - 2)
	return L.NewFunctionFromProto(&lua.FunctionProto{Code: []uint32{jump}, NumUsedRegisters: 2, DbgSourcePositions: []int{1}})
}

func tryLoop() error {
	L := small()
	defer L.Close()
	inherited := *LoopOf(L)
	runs := 0
	*LoopOf(L) = func(L *lua.LState, base *Frame) {
		runs++
		if fr := *CurrentFrame(L); fr == base && !fr.Fn.IsG {
			StackOf(L).Pop()
			*CurrentFrame(L) = StackOf(L).Last()
		}
	}
	L.G.MainThread, L.G.CurrentThread = L, L
	return caught(func() error {
		if inherited == nil {
			return errors.New("there is none")
		}
		L.Push(endless(L))
		L.Call(0, 0)
		if runs != 1 || *CurrentFrame(L) != nil {
			return fmt.Errorf("it ran %d times", runs)
		}
		L.SetContext(context.Background())
		L.Push(L.NewFunction(func(*lua.LState) int { runs += 10; return 0 }))
		L.Call(0, 0)
		return fails(runs == 11, "SetContext doesn't exchange it")
	})
}

func tryUpvalues() error {
	L := small()
	defer L.Close()
	L.SetTop(4)
	rg := RegistersOf(L)
	b, a := Capture(L, 2), Capture(L, 1)
	rg.Array[1] = lua.LString("one")
	b.SetValue(lua.LString("two"))
	if a.Value() != lua.LValue(lua.LString("one")) || rg.Get(2) != lua.LValue(lua.LString("two")) || a.IsClosed() {
		return errors.New("what is set in one is not seen in the other")
	}
	if Capture(L, 1) != a || (*OpenUpvalues(L)).Cell() != a || (*OpenUpvalues(L)).Next.Cell() != b {
		return errors.New("it is not found again")
	}
	CloseUpvalues(L, 2)
	rg.Array[2] = lua.LNil
	return fails(b.Value() == lua.LValue(lua.LString("two")) && b.IsClosed() && !a.IsClosed(), "closing doesn't keep the value")
}

func tryShare() error {
	var a, b lua.Upvalue
	a.Close()
	b.Close()
	a.SetValue(lua.LString("a"))
	ShareCell(&a, &b)
	if b.Value() != lua.LValue(lua.LString("a")) {
		return errors.New("the value of the first is not that of the second")
	}
	b.SetValue(lua.LTrue)
	return fails(a.Value() == lua.LValue(lua.LTrue), "what is set in one is not seen in the other")
}

func tryErrors() error {
	L := small()
	defer L.Close()
	KeepUpvalues(L)
	L.SetTop(1)
	uv := Capture(L, 0)
	L.Panic = func(*lua.LState) { panic("as it should be") }
	err := caught(func() error { L.RaiseError("x"); return nil })
	return errors.Join(fails(err != nil, "there is no error"), fails(!uv.IsClosed(), "it is closed"))
}

func tryStack() error {
	L := small()
	defer L.Close()
	const more = 10
	stack := StackOf(L)
	grown := make([]*Segment, len(stack.Segments)+more)
	copy(grown, stack.Segments)
	stack.Segments = grown
	frames, deepest := len(grown)*lua.FramesPerSegment, 0
	var fn *lua.LFunction
	fn = L.NewFunction(func(L *lua.LState) int {
		if deepest++; deepest < frames {
			L.Push(fn)
			L.Call(0, 0)
		}
		return 0
	})
	L.Push(fn)
	return caught(func() error {
		L.Call(0, 0)
		return fails(deepest == frames && stack.Last() == nil, "%d of %d frames", deepest, frames)
	})
}

func tryGrowth() error {
	L := small()
	defer L.Close()
	rg := RegistersOf(L)
	rg.GrowBy = 1000
	was := len(rg.Array)
	return caught(func() error {
		L.SetTop(was + 1)
		return fails(len(rg.Array) == was+1001, "%d grew to %d", was, len(rg.Array))
	})
}

func tryGlobal() error {
	L := &lua.LState{G: NewGlobal()}
	mt := &lua.LTable{}
	return caught(func() error {
		L.SetMetatable(lua.LNumber(1), mt)
		return fails(L.G != nil && L.GetMetatable(lua.LNumber(2)) == lua.LValue(mt), "it is not found again")
	})
}
