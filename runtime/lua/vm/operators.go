package vm

import (
	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/lua/bytecode"
	"devnode/runtime/lua/value"
)

// gopher-lua's own instructions are those of Lua 5.1, and know one kind of numbers and
// of tables. All instructions are devnode's own, therefore, and do what C Lua 5.4 does.

type instruction func(L *lua.LState, inst uint32, base *frame) int

// execute are the functions that the loop runs.
var execute = ownInstructions()

func ownInstructions() (all [bytecode.Opcodes]instruction) {
	all[lua.OP_MOVE], all[lua.OP_MOVEN] = moveOp, moveManyOp
	all[lua.OP_LOADK], all[lua.OP_LOADBOOL], all[lua.OP_LOADNIL] = loadConstantOp, loadBoolOp, loadNilOp
	all[lua.OP_GETUPVAL], all[lua.OP_SETUPVAL] = getUpvalueOp, setUpvalueOp
	all[lua.OP_CLOSE], all[lua.OP_CLOSURE] = closeOp, closureOp
	all[lua.OP_NOT], all[lua.OP_NOP] = notOp, nopOp
	all[lua.OP_JMP], all[lua.OP_TEST], all[lua.OP_TESTSET] = jumpOp, testOp, testSetOp
	all[lua.OP_CALL], all[lua.OP_TAILCALL], all[lua.OP_RETURN], all[lua.OP_VARARG] = callOp, tailCallOp, returnOp, varargOp
	all[lua.OP_EQ] = equalOp
	all[lua.OP_LT] = lessOp
	all[lua.OP_LE] = lessEqualOp
	all[lua.OP_LEN] = lengthOp
	all[lua.OP_CONCAT] = concatOp
	all[lua.OP_GETTABLE], all[lua.OP_GETTABLEKS] = getTableOp, getTableOp
	all[lua.OP_SETTABLE], all[lua.OP_SETTABLEKS] = setTableOp, setTableOp
	all[lua.OP_GETGLOBAL], all[lua.OP_SETGLOBAL] = getGlobalOp, setGlobalOp
	all[lua.OP_SELF], all[lua.OP_NEWTABLE], all[lua.OP_SETLIST] = selfOp, newTableOp, setListOp
	all[lua.OP_TFORLOOP] = iterateOp
	all[lua.OP_FORPREP] = forPrepOp
	all[lua.OP_FORLOOP] = forLoopOp
	for op, event := range arithmeticEvents {
		if event != "" {
			all[op] = arithmeticOp
		}
	}
	return all
}

// operand is the value of a B or C operand of the instruction that cf runs.
func operand(L *lua.LState, cf *frame, rk int) lua.LValue {
	if rk&bytecode.ConstantBit != 0 {
		return cf.Fn.Proto.Constants[rk&^bytecode.ConstantBit]
	}
	return registryOf(L).get(cf.LocalBase + rk)
}

// test ends a comparison: the jump behind it is left out unless the result is
// the one that A asks for.
func test(cf *frame, inst uint32, result bool) int {
	if result != (bytecode.A(inst) != 0) {
		cf.Pc++
	}
	return 0
}

func equalOp(L *lua.LState, inst uint32, _ *frame) int {
	cf := currentFrame(L)
	x, y := operand(L, cf, bytecode.B(inst)), operand(L, cf, bytecode.C(inst))
	if lt, ok := y.(*lua.LTable); ok {
		y = value.Foreign(lt)
	}
	switch x := x.(type) {
	case *lua.LTable:
		t, ok := y.(*value.Table)
		return test(cf, inst, ok && (value.Foreign(x) == t || metaEqual(L, value.Foreign(x), t)))
	case lua.LNumber:
		if n, ok := y.(lua.LNumber); ok {
			return test(cf, inst, x == n)
		}
		return test(cf, inst, value.Equal(x, y))
	case value.Int, value.Float:
		return test(cf, inst, value.Equal(x, y))
	case lua.LString:
		s, ok := y.(lua.LString)
		return test(cf, inst, ok && x == s)
	case *value.Table:
		t, ok := y.(*value.Table)
		return test(cf, inst, ok && (x == t || metaEqual(L, x, t)))
	case *lua.LUserData:
		u, ok := y.(*lua.LUserData)
		return test(cf, inst, ok && (x == u || metaEqual(L, x, u)))
	}
	return test(cf, inst, x == y)
}

// metaEqual asks the first operand's __eq, or else the second's.
func metaEqual(L *lua.LState, x, y lua.LValue) bool {
	mm := binaryMeta(L, x, y, "__eq")
	return mm != lua.LNil && lua.LVAsBool(callMeta(L, mm, "eq", x, y))
}

func lessOp(L *lua.LState, inst uint32, _ *frame) int {
	cf := currentFrame(L)
	x, y := operand(L, cf, bytecode.B(inst)), operand(L, cf, bytecode.C(inst))
	if less, known := value.Less(x, y); known {
		return test(cf, inst, less)
	}
	if s, ok := x.(lua.LString); ok {
		if t, ok := y.(lua.LString); ok {
			return test(cf, inst, s < t)
		}
	}
	return test(cf, inst, metaOrder(L, x, y, "lt"))
}

func lessEqualOp(L *lua.LState, inst uint32, _ *frame) int {
	cf := currentFrame(L)
	x, y := operand(L, cf, bytecode.B(inst)), operand(L, cf, bytecode.C(inst))
	if less, known := value.LessEqual(x, y); known {
		return test(cf, inst, less)
	}
	if s, ok := x.(lua.LString); ok {
		if t, ok := y.(lua.LString); ok {
			return test(cf, inst, s <= t)
		}
	}
	return test(cf, inst, metaOrder(L, x, y, "le"))
}

// metaOrder compares values of which at least one is neither a number nor a
// string, or which are one of each. The words of its error are gopher-lua's,
// which VM.Explain knows.
func metaOrder(L *lua.LState, x, y lua.LValue, event string) bool {
	mm := binaryMeta(L, x, y, "__"+event)
	if mm == lua.LNil {
		L.RaiseError("attempt to compare %v with %v", x.Type(), y.Type())
	}
	return lua.LVAsBool(callMeta(L, mm, event, x, y))
}

// binaryMeta is the metamethod of x, or else that of y, or LNil.
func binaryMeta(L *lua.LState, x, y lua.LValue, event string) lua.LValue {
	if mm := MetaField(L, x, event); mm != lua.LNil {
		return mm
	}
	return MetaField(L, y, event)
}

// callMeta calls a metamethod, whatever it is, and gives its first result.
func callMeta(L *lua.LState, mm lua.LValue, event string, x, y lua.LValue) lua.LValue {
	if !Callable(L, mm) {
		L.RaiseError("attempt to call a %s value (metamethod '%s')", mm.Type(), event)
	}
	L.Push(mm)
	L.Push(x)
	L.Push(y)
	Call(L, 2, 1)
	result := L.Get(-1)
	L.Pop(1)
	return result
}

// lengthOp is OP_LEN; a metamethod gets its operand twice, as in C Lua.
func lengthOp(L *lua.LState, inst uint32, _ *frame) int {
	cf := currentFrame(L)
	v := operand(L, cf, bytecode.B(inst))
	if s, ok := v.(lua.LString); ok {
		setRegister(L, bytecode.A(inst), value.OfInt(int64(len(s))))
		return 0
	}
	t, isTable := value.ToTable(v)
	if isTable && t.Metatable() == nil {
		setRegister(L, bytecode.A(inst), value.OfInt(int64(t.Len())))
		return 0
	}
	switch mm := MetaField(L, v, "__len"); {
	case mm != lua.LNil:
		setRegister(L, bytecode.A(inst), callMeta(L, mm, "len", v, v))
	case isTable:
		setRegister(L, bytecode.A(inst), value.OfInt(int64(t.Len())))
	default:
		L.RaiseError("__len undefined")
	}
	return 0
}

// arithmeticEvents are the events of the operators that compute.
var arithmeticEvents = [bytecode.Opcodes]string{
	lua.OP_ADD: "add", lua.OP_SUB: "sub", lua.OP_MUL: "mul", lua.OP_DIV: "div", lua.OP_MOD: "mod",
	lua.OP_POW: "pow", lua.OP_UNM: "unm", bytecode.OpIDiv: "idiv", bytecode.OpBAnd: "band",
	bytecode.OpBOr: "bor", bytecode.OpBXor: "bxor", bytecode.OpShl: "shl", bytecode.OpShr: "shr",
	bytecode.OpBNot: "bnot",
}

func isBitwise(op int) bool { return op >= bytecode.OpBAnd && op <= bytecode.OpBNot }

// arithmeticOp is an operator that computes, with one operand or two.
func arithmeticOp(L *lua.LState, inst uint32, _ *frame) int {
	cf, op := currentFrame(L), bytecode.Opcode(inst)
	x := operand(L, cf, bytecode.B(inst))
	y := x
	if op != lua.OP_UNM {
		y = operand(L, cf, bytecode.C(inst))
	}
	result, err := value.Arith(operators[op], x, y)
	if err != nil {
		result = computeOtherwise(L, op, x, y, err)
	}
	setRegister(L, bytecode.A(inst), result)
	return 0
}

// computeOtherwise finds the result of an operator that numbers don't give: from
// a metamethod, or from strings that are numerals. Otherwise it raises an error,
// in gopher-lua's words where it would be about a variable, which VM.Explain
// knows.
func computeOtherwise(L *lua.LState, op int, x, y lua.LValue, err error) lua.LValue {
	event := arithmeticEvents[op]
	if err == value.ErrOperand || err == value.ErrNoInteger {
		if mm := binaryMeta(L, x, y, "__"+event); mm != lua.LNil {
			return callMeta(L, mm, event, x, y)
		}
	}
	if err == value.ErrOperand && !isBitwise(op) {
		var result lua.LValue
		if result, err = value.Arith(operators[op], numeral(x), numeral(y)); err == nil {
			return result
		}
	}
	if err == value.ErrOperand {
		L.RaiseError("cannot perform %s operation between %v and %v", event, x.Type(), y.Type())
	}
	L.RaiseError("%s", err.Error())
	return nil
}

// numeral is the number that a string stands for, or the value as it is.
func numeral(v lua.LValue) lua.LValue {
	if s, ok := v.(lua.LString); ok {
		if n, ok := value.Parse(string(s)); ok {
			return n
		}
	}
	return v
}
