//go:build purego

package vm

import (
	"strconv"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/lua/layout"
	"devnode/runtime/lua/value"
)

// In the build with the tag purego, Lua functions run on frames and registers of
// devnode's own, and gopher-lua's stack has the arguments and results of the Go
// functions that call them or are called. For gopher-lua a Lua function is a Go
// function that runs it.

// enterFunction calls the Go function of a frame, whose arguments are on top of the
// registers. Its results are then, and it gives how many.
func enterFunction(L *lua.LState, fr *frame) int {
	rg, before := registryOf(L), L.GetTop()
	L.Push(fr.Fn)
	for i := range fr.NArgs {
		L.Push(rg.get(fr.LocalBase + i))
	}
	L.Call(fr.NArgs, lua.MultRet)
	given := L.GetTop() - before
	rg.setTop(fr.LocalBase + fr.NArgs)
	ensureRegisters(L, rg.Top+given)
	for i := range given {
		rg.set(rg.Top, L.Get(before+1+i))
	}
	L.SetTop(before)
	return given
}

// ensureRegisters has a thread have at least n registers.
func ensureRegisters(L *lua.LState, n int) {
	rg := registryOf(L)
	if n <= len(rg.Array) {
		return
	}
	if n > registerMax {
		L.RaiseError("registry overflow")
	}
	grown := make([]lua.LValue, min(n+max(registerStep, rg.GrowBy), registerMax))
	copy(grown, rg.Array)
	rg.Array = grown
}

// callFunction calls the function that was pushed on L, with its arguments.
func callFunction(L *lua.LState, nargs, nret int) {
	at := L.GetTop() - nargs
	fn, ok := L.Get(at).(*lua.LFunction)
	switch {
	case !ok:
	case fn.IsG:
		callGoFunction(L, fn, nargs, nret)
		return
	default:
		L.Replace(at, asGo(fn))
	}
	L.Call(nargs, nret)
}

// callGoFunction is callFunction for a Go function, which has a frame while it runs.
func callGoFunction(L *lua.LState, fn *lua.LFunction, nargs, nret int) {
	f, rg := Of(L), registryOf(L)
	f.nested++
	if f.nested > maxNested+f.spare {
		Throw(L, lua.LString(f.Where(1)+errGoOverflow))
	}
	base := rg.Top
	ensureRegisters(L, base+1)
	rg.set(base, fn)
	fr := push(L, frame{Fn: fn, Parent: currentFrame(L), Base: base, LocalBase: base + 1, ReturnBase: base, NArgs: 0, NRet: nret})
	if f.ticks--; f.ticks <= 0 && f.tick() != nil {
		L.RaiseError("%s", f.fault.Error())
	}
	if f.hooks() && (f.hook.Call || f.hook.Return) {
		fr.Fn = f.wrapped(fn, false)
		L.Replace(L.GetTop()-nargs, fr.Fn)
	}
	if !value.Knows(fn) {
		for i := L.GetTop() - nargs + 1; i <= L.GetTop(); i++ {
			if v := L.Get(i); v.Type() == lua.LTNumber {
				L.Replace(i, value.Plain(v))
			} else if fn, ok := v.(*lua.LFunction); ok && !fn.IsG {
				L.Replace(i, asGo(fn))
			}
		}
	}
	L.Call(nargs, nret)
	callStackOf(L).Pop()
	*currentFrameOf(L) = fr.Parent
	rg.setTop(base)
	f.nested--
}

// asGo is a Lua function as gopher-lua can call it.
func asGo(fn *lua.LFunction) *lua.LFunction {
	return value.Function(func(L *lua.LState) int { return runFunction(L, fn) })
}

// runFunction runs a Lua function with the arguments of the Go function that runs.
func runFunction(L *lua.LState, fn *lua.LFunction) int {
	rg, n := registryOf(L), L.GetTop()
	base := rg.Top
	ensureRegisters(L, base+1+n)
	rg.set(base, fn)
	for i := range n {
		rg.set(base+1+i, L.Get(i+1))
	}
	fr := push(L, frame{Fn: fn, Parent: currentFrame(L), Base: base, LocalBase: base + 1, ReturnBase: base, NArgs: n, NRet: lua.MultRet})
	run := *layout.LoopOf(L)
	run(L, fr)
	given := rg.Top - base
	L.SetTop(given)
	for i := range given {
		L.Replace(i+1, rg.get(base+i))
	}
	rg.setTop(base)
	return given
}

// foreignFunctions makes Go functions of Lua functions that a function is given which
// calls them by gopher-lua's own means.
func foreignFunctions(args []lua.LValue) {
	for i, v := range args {
		if fn, ok := v.(*lua.LFunction); ok && !fn.IsG {
			args[i] = asGo(fn)
		}
	}
}

// position puts before an error that gopher-lua has raised where that was. It begins
// with a blank, as gopher-lua knows of no Lua function.
func position(L *lua.LState, text string) string {
	rest, ok := strings.CutPrefix(text, " ")
	if !ok {
		return text
	}
	for fr := currentFrame(L); fr != nil; fr = fr.Parent {
		if !fr.Fn.IsG {
			if fr == currentFrame(L).Parent && strings.HasPrefix(rest, "bad argument #") {
				rest = strings.Replace(rest, " to (anonymous) ", " to "+callName(fr)+" ", 1)
			}
			return fr.Fn.Proto.SourceName + ":" + strconv.Itoa(lineOf(fr)) + ": " + rest
		}
	}
	return text
}

// callName is what the function that fr is calling is called, as gopher-lua has it.
func callName(fr *frame) string {
	for _, call := range fr.Fn.Proto.DbgCalls {
		if call.Pc == fr.Pc-1 {
			return call.Name
		}
	}
	return "(anonymous)"
}
