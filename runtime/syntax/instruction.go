package syntax

import lua "github.com/yuin/gopher-lua"

// Instructions of gopher-lua's machine, one uint32 each: opcode (6 bits), A (8),
// C (9), B (9); Bx and the signed sBx take the place of C and B.
const (
	maxA     = 1<<8 - 1
	maxBC    = 1<<9 - 1
	maxBx    = 1<<18 - 1
	maxSBx   = maxBx >> 1
	rkBit    = 1 << 8 // a B or C operand that is a constant's index
	maxRK    = rkBit - 1
	maxReg   = 250
	opUnused = lua.OP_NOP
)

func encodeABC(op, a, b, c int) uint32 {
	return uint32(op)<<26 | uint32(a)<<18 | uint32(c)<<9 | uint32(b)
}

func encodeABx(op, a, bx int) uint32 {
	return uint32(op)<<26 | uint32(a)<<18 | uint32(bx)
}

func encodeAsBx(op, a, sbx int) uint32 { return encodeABx(op, a, sbx+maxSBx) }

func opcode(i uint32) int { return int(i >> 26) }
func argA(i uint32) int   { return int(i>>18) & maxA }
func argB(i uint32) int   { return int(i) & maxBC }
func argC(i uint32) int   { return int(i>>9) & maxBC }
func argBx(i uint32) int  { return int(i) & maxBx }
func argSBx(i uint32) int { return argBx(i) - maxSBx }

// width is the number of code words that the instruction at pc takes: the ones
// after a closure name its upvalues, and the one after a large SETLIST is its
// batch number.
func width(p *lua.FunctionProto, pc int) int {
	switch i := p.Code[pc]; opcode(i) {
	case lua.OP_CLOSURE:
		return 1 + int(p.FunctionPrototypes[argBx(i)].NumUpvalues)
	case lua.OP_SETLIST:
		if argC(i) == 0 {
			return 2
		}
	}
	return 1
}
