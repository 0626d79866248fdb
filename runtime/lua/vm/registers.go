//go:build !purego

package vm

import lua "github.com/yuin/gopher-lua"

// get is the value of a register.
func (rg *registry) get(i int) lua.LValue { return rg.Array[i] }

// set gives a register a value. A frame's registers are all there from its
// beginning.
func (rg *registry) set(i int, v lua.LValue) {
	rg.Array[i] = v
	if i >= rg.Top {
		rg.Top = i + 1
	}
}

// put is set for a register that is in use.
func (rg *registry) put(i int, v lua.LValue) { rg.Array[i] = v }

// registersOf are the registers of th that are in use.
func registersOf(th *lua.LState) []lua.LValue {
	rg := registryOf(th)
	return rg.Array[:min(rg.Top, len(rg.Array))]
}
