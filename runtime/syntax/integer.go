package syntax

import "math"

// Numbers are doubles. The operators that 5.4 defines on integers work on the
// 64-bit integer that a double stands for, and their result is a double again:
// exact for results up to 2^53, and for those beyond whose low bits are zero.

// toInteger returns the integer that f stands for. 2^63 counts as the largest
// integer, which is what a double makes of it, so that masks such as
// 0x7fffffffffffffff work.
func toInteger(f float64) (int64, bool) {
	if f >= -1<<63 && f < 1<<63 {
		i := int64(f)
		return i, float64(i) == f
	}
	if f == 1<<63 {
		return math.MaxInt64, true
	}
	return 0, false
}

func bitwise(op operator, x, y int64) int64 {
	switch op {
	case opBAnd:
		return x & y
	case opBOr:
		return x | y
	case opBXor:
		return x ^ y
	case opShl:
		return shiftLeft(x, y)
	}
	return shiftLeft(x, -y)
}

// shiftLeft shifts logically, to the right for negative n; bits that leave the
// 64 are lost.
func shiftLeft(x, n int64) int64 {
	switch {
	case n <= -64 || n >= 64:
		return 0
	case n >= 0:
		return int64(uint64(x) << uint(n))
	}
	return int64(uint64(x) >> uint(-n))
}

// floorDiv is Lua's `//` on doubles. Whole operands are divided exactly, as
// integers are; the quotient of doubles could round up to the next whole number.
func floorDiv(a, b float64) float64 {
	if math.Abs(a) > 1<<53 || math.Abs(b) > 1<<53 || b == 0 || a != math.Trunc(a) || b != math.Trunc(b) {
		return math.Floor(a / b)
	}
	r := math.Mod(a, b)
	q := (a - r) / b
	if r != 0 && (r < 0) != (b < 0) {
		q--
	}
	return q + 0 // an integer zero has no sign
}

// floorMod is Lua's `%` on doubles: the result has the sign of b.
func floorMod(a, b float64) float64 {
	r := math.Mod(a, b)
	if r*b < 0 {
		r += b
	}
	return r
}
