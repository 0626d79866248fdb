package syntax

import (
	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/lua/bytecode"
)

// verify tells whether the code of a function that was read from a binary chunk
// stays within the function: every jump leads to an instruction, every operand
// names a register, a constant, an upvalue or a function that is there, and what
// takes as many values as there are follows what gives them. The functions inside
// were verified before.
func verify(p *lua.FunctionProto, info *protoInfo) bool {
	v := &verifier{p: p, code: p.Code, regs: int(p.NumUsedRegisters), consts: len(p.Constants) - 1}
	if v.regs < max(2, int(p.NumParameters)+1) || p.IsVarArg != 0 && p.IsVarArg != lua.VarArgIsVarArg || info.env > int(p.NumUpvalues)+1 {
		return false
	}
	for _, c := range info.closers {
		if c.start > c.end || c.end > len(v.code) || c.reg >= v.regs {
			return false
		}
	}
	if len(v.code) == 0 || !v.findStarts() {
		return false
	}
	for pc := range v.code {
		if v.starts[pc] && !v.instruction(pc) {
			return false
		}
	}
	return true
}

type verifier struct {
	p      *lua.FunctionProto
	code   []uint32
	regs   int
	consts int
	starts []bool // of each word, whether it is an instruction
	target []bool // and whether a jump leads to it
}

// findStarts tells the instructions from the words behind some of them.
func (v *verifier) findStarts() bool {
	v.starts, v.target = make([]bool, len(v.code)), make([]bool, len(v.code))
	for pc := 0; pc < len(v.code); {
		i := v.code[pc]
		if bytecode.Opcode(i) >= bytecode.Opcodes || bytecode.Opcode(i) == lua.OP_CLOSURE && bytecode.Bx(i) >= len(v.p.FunctionPrototypes) {
			return false
		}
		v.starts[pc] = true
		pc += bytecode.Width(v.p, pc)
	}
	for pc, i := range v.code {
		if v.starts[pc] {
			switch bytecode.Opcode(i) {
			case lua.OP_JMP, lua.OP_FORLOOP, lua.OP_FORPREP:
				to := pc + 1 + bytecode.SBx(i)
				if !v.start(to) {
					return false
				}
				v.target[to] = true
			}
		}
	}
	return true
}

func (v *verifier) start(pc int) bool { return pc >= 0 && pc < len(v.code) && v.starts[pc] }

func (v *verifier) reg(r int) bool { return r < v.regs }

func (v *verifier) constant(k int) bool { return k < v.consts }

func (v *verifier) rk(x int) bool {
	if x&bytecode.ConstantBit != 0 {
		return v.constant(x &^ bytecode.ConstantBit)
	}
	return v.reg(x)
}

func (v *verifier) upvalue(n int) bool { return n < int(v.p.NumUpvalues) }

// instruction checks the one at pc, and that there is one where it goes on.
func (v *verifier) instruction(pc int) bool {
	i := v.code[pc]
	op, a, b, c := bytecode.Opcode(i), bytecode.A(i), bytecode.B(i), bytecode.C(i)
	if op != lua.OP_RETURN && op != lua.OP_JMP && !v.start(pc+bytecode.Width(v.p, pc)) {
		return false
	}
	switch op {
	case lua.OP_EQ, lua.OP_LT, lua.OP_LE:
		return v.rk(b) && v.rk(c) && v.start(pc+2)
	case lua.OP_JMP, lua.OP_NOP:
		return true
	}
	if !v.reg(a) {
		return false
	}
	switch op {
	case lua.OP_MOVE, lua.OP_NOT, lua.OP_UNM, lua.OP_LEN:
		return v.reg(b)
	case lua.OP_MOVEN:
		return v.reg(b) && v.moves(pc, c)
	case lua.OP_LOADK, lua.OP_GETGLOBAL, lua.OP_SETGLOBAL:
		return v.constant(bytecode.Bx(i))
	case lua.OP_LOADBOOL:
		return c == 0 || v.start(pc+2)
	case lua.OP_LOADNIL:
		return a <= b && v.reg(b)
	case lua.OP_GETUPVAL, lua.OP_SETUPVAL:
		return v.upvalue(b)
	case lua.OP_GETTABLE, lua.OP_GETTABLEKS:
		return v.reg(b) && v.rk(c)
	case lua.OP_SELF:
		return v.reg(a+1) && v.reg(b) && v.rk(c)
	case lua.OP_NEWTABLE, lua.OP_CLOSE:
		return true
	case lua.OP_CONCAT:
		return b <= c && v.reg(c)
	case lua.OP_TEST:
		return v.start(pc + 2)
	case lua.OP_TESTSET:
		return v.reg(b) && v.start(pc+2)
	case lua.OP_CLOSURE:
		return v.captures(pc)
	case lua.OP_SETTABLE, lua.OP_SETTABLEKS:
		return v.rk(b) && v.rk(c)
	}
	if op >= lua.OP_ADD && op <= lua.OP_POW || op >= bytecode.OpIDiv && op <= bytecode.OpBNot {
		return v.rk(b) && v.rk(c)
	}
	return v.window(pc, op, a, b, c)
}

// window checks an instruction that uses the registers from A on.
func (v *verifier) window(pc, op, a, b, c int) bool {
	switch op {
	case lua.OP_CALL, lua.OP_TAILCALL:
		return v.taken(pc, a+1, b) && (op == lua.OP_TAILCALL || c == 0 || a+c-2 < v.regs)
	case lua.OP_RETURN:
		return v.taken(pc, a, b)
	case lua.OP_VARARG:
		return v.p.IsVarArg != 0 && (b == 0 || a+b-2 < v.regs)
	case lua.OP_SETLIST:
		batch := c
		if batch == 0 {
			batch = int(v.code[pc+1])
		}
		// Each value of the batches before has taken an instruction.
		return batch > 0 && (batch-1)*lua.FieldsPerFlush <= len(v.code) && v.taken(pc, a+1, b+min(b, 1))
	case lua.OP_FORPREP:
		to := pc + 1 + bytecode.SBx(v.code[pc])
		return v.reg(a+3) && v.start(to+1) && bytecode.Opcode(v.code[to]) == lua.OP_FORLOOP && bytecode.A(v.code[to]) == a
	case lua.OP_FORLOOP:
		return v.reg(a + 3)
	case lua.OP_TFORLOOP:
		return c > 0 && v.reg(a+2+c) && bytecode.Opcode(v.code[pc+1]) == lua.OP_JMP && v.start(pc+2)
	}
	return false
}

// taken checks the values that an instruction takes from a register on: one less
// than count, or for 0 all that the instruction before it has given.
func (v *verifier) taken(pc, from, count int) bool {
	if count > 0 {
		return from+count-2 < v.regs
	}
	if pc == 0 || !v.starts[pc-1] || v.target[pc] {
		return false
	}
	i := v.code[pc-1]
	open := false
	switch bytecode.Opcode(i) {
	case lua.OP_CALL:
		open = bytecode.C(i) == 0
	case lua.OP_VARARG:
		open = bytecode.B(i) == 0
	case lua.OP_TAILCALL:
		open = true
	}
	return open && bytecode.A(i) >= from
}

// moves checks the moves that the first of them does, too.
func (v *verifier) moves(pc, n int) bool {
	if !v.start(pc + n + 1) {
		return false
	}
	for _, i := range v.code[pc+1 : pc+n+1] {
		if bytecode.Opcode(i) != lua.OP_MOVE {
			return false
		}
	}
	return true
}

// captures checks the words behind a closure: which variables it captures.
func (v *verifier) captures(pc int) bool {
	for _, i := range v.code[pc+1 : pc+bytecode.Width(v.p, pc)] {
		switch bytecode.Opcode(i) {
		case lua.OP_MOVE:
			if !v.reg(bytecode.B(i)) {
				return false
			}
		case lua.OP_GETUPVAL:
			if !v.upvalue(bytecode.B(i)) {
				return false
			}
		default:
			return false
		}
	}
	return true
}
