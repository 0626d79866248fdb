package syntax

import (
	"fmt"
	"strings"

	lua "github.com/yuin/gopher-lua"
)

// Explain rewrites a run-time error of gopher-lua's machine in the words of
// C Lua 5.4, naming the variable at fault: `attempt to index a non-table
// object(nil) with key 'x'` becomes `attempt to index a nil value (local 'p')`.
//
// It is to be called where the error is raised, from L.Panic or anything else
// that runs while the failing frame is still the innermost of L, with the
// message as raised, position prefix included. Messages that it doesn't know,
// and those that a Go function raised itself, come back unchanged; it never
// fails and doesn't change L.
func Explain(L *lua.LState, msg string) string {
	fr := topFrame(L)
	if !fr.valid() || fr.fn() == nil {
		return msg
	}
	pos, text := splitPosition(fr, msg)
	if new, ok := explain(L, fr, text); ok {
		return pos + new
	}
	return msg
}

// splitPosition separates "file.lua:12: " from the rest. The innermost Lua
// function says what the file is called, so that a chunk name may hold colons.
func splitPosition(fr frame, msg string) (pos, text string) {
	for ; fr.valid(); fr = fr.caller() {
		fn := fr.fn()
		if fn == nil || fn.IsG {
			continue
		}
		rest, ok := strings.CutPrefix(msg, fn.Proto.SourceName+":")
		if !ok {
			break
		}
		i := 0
		for i < len(rest) && rest[i] >= '0' && rest[i] <= '9' {
			i++
		}
		if i > 0 && strings.HasPrefix(rest[i:], ": ") {
			n := len(msg) - len(rest) + i + 2
			return msg[:n], msg[n:]
		}
		break
	}
	return "", msg
}

func explain(L *lua.LState, fr frame, text string) (string, bool) {
	var in *inspector
	if fn := fr.fn(); !fn.IsG {
		in = &inspector{L: L, fr: fr, p: fn.Proto, pc: fr.pc()}
	}
	switch {
	case strings.HasPrefix(text, "attempt to index a non-table object("):
		kind, _, _ := strings.Cut(text[len("attempt to index a non-table object("):], ")")
		return in.indexFault(kind), true
	case strings.HasPrefix(text, "cannot perform concat operation between "):
		return in.concatFault(text[len("cannot perform concat operation between "):])
	case strings.HasPrefix(text, "cannot perform "):
		return in.arithmeticFault(text)
	case strings.HasPrefix(text, "attempt to compare "):
		return in.compareFault(text[len("attempt to compare "):])
	}
	switch text {
	case "attempt to call a non-function object":
		return in.callFault()
	case "__unm undefined":
		return in.operandFault("perform arithmetic on")
	case "__len undefined":
		return in.operandFault("get length of")
	case "for statement init must be a number",
		"for statement limit must be a number",
		"for statement step must be a number":
		return in.forFault()
	case "too many recursions in gettable":
		return "'__index' chain too long; possibly a loop", true
	case "too many recursions in settable":
		return "'__newindex' chain too long; possibly a loop", true
	}
	return "", false
}

func typeFault(what, kind, variable string) string {
	return fmt.Sprintf("attempt to %s a %s value%s", what, kind, variable)
}

// TypeName is the type of v as C Lua's messages show it: the __name field of
// its metatable, where that is a string, or the type's name.
func TypeName(L *lua.LState, v lua.LValue) string {
	switch v.(type) {
	case *lua.LTable, *lua.LUserData:
		if name, ok := metamethod(L, v, "__name").(lua.LString); ok {
			return string(name)
		}
	}
	return v.Type().String()
}

func (in *inspector) indexFault(kind string) string {
	if in == nil {
		return typeFault("index", kind, "")
	}
	i := in.p.Code[in.pc]
	reg := argA(i)
	switch opcode(i) {
	case lua.OP_GETTABLE, lua.OP_GETTABLEKS, lua.OP_SELF:
		reg = argB(i)
	case lua.OP_SETTABLE, lua.OP_SETTABLEKS:
	default:
		return typeFault("index", kind, "")
	}
	v := in.value(reg)
	if v == nil || v.Type().String() != kind {
		return typeFault("index", kind, "") // what an __index led to
	}
	return typeFault("index", TypeName(in.L, v), in.variable(reg))
}

// callFault names what was called. An instruction other than a call has called
// a metamethod or an iterator.
func (in *inspector) callFault() (string, bool) {
	if in == nil {
		return "attempt to call a nil value", true
	}
	i := in.p.Code[in.pc]
	switch opcode(i) {
	case lua.OP_CALL, lua.OP_TAILCALL:
		v := in.value(argA(i))
		return typeFault("call", in.typeName(v), in.variable(argA(i))), true
	case lua.OP_TFORLOOP:
		return typeFault("call", in.typeName(in.value(argA(i))), " (for iterator 'for iterator')"), true
	}
	return "attempt to call a non-function object", false
}

func (in *inspector) typeName(v lua.LValue) string {
	if v == nil {
		return "nil"
	}
	return TypeName(in.L, v)
}

// operandFault is for the unary operators.
func (in *inspector) operandFault(what string) (string, bool) {
	if in == nil {
		return "", false
	}
	b := argB(in.p.Code[in.pc])
	return typeFault(what, in.typeName(in.value(b)), in.variable(b)), true
}

func (in *inspector) arithmeticFault(text string) (string, bool) {
	if in == nil {
		return "", false
	}
	switch i := in.p.Code[in.pc]; opcode(i) {
	case lua.OP_ADD, lua.OP_SUB, lua.OP_MUL, lua.OP_DIV, lua.OP_MOD, lua.OP_POW:
		return in.binaryFault("perform arithmetic on", argB(i), argC(i)), true
	}
	return "", false
}

// binaryFault blames the second operand, unless the first is no number.
func (in *inspector) binaryFault(what string, b, c int) string {
	x, y := in.value(b), in.value(c)
	if x == nil || y == nil {
		return typeFault(what, "nil", "")
	}
	blame, at := y, c
	if !blameless(what, x, y) {
		blame, at = x, b
	}
	return typeFault(what, TypeName(in.L, blame), in.variable(at))
}

// blameless reports whether x is fit for the operation that x and y fail. A
// string that is no numeral is at fault only if y is not: C Lua tries strings'
// own metamethods first, which look for the other operand's.
func blameless(what string, x, y lua.LValue) bool {
	_, ok := toNumber(x)
	return ok
}

func (in *inspector) concatFault(kinds string) (string, bool) {
	if in == nil {
		return "", false
	}
	i := in.p.Code[in.pc]
	if opcode(i) != lua.OP_CONCAT {
		return "", false
	}
	lhs, rhs, _ := strings.Cut(kinds, " and ")
	// The operands were joined from the right; the pair that failed is the
	// rightmost with these types.
	for r := argC(i) - 1; r >= argB(i); r-- {
		x, y := in.value(r), in.value(r+1)
		if x == nil || y == nil || x.Type().String() != lhs {
			continue
		}
		if !lua.LVCanConvToString(x) {
			if lua.LVCanConvToString(y) || y.Type().String() == rhs {
				return typeFault("concatenate", TypeName(in.L, x), in.variable(r)), true
			}
			continue
		}
		if y.Type().String() == rhs && !lua.LVCanConvToString(y) {
			return typeFault("concatenate", TypeName(in.L, y), in.variable(r+1)), true
		}
	}
	if lhs == "string" || lhs == "number" {
		return typeFault("concatenate", rhs, ""), true
	}
	return typeFault("concatenate", lhs, ""), true
}

func (in *inspector) compareFault(kinds string) (string, bool) {
	x, y, ok := strings.Cut(kinds, " with ")
	if !ok || strings.Contains(y, " ") {
		return "", false
	}
	if in != nil {
		switch i := in.p.Code[in.pc]; opcode(i) {
		case lua.OP_LT, lua.OP_LE:
			if in.pc >= 2 && opcode(in.p.Code[in.pc-2]) == lua.OP_FORPREP {
				a := argA(in.p.Code[in.pc-2])
				fault := forFault(in.L, in.value(a), in.value(a+1), in.value(a+2))
				return fault, fault != ""
			}
			if v, w := in.value(argB(i)), in.value(argC(i)); v != nil && w != nil {
				x, y = TypeName(in.L, v), TypeName(in.L, w)
			}
		}
	}
	return compareText(x, y), true
}

func compareText(x, y string) string {
	if x == y {
		return fmt.Sprintf("attempt to compare two %s values", x)
	}
	return fmt.Sprintf("attempt to compare %s with %s", x, y)
}

func (in *inspector) forFault() (string, bool) {
	if in == nil {
		return "", false
	}
	a := argA(in.p.Code[in.pc])
	var v [3]lua.LValue
	for i := range v {
		if v[i] = in.value(a + i); v[i] == nil {
			return "", false
		}
	}
	fault := forFault(in.L, v[0], v[1], v[2])
	return fault, fault != ""
}

// callerInspector looks at the instruction that called the helper now running.
func callerInspector(L *lua.LState) *inspector {
	fr := topFrame(L).caller()
	return &inspector{L: L, fr: fr, p: fr.fn().Proto, pc: fr.pc()}
}

// arithmeticFault is the message of a helper whose operands x and y, its
// arguments, have no metamethod for the operation.
func arithmeticFault(L *lua.LState, x, y lua.LValue, what string) string {
	in := callerInspector(L)
	base := argA(in.p.Code[in.pc])
	blame, at := y, base+2
	if !blameless(what, x, y) {
		blame, at = x, base+1
	}
	return typeFault(what, TypeName(L, blame), in.variable(at))
}

// integerFault is the message of a helper whose operand, the second one where
// the first is fit, is a number but no integer.
func integerFault(L *lua.LState, firstFits bool) string {
	in := callerInspector(L)
	at := argA(in.p.Code[in.pc]) + 1
	if firstFits {
		at++
	}
	return "number" + in.variable(at) + " has no integer representation"
}
