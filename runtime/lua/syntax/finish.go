package syntax

import (
	"slices"

	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/lua/bytecode"
)

// finish makes the prototype, with no slice longer than what is in it.
func (f *funcGen) finish() *lua.FunctionProto {
	f.threadJumps()
	p := &lua.FunctionProto{
		SourceName:         f.g.chunk,
		LineDefined:        f.fn.Line(),
		LastLineDefined:    f.fn.LastLine(),
		NumUpvalues:        uint8(len(f.fn.upvalues)),
		NumParameters:      uint8(len(f.fn.params)),
		NumUsedRegisters:   f.registers(),
		Code:               withHints(f.code),
		DbgSourcePositions: clip(f.lines),
		FunctionPrototypes: clip(f.protos),
		DbgCalls:           clip(f.calls),
	}
	if f.fn.parent == nil {
		p.LastLineDefined = 0
	}
	if f.fn.vararg {
		p.IsVarArg = lua.VarArgIsVarArg
	}
	for _, v := range f.fn.upvalues {
		p.DbgUpvalues = append(p.DbgUpvalues, v.name)
	}
	p.DbgUpvalues = slices.Clip(p.DbgUpvalues)
	f.addInfo()
	p.Constants = clip(f.consts.values)
	f.setLocals(p)
	mergeMoves(p)
	return p
}

// withHints is code with a capacity of twice its length: what is behind it is the
// machine's (vm.hints).
func withHints(code []uint32) []uint32 {
	return append(make([]uint32, 0, 2*len(code)), code...)
}

// registers is what a frame of the function reserves. A tail call moves one
// register less than that down, which must not be a parameter's.
func (f *funcGen) registers() uint8 {
	return uint8(max(f.highest, len(f.fn.params)+1, 2))
}

// clip copies a slice that is going to be used again.
func clip[T any](s []T) []T {
	if len(s) == 0 {
		return nil
	}
	return append(make([]T, 0, len(s)), s...)
}

func (f *funcGen) setLocals(p *lua.FunctionProto) {
	if len(f.locals) == 0 {
		return
	}
	all := clip(f.locals)
	p.DbgLocals = make([]*lua.DbgLocalInfo, len(all))
	for i := range all {
		p.DbgLocals[i] = &all[i]
	}
}

// threadJumps lets a jump that leads to another jump go to that one's target.
func (f *funcGen) threadJumps() {
	const maxHops = 8 // an empty loop would go on for ever
	for pc := 0; pc < len(f.code); pc++ {
		i := f.code[pc]
		switch bytecode.Opcode(i) {
		case lua.OP_JMP:
			target := pc + 1 + bytecode.SBx(i)
			for hops := 0; hops < maxHops && target < len(f.code) && bytecode.Opcode(f.code[target]) == lua.OP_JMP; hops++ {
				target += 1 + bytecode.SBx(f.code[target])
			}
			if d := target - (pc + 1); d <= bytecode.MaxSBx && d >= -bytecode.MaxSBx {
				f.code[pc] = encodeAsBx(lua.OP_JMP, 0, d)
			}
		case lua.OP_CLOSURE:
			pc += int(f.protos[bytecode.Bx(i)].NumUpvalues)
		case lua.OP_SETLIST:
			if bytecode.C(i) == 0 {
				pc++
			}
		}
	}
}

// mergeMoves makes the first of several moves in a row do all of them. The
// others stay as they are, for jumps that lead between them.
func mergeMoves(p *lua.FunctionProto) {
	code := p.Code
	for pc := 0; pc < len(code); pc += bytecode.Width(p, pc) {
		if bytecode.Opcode(code[pc]) != lua.OP_MOVE {
			continue
		}
		n := 0
		for n < bytecode.MaxBC && pc+n+1 < len(code) && bytecode.Opcode(code[pc+n+1]) == lua.OP_MOVE {
			n++
		}
		if n > 0 {
			code[pc] = encodeABC(lua.OP_MOVEN, bytecode.A(code[pc]), bytecode.B(code[pc]), n)
			pc += n
		}
	}
}
