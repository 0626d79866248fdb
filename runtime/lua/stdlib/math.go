package stdlib

import (
	"math"
	"sync"

	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/lua/value"
	"devnode/runtime/lua/vm"
)

var mathModule = sync.OnceValue(func() *Module {
	constant := func(v lua.LValue) func(*vm.VM) lua.LValue {
		return func(*vm.VM) lua.LValue { return v }
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
		"pi": constant(value.OfFloat(math.Pi)), "huge": constant(value.OfFloat(math.Inf(1))),
		"maxinteger": constant(value.OfInt(math.MaxInt64)), "mininteger": constant(value.OfInt(math.MinInt64)),
	})
})

func unary(fn func(float64) float64) lua.LGFunction {
	return func(L *lua.LState) int { return float(L, fn(checkNumber(L, 1))) }
}

func mathAbs(L *lua.LState) int {
	if i, f, kind := value.Read(L.Get(1)); kind == value.Integer {
		return number(L, max(i, -i)) // the least integer is its own negative
	} else if kind == value.Real {
		return float(L, math.Abs(f))
	}
	return float(L, math.Abs(checkNumber(L, 1)))
}

// mathRound is floor or ceil: an integer where there is one.
func mathRound(fn func(float64) float64) lua.LGFunction {
	return func(L *lua.LState) int {
		if i, _, kind := value.Read(L.Get(1)); kind == value.Integer {
			return number(L, i)
		}
		return wholeOf(L, fn(checkNumber(L, 1)))
	}
}

// wholeOf pushes a whole float as an integer, if it is one of 64 bits.
func wholeOf(L *lua.LState, f float64) int {
	if i, ok := value.FloatToInt(f); ok {
		return number(L, i)
	}
	return float(L, f)
}

// mathFmod is C's fmod; that of two integers is one, too.
func mathFmod(L *lua.LState) int {
	i, _, k := value.Read(L.Get(1))
	j, _, l := value.Read(L.Get(2))
	switch {
	case k != value.Integer || l != value.Integer:
		return float(L, value.Fmod(checkNumber(L, 1), checkNumber(L, 2)))
	case j == 0:
		argError(L, 2, "zero")
	case j == -1: // the least integer would overflow
		return number(L, 0)
	}
	return number(L, i%j)
}

func mathModf(L *lua.LState) int {
	if value.IsInteger(L.Get(1)) {
		return results(L, L.Get(1), value.OfFloat(0))
	}
	x := checkNumber(L, 1)
	whole := math.Trunc(x)
	wholeOf(L, whole)
	if math.IsInf(x, 0) {
		return 1 + float(L, 0)
	}
	return 1 + float(L, x-whole)
}

func mathMax(L *lua.LState) int {
	return extreme(L, func(best, v lua.LValue) bool { return compareLess(L, best, v) })
}

func mathMin(L *lua.LState) int {
	return extreme(L, func(best, v lua.LValue) bool { return compareLess(L, v, best) })
}

// extreme pushes the argument that is better than all before it. As in C Lua it
// need not be a number, if it can be compared.
func extreme(L *lua.LState, better func(best, v lua.LValue) bool) int {
	best := checkAny(L, 1)
	for i := 2; i <= L.GetTop(); i++ {
		if better(best, L.Get(i)) {
			best = L.Get(i)
		}
	}
	L.Push(best)
	return 1
}

func mathLog(L *lua.LState) int {
	x := checkNumber(L, 1)
	if L.Get(2) == lua.LNil {
		return float(L, math.Log(x))
	}
	switch base := checkNumber(L, 2); base {
	case 2:
		return float(L, math.Log2(x))
	case 10:
		return float(L, math.Log10(x))
	default:
		return float(L, math.Log(x)/math.Log(base))
	}
}

func mathAtan(L *lua.LState) int {
	return float(L, math.Atan2(checkNumber(L, 1), optNumber(L, 2, 1)))
}

func mathPow(L *lua.LState) int {
	return float(L, value.Power(checkNumber(L, 1), checkNumber(L, 2)))
}

func mathFrexp(L *lua.LState) int {
	m, e := math.Frexp(checkNumber(L, 1))
	return results(L, value.OfFloat(m), value.OfInt(int64(e)))
}

func mathLdexp(L *lua.LState) int {
	return float(L, math.Ldexp(checkNumber(L, 1), int(max(-1<<30, min(checkInt(L, 2), 1<<30)))))
}

func mathTointeger(L *lua.LState) int {
	if i, ok := toInteger(checkAny(L, 1)); ok {
		return number(L, i)
	}
	L.Push(lua.LNil)
	return 1
}

func mathType(L *lua.LState) int {
	switch _, _, kind := value.Read(checkAny(L, 1)); kind {
	case value.Integer:
		return str(L, "integer")
	case value.Real:
		return str(L, "float")
	}
	L.Push(lua.LNil)
	return 1
}

func mathUlt(L *lua.LState) int {
	L.Push(lua.LBool(uint64(checkInt(L, 1)) < uint64(checkInt(L, 2))))
	return 1
}
