package value

import (
	"math"

	lua "github.com/yuin/gopher-lua"
)

// Equal tells whether two numbers have the same value, whatever their kinds.
// It is false where one is no number.
func Equal(x, y lua.LValue) bool {
	i, f, k := Read(x)
	j, g, l := Read(y)
	switch {
	case k == NoNumber || l == NoNumber:
		return false
	case k == Integer && l == Integer:
		return i == j
	case k == Real && l == Real:
		return f == g
	case k == Integer:
		f, j = g, i // f is the float, j the integer
	}
	i, whole := FloatToInt(f)
	return whole && i == j
}

// Less tells whether x < y, exactly; known is false where one is no number.
func Less(x, y lua.LValue) (less, known bool) {
	i, f, k := Read(x)
	j, g, l := Read(y)
	switch {
	case k == NoNumber || l == NoNumber:
		return false, false
	case k == Integer && l == Integer:
		return i < j, true
	case k == Real && l == Real:
		return f < g, true
	case k == Integer:
		return intBelow(i, math.Ceil(g)), true
	}
	return floatBelow(math.Floor(f), j), true
}

// LessEqual tells whether x <= y, as Less does.
func LessEqual(x, y lua.LValue) (less, known bool) {
	i, f, k := Read(x)
	j, g, l := Read(y)
	switch {
	case k == NoNumber || l == NoNumber:
		return false, false
	case k == Integer && l == Integer:
		return i <= j, true
	case k == Real && l == Real:
		return f <= g, true
	case k == Integer:
		g = math.Floor(g)
		return g == g && !floatBelow(g, i), true
	}
	f = math.Ceil(f)
	return f == f && !intBelow(j, f), true
}

// intBelow is i < f for a float that is whole, infinite or nan.
func intBelow(i int64, f float64) bool {
	if j, ok := FloatToInt(f); ok {
		return i < j
	}
	return f > 0
}

// floatBelow is f < i for a float that is whole, infinite or nan.
func floatBelow(f float64, i int64) bool {
	if j, ok := FloatToInt(f); ok {
		return j < i
	}
	return f < 0
}
