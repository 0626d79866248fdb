//go:build !purego

package layout

import lua "github.com/yuin/gopher-lua"

// Registers are the values of a thread, the beginning of lua.registry. Those from
// Top on are not in use.
type Registers struct {
	Array  []lua.LValue
	Top    int
	GrowBy int
}

// Get is the value of a register.
func (rg *Registers) Get(i int) lua.LValue { return rg.Array[i] }
