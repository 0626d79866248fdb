package stdlib

import (
	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/lua/value"
	"devnode/runtime/lua/vm"
)

// stringArithmetic are the metamethods of strings for arithmetic.
var stringArithmetic = map[string]*lua.LFunction{
	"__add":  arithmetic("__add", value.Add),
	"__sub":  arithmetic("__sub", value.Sub),
	"__mul":  arithmetic("__mul", value.Mul),
	"__div":  arithmetic("__div", value.Div),
	"__mod":  arithmetic("__mod", value.Mod),
	"__pow":  arithmetic("__pow", value.Pow),
	"__unm":  arithmetic("__unm", value.Unm),
	"__idiv": arithmetic("__idiv", value.IDiv),
}

func arithmetic(event string, op value.Op) *lua.LFunction {
	return value.Function(func(L *lua.LState) int {
		x, okx := toNumber(L.Get(1))
		y, oky := toNumber(L.Get(2))
		if event == "__unm" {
			y, oky = x, okx
		}
		if okx && oky {
			v, err := value.Arith(op, x, y)
			if err != nil {
				vm.Throw(L, lua.LString(err.Error()))
			}
			L.Push(v)
			return 1
		}
		second := L.Get(2)
		if _, ok := second.(lua.LString); !ok {
			if mm := metafield(L, second, event); mm != lua.LNil {
				L.Push(call(L, mm, L.Get(1), second))
				return 1
			}
		}
		// The error is worded as gopher-lua's own, so that syntax.Explain words
		// it by the instruction.
		if event == "__unm" {
			L.RaiseError("__unm undefined")
		}
		L.RaiseError("cannot perform %s operation between %s and %s", event[2:], L.Get(1).Type(), second.Type())
		return 0
	})
}
