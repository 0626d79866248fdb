// Package bytecode reads the instructions of gopher-lua's machine, whose layout
// that package doesn't export: what they are, and by what names the source calls
// the registers that they use.
package bytecode

import lua "github.com/yuin/gopher-lua"

// The bounds of an instruction's operands. An instruction is a uint32: opcode (6
// bits), A (8), C (9), B (9); Bx and the signed sBx take the place of C and B.
const (
	MaxA   = 1<<8 - 1
	MaxBC  = 1<<9 - 1
	MaxBx  = 1<<18 - 1
	MaxSBx = MaxBx >> 1
)

// ConstantBit is set in a B or C operand that is the index of a constant, not a
// register.
const ConstantBit = 1 << 8

// Opcode is which of lua.OP_MOVE and so on, or OpIDiv and so on, an instruction is.
func Opcode(i uint32) int { return int(i >> 26) }

// A is the operand A of an instruction.
func A(i uint32) int { return int(i>>18) & MaxA }

// B is the operand B of an instruction.
func B(i uint32) int { return int(i) & MaxBC }

// C is the operand C of an instruction.
func C(i uint32) int { return int(i>>9) & MaxBC }

// Bx is the operand Bx of an instruction.
func Bx(i uint32) int { return int(i) & MaxBx }

// SBx is the operand sBx of an instruction: for a jump, by how much it goes
// beyond the next instruction.
func SBx(i uint32) int { return Bx(i) - MaxSBx }

// Width is the number of code words that the instruction at pc takes: the ones
// after a closure name its upvalues, and the one after a large SETLIST is its
// batch number.
func Width(p *lua.FunctionProto, pc int) int {
	switch i := p.Code[pc]; Opcode(i) {
	case lua.OP_CLOSURE:
		return 1 + int(p.FunctionPrototypes[Bx(i)].NumUpvalues)
	case lua.OP_SETLIST:
		if C(i) == 0 {
			return 2
		}
	}
	return 1
}
