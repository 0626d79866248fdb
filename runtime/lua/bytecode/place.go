package bytecode

import (
	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/lua/value"
)

// A Place is where an activation of a function goes on in a newer version of it:
// behind a call that both make, with the variables that both have; or behind the
// call of an iterator by a loop that both have.
type Place struct {
	Pc        int      // of the call, in the new code
	OldBase   int      // the register of the called function, in the old code
	Base      int      // and in the new
	Results   int      // that the new code wants of the call, lua.MultRet for all
	Registers []Origin // of the new code, below Base

	// Kept are the variables that keep their values although the new code begins
	// them with others.
	Kept []string
}

// An Origin is where a register gets its value from.
type Origin struct {
	Register int        // of the old code, -1 for none
	Value    lua.LValue // in its place, if it isn't nil
	Name     string     // of the variable, empty for what has none

	// Captured tells that the new code has functions that capture the variable,
	// and so ends its time in the register as it should be. If there are none,
	// those of the old code must be given a variable of their own, which is
	// Separable where nobody assigns to it.
	Captured  bool
	Separable bool
}

// MakesTables tells whether the place has tables for its activation alone.
func (p *Place) MakesTables() bool {
	for _, o := range p.Registers {
		if _, ok := o.Value.(*value.Table); ok {
			return true
		}
	}
	return false
}
