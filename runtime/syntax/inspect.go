package syntax

import (
	"fmt"

	lua "github.com/yuin/gopher-lua"
)

// An inspector finds out what the values in the registers of a frame are called
// in the source, by looking for the instructions that put them there, as C Lua
// does in ldebug.c.
type inspector struct {
	L  *lua.LState
	fr frame
	p  *lua.FunctionProto
	pc int
}

// value is the value of a B or C operand, or nil if it can't be had.
func (in *inspector) value(rk int) lua.LValue {
	if rk&rkBit != 0 {
		return in.p.Constants[rk&^rkBit]
	}
	return in.fr.register(in.L, rk)
}

// variable is " (local 'x')" and the like, or empty.
func (in *inspector) variable(rk int) string {
	kind, name := in.name(rk, in.pc)
	if kind == "" {
		return ""
	}
	return fmt.Sprintf(" (%s '%s')", kind, name)
}

func (in *inspector) name(rk, pc int) (kind, name string) {
	if rk&rkBit != 0 {
		if s, ok := in.p.Constants[rk&^rkBit].(lua.LString); ok {
			return "constant", string(s)
		}
		return "", ""
	}
	if name := localName(in.p, rk, pc); name != "" {
		return "local", name
	}
	set := in.setter(rk, pc)
	if set < 0 {
		return "", ""
	}
	i := in.p.Code[set]
	switch opcode(i) {
	case lua.OP_MOVE, lua.OP_MOVEN:
		if argB(i) < argA(i) {
			return in.name(argB(i), set)
		}
	case lua.OP_GETGLOBAL:
		return "global", in.constantName(argBx(i))
	case lua.OP_GETTABLE, lua.OP_GETTABLEKS:
		return in.fieldName(i, set)
	case lua.OP_GETUPVAL:
		return "upvalue", in.upvalueName(argB(i))
	case lua.OP_LOADK:
		if s, ok := in.p.Constants[argBx(i)].(lua.LString); ok {
			return "constant", string(s)
		}
	case lua.OP_SELF:
		return "method", in.keyName(argC(i), set)
	}
	return "", ""
}

// fieldName is the key that a table was read at; a field of a variable called
// _ENV is a global.
func (in *inspector) fieldName(i uint32, pc int) (kind, name string) {
	kind = "field"
	if in.isEnv(argB(i), pc) {
		kind = "global"
	}
	return kind, in.keyName(argC(i), pc)
}

func (in *inspector) isEnv(reg, pc int) bool {
	if localName(in.p, reg, pc) == envName {
		return true
	}
	set := in.setter(reg, pc)
	return set >= 0 && opcode(in.p.Code[set]) == lua.OP_GETUPVAL && in.upvalueName(argB(in.p.Code[set])) == envName
}

func (in *inspector) keyName(rk, pc int) string {
	if kind, name := in.name(rk, pc); kind == "constant" {
		return name
	}
	if rk&rkBit != 0 {
		// C Lua has an instruction for such keys, and this name for them.
		if n, ok := in.p.Constants[rk&^rkBit].(lua.LNumber); ok && n >= 0 && n <= 255 && n == lua.LNumber(int(n)) {
			return "integer index"
		}
	}
	return "?"
}

func (in *inspector) constantName(k int) string {
	if s, ok := in.p.Constants[k].(lua.LString); ok {
		return string(s)
	}
	return "?"
}

func (in *inspector) upvalueName(i int) string {
	if i < len(in.p.DbgUpvalues) {
		return in.p.DbgUpvalues[i]
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
func (in *inspector) setter(reg, last int) int {
	set := -1
	target := 0 // code before it is conditional
	filter := func(pc int) int {
		if pc < target {
			return -1
		}
		return pc
	}
	for pc := 0; pc < last; pc += width(in.p, pc) {
		i := in.p.Code[pc]
		a := argA(i)
		switch opcode(i) {
		case lua.OP_LOADNIL:
			if a <= reg && reg <= argB(i) {
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
			dest := pc + 1 + argSBx(i)
			if dest <= last && dest > target {
				target = dest
			}
		case lua.OP_FORLOOP, lua.OP_FORPREP:
			if reg >= a && reg <= a+3 {
				set = filter(pc)
			}
		default:
			if writesA(opcode(i)) && reg == a {
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
