package value

import (
	"errors"
	"math"

	lua "github.com/yuin/gopher-lua"
)

// An Op is an operator of Lua that computes with numbers.
type Op uint8

const (
	Add Op = iota
	Sub
	Mul
	Div
	Mod
	Pow
	IDiv
	Unm // of one operand, given twice
	BAnd
	BOr
	BXor
	Shl
	Shr
	BNot // of one operand, given twice
)

// What Arith can't compute. The messages are C Lua's, but for ErrOperand and
// ErrNoInteger, which say less than it knows.
var (
	ErrOperand   = errors.New("an operand is no number")
	ErrNoInteger = errors.New("number has no integer representation")
	ErrDivide    = errors.New("attempt to divide by zero")
	ErrModulo    = errors.New("attempt to perform 'n%0'")
)

// Arith computes x op y as Lua 5.4 does for numbers: integers wrap around, and a
// float makes a float of both. Strings are no numbers here.
func Arith(op Op, x, y lua.LValue) (lua.LValue, error) {
	i, f, k := Read(x)
	j, g, l := Read(y)
	if k == NoNumber || l == NoNumber {
		return nil, ErrOperand
	}
	switch op {
	case BAnd, BOr, BXor, Shl, Shr, BNot:
		i, ok1 := ToInt(x)
		j, ok2 := ToInt(y)
		if !ok1 || !ok2 {
			return nil, ErrNoInteger
		}
		return OfInt(Bitwise(op, i, j)), nil
	case Div, Pow:
	default:
		if k == Integer && l == Integer {
			n, err := intArith(op, i, j)
			if err != nil {
				return nil, err
			}
			return OfInt(n), nil
		}
	}
	return OfFloat(floatArith(op, f, g)), nil
}

func intArith(op Op, i, j int64) (int64, error) {
	switch op {
	case Add:
		return i + j, nil
	case Sub:
		return i - j, nil
	case Mul:
		return i * j, nil
	case Unm:
		return -i, nil
	case IDiv:
		if j == 0 {
			return 0, ErrDivide
		}
		return FloorDiv(i, j), nil
	}
	if j == 0 {
		return 0, ErrModulo
	}
	return FloorMod(i, j), nil
}

// FloorDiv is i // j for integers; j isn't zero.
func FloorDiv(i, j int64) int64 {
	if j == -1 {
		return -i // the least integer wraps around
	}
	q := i / j
	if i^j < 0 && q*j != i {
		q--
	}
	return q
}

// FloorMod is i % j for integers; j isn't zero.
func FloorMod(i, j int64) int64 {
	if j == -1 {
		return 0
	}
	r := i % j
	if r != 0 && r^j < 0 {
		r += j
	}
	return r
}

func floatArith(op Op, f, g float64) float64 {
	switch op {
	case Add:
		return f + g
	case Sub:
		return f - g
	case Mul:
		return f * g
	case Div:
		return f / g
	case Mod:
		return FloatMod(f, g)
	case Pow:
		return Power(f, g)
	case IDiv:
		return math.Floor(f / g)
	}
	return -f
}

// FloatMod is f % g for floats: the result has the sign of g.
func FloatMod(f, g float64) float64 {
	r := Fmod(f, g)
	if r > 0 && g < 0 || r < 0 && g > 0 { // not r*g < 0: the product of two tiny ones is 0
		r += g
	}
	return r
}

// Fmod is C's fmod. C prints the sign of what is no number.
func Fmod(f, g float64) float64 {
	if f != f || g != g {
		return f * g // whichever is none, with its sign
	}
	return invalid(math.Mod(f, g))
}

// Power is f ^ g.
func Power(f, g float64) float64 {
	if g == 2 {
		return f * f
	}
	if r := math.Pow(f, g); r == r {
		return r
	} else if g != g {
		return f + g
	} else if f != f && math.Signbit(f) && math.Abs(math.Mod(g, 2)) == 1 {
		return -f // glibc
	} else if f != f {
		return f
	}
	return invalid(math.NaN())
}

// invalid gives the result of an operation, if it is no number, the sign that it
// has on x86.
func invalid(r float64) float64 {
	if r != r {
		return math.Copysign(r, -1)
	}
	return r
}

// Bitwise computes one of Lua's operators on the bits of integers.
func Bitwise(op Op, i, j int64) int64 {
	switch op {
	case BAnd:
		return i & j
	case BOr:
		return i | j
	case BXor:
		return i ^ j
	case BNot:
		return ^i
	case Shl:
		return shiftLeft(i, j)
	}
	if j == math.MinInt64 {
		return 0
	}
	return shiftLeft(i, -j)
}

// shiftLeft shifts logically, to the right for negative n; bits that leave the
// 64 are lost.
func shiftLeft(i, n int64) int64 {
	switch {
	case n <= -64 || n >= 64:
		return 0
	case n >= 0:
		return int64(uint64(i) << uint(n))
	}
	return int64(uint64(i) >> uint(-n))
}
