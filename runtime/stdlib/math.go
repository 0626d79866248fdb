package stdlib

import (
	"math"
	"sync"

	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/vm"
)

var mathModule = sync.OnceValue(func() *Module {
	constant := func(n float64) func(*vm.VM) lua.LValue {
		return func(*vm.VM) lua.LValue { return lua.LNumber(n) }
	}
	return NewModule("math.", map[string]lua.LGFunction{
		"abs": mathAbs, "ceil": mathRound(math.Ceil), "floor": mathRound(math.Floor),
		"fmod": mathFmod, "mod": mathFmod, "modf": mathModf, "max": mathMax, "min": mathMin,
		"sqrt": unary(math.Sqrt), "exp": unary(math.Exp), "log": mathLog, "log10": unary(math.Log10),
		"sin": unary(math.Sin), "cos": unary(math.Cos), "tan": unary(math.Tan),
		"asin": unary(math.Asin), "acos": unary(math.Acos), "atan": mathAtan, "atan2": mathAtan,
		"sinh": unary(math.Sinh), "cosh": unary(math.Cosh), "tanh": unary(math.Tanh),
		"deg": unary(func(x float64) float64 { return x * (180 / math.Pi) }),
		"rad": unary(func(x float64) float64 { return x * (math.Pi / 180) }),
		"pow": mathPow, "frexp": mathFrexp, "ldexp": mathLdexp,
		"tointeger": mathTointeger, "type": mathType, "ult": mathUlt,
		"random": mathRandom, "randomseed": mathRandomseed,
	}, map[string]func(*vm.VM) lua.LValue{
		"pi": constant(math.Pi), "huge": constant(math.Inf(1)),
		"maxinteger": constant(math.MaxInt64), "mininteger": constant(math.MinInt64),
	})
})

func unary(fn func(float64) float64) lua.LGFunction {
	return func(L *lua.LState) int { return number(L, fn(checkNumber(L, 1))) }
}

func mathAbs(L *lua.LState) int { return number(L, math.Abs(checkNumber(L, 1))) }

// mathRound is floor or ceil. An integer has no negative zero.
func mathRound(fn func(float64) float64) lua.LGFunction {
	return func(L *lua.LState) int { return number(L, fn(checkNumber(L, 1))+0) }
}

// mathFmod is C's fmod. Zero as the second of two integers is an error in 5.4,
// which is what integral numbers are taken for.
func mathFmod(L *lua.LState) int {
	x, y := checkNumber(L, 1), checkNumber(L, 2)
	if y == 0 && isInteger(x) {
		argError(L, 2, "zero")
	}
	return number(L, math.Mod(x, y))
}

func mathModf(L *lua.LState) int {
	x := checkNumber(L, 1)
	if math.IsInf(x, 0) {
		return results(L, lua.LNumber(x), lua.LNumber(0))
	}
	i := math.Trunc(x)
	return results(L, lua.LNumber(i), lua.LNumber(x-i))
}

func mathMax(L *lua.LState) int {
	checkAny(L, 1)
	m := checkNumber(L, 1)
	for i := 2; i <= L.GetTop(); i++ {
		if x := checkNumber(L, i); x > m {
			m = x
		}
	}
	return number(L, m)
}

func mathMin(L *lua.LState) int {
	checkAny(L, 1)
	m := checkNumber(L, 1)
	for i := 2; i <= L.GetTop(); i++ {
		if x := checkNumber(L, i); x < m {
			m = x
		}
	}
	return number(L, m)
}

func mathLog(L *lua.LState) int {
	x := checkNumber(L, 1)
	if L.Get(2) == lua.LNil {
		return number(L, math.Log(x))
	}
	switch base := checkNumber(L, 2); base {
	case 2:
		return number(L, math.Log2(x))
	case 10:
		return number(L, math.Log10(x))
	default:
		return number(L, math.Log(x)/math.Log(base))
	}
}

func mathAtan(L *lua.LState) int {
	return number(L, math.Atan2(checkNumber(L, 1), optNumber(L, 2, 1)))
}

func mathPow(L *lua.LState) int {
	return number(L, math.Pow(checkNumber(L, 1), checkNumber(L, 2)))
}

func mathFrexp(L *lua.LState) int {
	m, e := math.Frexp(checkNumber(L, 1))
	return results(L, lua.LNumber(m), lua.LNumber(e))
}

func mathLdexp(L *lua.LState) int {
	return number(L, math.Ldexp(checkNumber(L, 1), int(max(-1<<30, min(checkInt(L, 2), 1<<30)))))
}

// isInteger tells whether a number counts as an integer: whole, and small
// enough to print as one.
func isInteger(x float64) bool {
	return x >= -1<<63 && x < 1<<63 && x == math.Trunc(x)
}

func mathTointeger(L *lua.LState) int {
	if n, ok := toNumber(checkAny(L, 1)); ok && isInteger(float64(n)) {
		return number(L, float64(n))
	}
	L.Push(lua.LNil)
	return 1
}

func mathType(L *lua.LState) int {
	n, ok := checkAny(L, 1).(lua.LNumber)
	switch {
	case !ok:
		L.Push(lua.LNil)
		return 1
	case isInteger(float64(n)):
		return str(L, "integer")
	}
	return str(L, "float")
}

func mathUlt(L *lua.LState) int {
	L.Push(lua.LBool(uint64(checkInt(L, 1)) < uint64(checkInt(L, 2))))
	return 1
}
