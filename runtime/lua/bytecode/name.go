package bytecode

import (
	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/lua/value"
)

// environment is the variable whose fields are the globals.
const environment = "_ENV"

// A Namer finds out what the values in the registers of a function are called in
// the source, by looking for the instructions that put them there, as C Lua does
// in ldebug.c.
type Namer struct{ P *lua.FunctionProto }

// Operand is the name of what a B or C operand of the instruction at pc stands
// for, and its kind, as C Lua's messages say it: local, upvalue, global, field,
// method or constant. Both are empty where that isn't certain.
func (n Namer) Operand(rk, pc int) (kind, name string) {
	if rk&ConstantBit != 0 {
		if s, ok := n.P.Constants[rk&^ConstantBit].(lua.LString); ok {
			return "constant", string(s)
		}
		return "", ""
	}
	if name := localName(n.P, rk, pc); name != "" {
		return "local", name
	}
	set := n.setter(rk, pc)
	if set < 0 {
		return "", ""
	}
	i := n.P.Code[set]
	switch Opcode(i) {
	case lua.OP_MOVE, lua.OP_MOVEN:
		if B(i) < A(i) {
			return n.Operand(B(i), set)
		}
	case lua.OP_GETGLOBAL:
		return "global", n.constantName(Bx(i))
	case lua.OP_GETTABLE, lua.OP_GETTABLEKS:
		return n.fieldName(i, set)
	case lua.OP_GETUPVAL:
		return "upvalue", n.upvalueName(B(i))
	case lua.OP_LOADK:
		if s, ok := n.P.Constants[Bx(i)].(lua.LString); ok {
			return "constant", string(s)
		}
	case lua.OP_SELF:
		return "method", n.keyName(C(i), set)
	}
	return "", ""
}

// fieldName is the key that a table was read at; a field of a variable called
// _ENV is a global.
func (n Namer) fieldName(i uint32, pc int) (kind, name string) {
	kind = "field"
	if n.isEnv(B(i), pc) {
		kind = "global"
	}
	return kind, n.keyName(C(i), pc)
}

func (n Namer) isEnv(reg, pc int) bool {
	if localName(n.P, reg, pc) == environment {
		return true
	}
	set := n.setter(reg, pc)
	return set >= 0 && Opcode(n.P.Code[set]) == lua.OP_GETUPVAL && n.upvalueName(B(n.P.Code[set])) == environment
}

func (n Namer) keyName(rk, pc int) string {
	if kind, name := n.Operand(rk, pc); kind == "constant" {
		return name
	}
	if rk&ConstantBit != 0 {
		// C Lua has an instruction for such keys, and this name for them.
		if k := n.P.Constants[rk&^ConstantBit]; value.IsInteger(k) {
			if i, _ := value.ToInt(k); i >= 0 && i <= 255 {
				return "integer index"
			}
		}
	}
	return "?"
}

func (n Namer) constantName(k int) string {
	if s, ok := n.P.Constants[k].(lua.LString); ok {
		return string(s)
	}
	return "?"
}

func (n Namer) upvalueName(i int) string {
	if i < len(n.P.DbgUpvalues) {
		return n.P.DbgUpvalues[i]
	}
	return "?"
}

// localName is the name of the local variable that register r holds at pc.
func localName(p *lua.FunctionProto, r, pc int) string {
	for _, l := range p.DbgLocals {
		if l.StartPc >= pc {
			break
		}
		if pc < l.EndPc {
			if r == 0 {
				return l.Name
			}
			r--
		}
	}
	return ""
}

// setter finds the instruction before pc that last wrote register reg, or -1 if
// that isn't certain because of a jump.
func (n Namer) setter(reg, last int) int {
	set := -1
	target := 0 // code before it is conditional
	filter := func(pc int) int {
		if pc < target {
			return -1
		}
		return pc
	}
	for pc := 0; pc < last; pc += Width(n.P, pc) {
		i := n.P.Code[pc]
		a := A(i)
		switch Opcode(i) {
		case lua.OP_LOADNIL:
			if a <= reg && reg <= B(i) {
				set = filter(pc)
			}
		case lua.OP_TFORLOOP:
			if reg >= a+2 {
				set = filter(pc)
			}
		case lua.OP_CALL, lua.OP_TAILCALL:
			if reg >= a {
				set = filter(pc)
			}
		case lua.OP_VARARG:
			if reg >= a {
				set = filter(pc)
			}
		case lua.OP_SELF:
			if reg == a || reg == a+1 {
				set = filter(pc)
			}
		case lua.OP_JMP:
			dest := pc + 1 + SBx(i)
			if dest <= last && dest > target {
				target = dest
			}
		case lua.OP_FORLOOP, lua.OP_FORPREP:
			if reg >= a && reg <= a+3 {
				set = filter(pc)
			}
		default:
			if writesA(Opcode(i)) && reg == a {
				set = filter(pc)
			}
		}
	}
	return set
}

func writesA(op int) bool {
	switch op {
	case lua.OP_SETGLOBAL, lua.OP_SETUPVAL, lua.OP_SETTABLE, lua.OP_SETTABLEKS, lua.OP_EQ, lua.OP_LT,
		lua.OP_LE, lua.OP_TEST, lua.OP_RETURN, lua.OP_SETLIST, lua.OP_CLOSE, lua.OP_NOP:
		return false
	}
	return true
}
