package bytecode

import lua "github.com/yuin/gopher-lua"

// Operators of Lua 5.4 that gopher-lua has no instruction for. Their numbers are
// behind its own; their operands are those of lua.OP_ADD. OpBNot has its one
// operand in B and C.
const (
	OpIDiv = lua.OP_NOP + 1 + iota
	OpBAnd
	OpBOr
	OpBXor
	OpShl
	OpShr
	OpBNot
	Opcodes // how many there are
)
