package syntax

import (
	"fmt"

	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/lua/bytecode"
)

// An inspector reads the operands of the instruction at pc, for an error message.
type inspector struct {
	L  *lua.LState
	fr frame
	p  *lua.FunctionProto
	pc int
}

// value is the value of a B or C operand, or nil if it can't be had.
func (in *inspector) value(rk int) lua.LValue {
	if rk&bytecode.ConstantBit != 0 {
		return in.p.Constants[rk&^bytecode.ConstantBit]
	}
	return in.fr.register(in.L, rk)
}

// variable is " (local 'x')" and the like, or empty.
func (in *inspector) variable(rk int) string {
	kind, name := bytecode.Namer{P: in.p}.Operand(rk, in.pc)
	if kind == "" {
		return ""
	}
	return fmt.Sprintf(" (%s '%s')", kind, name)
}
