package stdlib

import (
	"math"

	lua "github.com/yuin/gopher-lua"
)

// stringArithmetic are the metamethods of strings for arithmetic.
var stringArithmetic = map[string]*lua.LFunction{
	"__add": arithmetic("__add", func(x, y float64) float64 { return x + y }),
	"__sub": arithmetic("__sub", func(x, y float64) float64 { return x - y }),
	"__mul": arithmetic("__mul", func(x, y float64) float64 { return x * y }),
	"__div": arithmetic("__div", func(x, y float64) float64 { return x / y }),
	"__mod": arithmetic("__mod", modulo),
	"__pow": arithmetic("__pow", math.Pow),
	"__unm": arithmetic("__unm", func(x, _ float64) float64 { return -x }),
}

// modulo is Lua's "%".
func modulo(x, y float64) float64 {
	r := math.Mod(x, y)
	if r != 0 && (r < 0) != (y < 0) {
		r += y
	}
	return r
}

func arithmetic(event string, op func(x, y float64) float64) *lua.LFunction {
	return &lua.LFunction{IsG: true, GFunction: func(L *lua.LState) int {
		x, okx := toNumber(L.Get(1))
		y, oky := toNumber(L.Get(2))
		if event == "__unm" {
			y, oky = x, okx
		}
		if okx && oky {
			return number(L, op(float64(x), float64(y)))
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
	}}
}
