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
		blame := L.Get(1)
		if okx {
			blame = second
		}
		// The error is the instruction's own, so that it names the variable.
		fail(L, "attempt to perform arithmetic on a %s value", typeName(L, blame))
		return 0
	}}
}
