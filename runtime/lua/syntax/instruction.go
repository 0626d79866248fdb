package syntax

import (
	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/lua/bytecode"
)

// The bounds of what the generator emits: constants that are operands, registers,
// and an instruction that the machine doesn't use.
const (
	maxRK    = bytecode.ConstantBit - 1
	maxReg   = 250
	opUnused = lua.OP_NOP
)

func encodeABC(op, a, b, c int) uint32 {
	return uint32(op)<<26 | uint32(a)<<18 | uint32(c)<<9 | uint32(b)
}

func encodeABx(op, a, bx int) uint32 {
	return uint32(op)<<26 | uint32(a)<<18 | uint32(bx)
}

func encodeAsBx(op, a, sbx int) uint32 { return encodeABx(op, a, sbx+bytecode.MaxSBx) }
