package syntax

import (
	"fmt"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/lua/bytecode"
	"devnode/runtime/lua/value"
)

// Explain rewrites a run-time error of gopher-lua's machine in the words of
// C Lua 5.4, naming the variable at fault: `attempt to index a non-table
// object(nil) with key 'x'` becomes `attempt to index a nil value (local 'p')`.
//
// It is to be called where the error is raised, from L.Panic or anything else
// that runs while the failing frame is still the innermost of L, with the
// message as raised, position prefix included. Messages that it doesn't know
// come back unchanged; it never fails and doesn't change L.
func Explain(L *lua.LState, msg string) string {
	fr := topFrame(L)
	if !fr.valid() || fr.fn() == nil {
		if strings.TrimLeft(msg, " ") == callText {
			return typeFault("call", TypeName(L, L.Get(1)), "") // a thread's own function
		}
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
		if strings.HasPrefix(rest, "-1: ") { // of a stripped function
			i = 1
		}
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

const callText = "attempt to call a non-function object"

func explain(L *lua.LState, fr frame, text string) (string, bool) {
	var in *inspector
	if fn := fr.fn(); fn.IsG && (strings.HasPrefix(text, "cannot perform ") || text == "__unm undefined") {
		// A metamethod of strings has given up: the fault is the operation's.
		if fr = fr.caller(); !fr.valid() || fr.fn() == nil {
			return "", false
		}
	}
	if fn := fr.fn(); !fn.IsG {
		in = &inspector{L: L, fr: fr, p: fn.Proto, pc: fr.pc()}
	}
	switch {
	case in == nil && strings.HasPrefix(text, "bad argument #"):
		return argumentFault(text)
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
	case callText:
		return in.callFault()
	case "__unm undefined":
		return in.operandFault("perform arithmetic on")
	case "__len undefined":
		return in.operandFault("get length of")
	case "for statement init must be a number":
		return in.forFault("initial value", 0)
	case "for statement limit must be a number":
		return in.forFault("limit", 1)
	case "for statement step must be a number":
		return in.forFault("step", 2)
	case value.ErrNoInteger.Error():
		return in.integerFault()
	case "too many recursions in gettable":
		return "'__index' chain too long; possible loop", true
	case "too many recursions in settable":
		return "'__newindex' chain too long; possible loop", true
	}
	return "", false
}

// argumentFault rewrites `bad argument #1 to f (string expected, got nil)`, which
// a Go function raises by L.CheckString and the like.
func argumentFault(text string) (string, bool) {
	number, rest, _ := strings.Cut(text[len("bad argument #"):], " to ")
	name, fault, ok := strings.Cut(rest, " (")
	if !ok || strings.HasPrefix(name, "'") {
		return "", false
	}
	if strings.Contains(name, " ") { // it was called by pcall, and isn't known by a name
		name = "?"
	}
	return fmt.Sprintf("bad argument #%s to '%s' (%s", number, name, fault), true
}

func typeFault(what, kind, variable string) string {
	return fmt.Sprintf("attempt to %s a %s value%s", what, kind, variable)
}

// TypeName is the type of v as C Lua's messages show it: the __name field of
// its metatable, where that is a string, or the type's name.
func TypeName(L *lua.LState, v lua.LValue) string {
	switch v.(type) {
	case *value.Table, *lua.LUserData:
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
	reg := bytecode.A(i)
	switch bytecode.Opcode(i) {
	case lua.OP_GETTABLE, lua.OP_GETTABLEKS, lua.OP_SELF:
		reg = bytecode.B(i)
	case lua.OP_SETTABLE, lua.OP_SETTABLEKS:
	case lua.OP_GETGLOBAL, lua.OP_SETGLOBAL:
		if v := value.EnvValue(in.fr.fn()); v.Type().String() == kind {
			return typeFault("index", TypeName(in.L, v), " (upvalue '_ENV')")
		}
		return typeFault("index", kind, "")
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
		return "", false
	}
	i := in.p.Code[in.pc]
	switch bytecode.Opcode(i) {
	case lua.OP_CALL, lua.OP_TAILCALL:
		v := in.value(bytecode.A(i))
		return typeFault("call", in.typeName(v), in.variable(bytecode.A(i))), true
	case lua.OP_TFORLOOP:
		return typeFault("call", in.typeName(in.value(bytecode.A(i))), " (for iterator 'for iterator')"), true
	}
	return "", false
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
	b := bytecode.B(in.p.Code[in.pc])
	if v := in.value(b); v != nil && v.Type() == lua.LTString && bytecode.Opcode(in.p.Code[in.pc]) == lua.OP_UNM {
		return "attempt to unm a 'string' with a 'string'", true
	}
	return typeFault(what, in.typeName(in.value(b)), in.variable(b)), true
}

// arithmeticFault covers the operators that compute.
func (in *inspector) arithmeticFault(text string) (string, bool) {
	if in == nil {
		return "", false
	}
	i := in.p.Code[in.pc]
	op := bytecode.Opcode(i)
	what := "perform arithmetic on"
	event, _, _ := strings.Cut(text[len("cannot perform "):], " ")
	switch {
	case op >= bytecode.OpBAnd && op <= bytecode.OpBNot:
		what, event = "perform bitwise operation on", ""
	case op == lua.OP_UNM:
		return in.operandFault(what)
	case op != bytecode.OpIDiv && (op < lua.OP_ADD || op > lua.OP_POW):
		return "", false
	}
	return in.binaryFault(what, event, bytecode.B(i), bytecode.C(i), in.value(bytecode.B(i)), in.value(bytecode.C(i))), true
}

// binaryFault is the message for an operation that the operands b and c, with
// the values x and y, don't support.
// C Lua lets strings handle arithmetic by themselves, with words of their own;
// else it blames the first operand that is no number.
func (in *inspector) binaryFault(what, event string, b, c int, x, y lua.LValue) string {
	if event != "" && (x.Type() == lua.LTString || y.Type() == lua.LTString) {
		return fmt.Sprintf("attempt to %s a '%s' with a '%s'", event, x.Type(), y.Type())
	}
	if x.Type() != lua.LTNumber {
		y, c = x, b
	}
	return typeFault(what, TypeName(in.L, y), in.variable(c))
}

func (in *inspector) concatFault(kinds string) (string, bool) {
	if in == nil {
		return "", false
	}
	i := in.p.Code[in.pc]
	if bytecode.Opcode(i) != lua.OP_CONCAT {
		return "", false
	}
	lhs, rhs, _ := strings.Cut(kinds, " and ")
	first, last := bytecode.B(i), bytecode.C(i)
	if lhs == "string" || lhs == "number" {
		if y := in.value(last); y.Type().String() == rhs && in.value(last-1).Type().String() == lhs {
			return typeFault("concatenate", TypeName(in.L, y), in.variable(last)), true
		}
		return typeFault("concatenate", rhs, ""), true // what a __concat returned
	}
	// Operands are joined from the right. What is to the right of the one at
	// fault has become one value, unless that is the last operand itself.
	for r := last - 1; r >= first; r-- {
		x := in.value(r)
		if x.Type().String() != lhs || metamethod(in.L, x, "__concat") != lua.LNil {
			continue
		}
		if r+1 < last || in.value(last).Type().String() == rhs {
			return typeFault("concatenate", TypeName(in.L, x), in.variable(r)), true
		}
	}
	return typeFault("concatenate", lhs, ""), true
}

func (in *inspector) compareFault(kinds string) (string, bool) {
	x, y, ok := strings.Cut(kinds, " with ")
	if !ok || strings.Contains(y, " ") {
		return "", false
	}
	if in != nil {
		switch i := in.p.Code[in.pc]; bytecode.Opcode(i) {
		case lua.OP_LT, lua.OP_LE:
			if v, w := in.value(bytecode.B(i)), in.value(bytecode.C(i)); v != nil && w != nil {
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

// forFault is for one of the numbers of a loop, which are in the registers from
// A on.
func (in *inspector) forFault(what string, at int) (string, bool) {
	if in == nil {
		return "", false
	}
	return badFor(in.L, what, in.value(bytecode.A(in.p.Code[in.pc])+at)), true
}

// integerFault names the operand that is no integer: the second one, if the
// first is.
func (in *inspector) integerFault() (string, bool) {
	if in == nil {
		return "", false
	}
	i := in.p.Code[in.pc]
	at := bytecode.B(i)
	if _, ok := value.ToInt(in.value(at)); ok {
		at = bytecode.C(i)
	}
	return "number" + in.variable(at) + " has no integer representation", true
}
