package vm

import (
	lua "github.com/yuin/gopher-lua"
)

// calledName finds out what the function that fr is calling is called in the
// source, and what kind of name that is, by looking for the instruction that
// put the function into its register (funcnamefromcode in C Lua's ldebug.c).
func (fr *frame) calledName() (name, what string) {
	if fr.Fn.IsG {
		return "", ""
	}
	p, pc := fr.Fn.Proto, fr.Pc-1
	if pc < 0 || pc >= len(p.Code) {
		return "", ""
	}
	i := p.Code[pc]
	switch op := opcode(i); op {
	case lua.OP_CALL, lua.OP_TAILCALL:
		return (&namer{p}).register(argA(i), pc)
	case lua.OP_TFORLOOP:
		return "for iterator", "for iterator"
	default:
		if event := events[op]; event != "" {
			return event, "metamethod"
		}
	}
	return "", ""
}

// events are the metamethods that instructions call.
var events = map[int]string{
	lua.OP_GETGLOBAL: "index", lua.OP_GETTABLE: "index", lua.OP_GETTABLEKS: "index", lua.OP_SELF: "index",
	lua.OP_SETGLOBAL: "newindex", lua.OP_SETTABLE: "newindex", lua.OP_SETTABLEKS: "newindex",
	lua.OP_ADD: "add", lua.OP_SUB: "sub", lua.OP_MUL: "mul", lua.OP_DIV: "div", lua.OP_MOD: "mod",
	lua.OP_POW: "pow", lua.OP_UNM: "unm", lua.OP_LEN: "len", lua.OP_CONCAT: "concat",
	lua.OP_EQ: "eq", lua.OP_LT: "lt", lua.OP_LE: "le",
}

func opcode(i uint32) int { return int(i >> 26) }
func argA(i uint32) int   { return int(i>>18) & 0xff }
func argB(i uint32) int   { return int(i & 0x1ff) }
func argC(i uint32) int   { return int(i>>9) & 0x1ff }
func argBx(i uint32) int  { return int(i & 0x3ffff) }

func jumpTo(i uint32, pc int) int { return pc + 1 + argBx(i) - 0x3ffff>>1 }

const constantBit = 1 << 8

// A namer names the registers of a prototype.
type namer struct{ p *lua.FunctionProto }

func (n *namer) register(reg, pc int) (name, what string) {
	if name := n.local(reg, pc); name != "" {
		return name, "local"
	}
	set := n.setter(reg, pc)
	if set < 0 {
		return "", ""
	}
	i := n.p.Code[set]
	switch opcode(i) {
	case lua.OP_MOVE, lua.OP_MOVEN:
		if argB(i) < argA(i) {
			return n.register(argB(i), set)
		}
	case lua.OP_GETGLOBAL:
		return n.constant(argBx(i)), "global"
	case lua.OP_GETTABLE, lua.OP_GETTABLEKS:
		what = "field"
		if name, _ := n.register(argB(i), set); name == "_ENV" {
			what = "global"
		}
		return n.key(argC(i), set), what
	case lua.OP_GETUPVAL:
		if b := argB(i); b < len(n.p.DbgUpvalues) {
			return n.p.DbgUpvalues[b], "upvalue"
		}
	case lua.OP_LOADK:
		if s, ok := n.p.Constants[argBx(i)].(lua.LString); ok {
			return string(s), "constant"
		}
	case lua.OP_SELF:
		return n.key(argC(i), set), "method"
	}
	return "", ""
}

func (n *namer) constant(k int) string {
	if k < len(n.p.Constants) {
		if s, ok := n.p.Constants[k].(lua.LString); ok {
			return string(s)
		}
	}
	return "?"
}

func (n *namer) key(rk, pc int) string {
	if rk&constantBit != 0 {
		return n.constant(rk &^ constantBit)
	}
	if name, what := n.register(rk, pc); what == "constant" {
		return name
	}
	return "?"
}

func (n *namer) local(reg, pc int) string {
	for _, l := range n.p.DbgLocals {
		if l.StartPc >= pc {
			break
		}
		if pc < l.EndPc {
			if reg == 0 {
				return l.Name
			}
			reg--
		}
	}
	return ""
}

// setter finds the instruction that last wrote a register before pc, or -1
// where jumps leave that open.
func (n *namer) setter(reg, last int) int {
	set, target := -1, 0
	for pc := 0; pc < last; pc++ {
		i := n.p.Code[pc]
		switch opcode(i) {
		case lua.OP_JMP:
			if to := jumpTo(i, pc); to <= last && to > target {
				target = to
			}
			continue
		case lua.OP_CLOSURE: // its upvalues follow, as if they were instructions
			if argA(i) == reg {
				set = pc
			}
			if b := argBx(i); b < len(n.p.FunctionPrototypes) {
				pc += int(n.p.FunctionPrototypes[b].NumUpvalues)
			}
			continue
		case lua.OP_SETLIST:
			if argC(i) == 0 {
				pc++
			}
			continue
		}
		if !writes(i, reg) {
			continue
		}
		if pc < target {
			set = -1
		} else {
			set = pc
		}
	}
	return set
}

// writes tells whether the instruction changes a register.
func writes(i uint32, reg int) bool {
	a := argA(i)
	switch opcode(i) {
	case lua.OP_LOADNIL:
		return a <= reg && reg <= argB(i)
	case lua.OP_TFORLOOP:
		return reg >= a+2
	case lua.OP_CALL, lua.OP_TAILCALL, lua.OP_VARARG:
		return reg >= a
	case lua.OP_SELF:
		return reg == a || reg == a+1
	case lua.OP_FORLOOP, lua.OP_FORPREP:
		return reg >= a && reg <= a+3
	case lua.OP_SETGLOBAL, lua.OP_SETUPVAL, lua.OP_SETTABLE, lua.OP_SETTABLEKS, lua.OP_EQ, lua.OP_LT,
		lua.OP_LE, lua.OP_TEST, lua.OP_RETURN, lua.OP_CLOSE, lua.OP_NOP:
		return false
	}
	return reg == a
}
