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
