//go:build !purego

package vm

import lua "github.com/yuin/gopher-lua"

// enterFunction calls the Go function of a frame, whose arguments are on top of the
// registers. Its results are then, and it gives how many.
func enterFunction(L *lua.LState, fr *frame) int { return fr.Fn.GFunction(L) }

// ensureRegisters has a thread have at least n registers. The frame that runs is to be
// one that an error can be of.
func ensureRegisters(L *lua.LState, n int) {
	if rg := registryOf(L); n > len(rg.Array) {
		top := rg.Top
		L.SetTop(L.GetTop() + n - top) // gopher-lua has it grow, or raises the error
		rg.setTop(top)
	}
}

// callFunction calls the function that was pushed on L, with its arguments.
func callFunction(L *lua.LState, nargs, nret int) { L.Call(nargs, nret) }

// foreignFunctions has nothing to do: gopher-lua can call Lua functions.
func foreignFunctions([]lua.LValue) {}

// position puts before an error that gopher-lua has raised where that was, which it
// does by itself.
func position(_ *lua.LState, text string) string { return text }
