package syntax

import (
	"fmt"
	"math"

	lua "github.com/yuin/gopher-lua"
)

// The helpers are functions that compiled code calls for what the machine has
// no instruction for. They are constants of the prototypes, so a script can
// neither see nor replace them, and they hold no state, so that VMs share them.
var (
	getEnv       = helper(func(L *lua.LState) int { L.Push(callerEnv(L)); return 1 })
	forCheck     = helper(checkFor)
	closeCheck   = helper(checkClosable)
	closeValue   = helper(func(L *lua.LState) int { runClose(L, L.Get(1), lua.LNil); return 0 })
	closeAndPass = helper(passClosing)

	operatorHelper = map[operator]*lua.LFunction{
		opIDiv: helper(idiv),
		opBAnd: bitwiseHelper(opBAnd, "__band"),
		opBOr:  bitwiseHelper(opBOr, "__bor"),
		opBXor: bitwiseHelper(opBXor, "__bxor"),
		opShl:  bitwiseHelper(opShl, "__shl"),
		opShr:  bitwiseHelper(opShr, "__shr"),
		opBNot: helper(bnot),
	}
)

// helperMark is the environment of all helpers, by which they are known.
var helperMark = new(lua.LTable)

func helper(fn lua.LGFunction) *lua.LFunction {
	return &lua.LFunction{IsG: true, GFunction: fn, Env: helperMark}
}

// Helper reports whether fn is a function that compiled code calls on its own,
// where C Lua has an instruction: a traceback doesn't show it, and a level
// doesn't count it. event is the metamethod that it may call, without the
// underscores, or empty.
func Helper(fn *lua.LFunction) (event string, ok bool) {
	if fn.Env != helperMark {
		return "", false
	}
	switch fn {
	case concatHelper:
		return "concat", true
	case closeValue, closeAndPass:
		return "close", true
	}
	for op, h := range operatorHelper {
		if h == fn {
			return helperEvents[op], true
		}
	}
	return "", true
}

var helperEvents = map[operator]string{
	opIDiv: "idiv", opBAnd: "band", opBOr: "bor", opBXor: "bxor", opShl: "shl", opShr: "shr", opBNot: "bnot",
}

// callerEnv is the environment of the Lua function that called the helper.
func callerEnv(L *lua.LState) lua.LValue {
	if fn := topFrame(L).caller().fn(); fn.Env != nil {
		return fn.Env
	}
	return L.G.Global
}

func idiv(L *lua.LState) int {
	x, y := L.Get(1), L.Get(2)
	a, oka := x.(lua.LNumber)
	b, okb := y.(lua.LNumber)
	if !oka || !okb {
		if metaBinary(L, "__idiv", x, y) {
			return 1
		}
		a, oka = toNumber(x)
		b, okb = toNumber(y)
		if !oka || !okb {
			L.RaiseError("%s", helperFault(L, "perform arithmetic on", "idiv", 2))
		}
	}
	if b == 0 && float64(a) == math.Trunc(float64(a)) {
		L.RaiseError("attempt to divide by zero")
	}
	L.Push(lua.LNumber(floorDiv(float64(a), float64(b))))
	return 1
}

func bitwiseHelper(op operator, event string) *lua.LFunction {
	return helper(func(L *lua.LState) int {
		x, y := L.Get(1), L.Get(2)
		i, oki := integerOf(x)
		j, okj := integerOf(y)
		if !oki || !okj {
			return bitwiseFallback(L, event, x, y, oki, 2)
		}
		L.Push(lua.LNumber(bitwise(op, i, j)))
		return 1
	})
}

func bnot(L *lua.LState) int {
	x := L.Get(1)
	i, ok := integerOf(x)
	if !ok {
		return bitwiseFallback(L, "__bnot", x, x, false, 1)
	}
	L.Push(lua.LNumber(^i))
	return 1
}

// bitwiseFallback calls a metamethod, or else raises the error of an operation
// with operands that aren't both integers. second is the argument that y is.
func bitwiseFallback(L *lua.LState, event string, x, y lua.LValue, firstFits bool, second int) int {
	if metaBinary(L, event, x, y) {
		return 1
	}
	switch {
	case x.Type() != lua.LTNumber || y.Type() != lua.LTNumber:
		L.RaiseError("%s", helperFault(L, "perform bitwise operation on", "", second))
	case firstFits:
		L.RaiseError("%s", integerFault(L, second))
	default:
		L.RaiseError("%s", integerFault(L, 1))
	}
	return 0
}

// integerOf converts numbers that stand for an integer. Strings don't take part
// in bitwise operations, as in 5.4.
func integerOf(v lua.LValue) (int64, bool) {
	if n, ok := v.(lua.LNumber); ok {
		return toInteger(float64(n))
	}
	return 0, false
}

// toNumber converts numbers and numeric strings.
func toNumber(v lua.LValue) (lua.LNumber, bool) {
	switch v := v.(type) {
	case lua.LNumber:
		return v, true
	case lua.LString:
		return ParseNumber(string(v))
	}
	return 0, false
}

// metaBinary calls the metamethod of x, or else of y, and pushes its result.
func metaBinary(L *lua.LState, event string, x, y lua.LValue) bool {
	mm := metamethod(L, x, event)
	if mm == lua.LNil {
		mm = metamethod(L, y, event)
	}
	if mm == lua.LNil {
		return false
	}
	if _, ok := mm.(*lua.LFunction); !ok && metamethod(L, mm, "__call") == lua.LNil {
		L.RaiseError("attempt to call a %s value (metamethod '%s')", mm.Type(), event[len("__"):])
	}
	L.Push(mm)
	L.Push(x)
	L.Push(y)
	L.Call(2, 1)
	return true
}

// metamethod looks an event up in the metatable of v, whatever its __metatable
// field says.
func metamethod(L *lua.LState, v lua.LValue, event string) lua.LValue {
	var mt lua.LValue
	switch v := v.(type) {
	case *lua.LTable:
		mt = v.Metatable
	case *lua.LUserData:
		mt = v.Metatable
	default:
		mt = L.GetMetatable(v)
	}
	if t, ok := mt.(*lua.LTable); ok {
		return t.RawGetString(event)
	}
	return lua.LNil
}

// checkFor is called where the step of a loop could be zero.
func checkFor(L *lua.LState) int {
	if fault := forFault(L, L.Get(1), L.Get(2), L.Get(3)); fault != "" {
		L.RaiseError("%s", fault)
	}
	if n := L.Get(3).(lua.LNumber); n == 0 {
		L.RaiseError("'for' step is zero")
	}
	return 0
}

// forFault says which of a loop's numbers is none, in C Lua's order.
func forFault(L *lua.LState, init, limit, step lua.LValue) string {
	switch {
	case limit.Type() != lua.LTNumber:
		return badFor(L, "limit", limit)
	case step.Type() != lua.LTNumber:
		return badFor(L, "step", step)
	case init.Type() != lua.LTNumber:
		return badFor(L, "initial value", init)
	}
	return ""
}

func badFor(L *lua.LState, what string, v lua.LValue) string {
	return fmt.Sprintf("bad 'for' %s (number expected, got %s)", what, TypeName(L, v))
}
