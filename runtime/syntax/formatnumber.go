package syntax

import (
	"math"
	"strconv"

	lua "github.com/yuin/gopher-lua"
)

// FormatNumber is a number as Lua's tostring and `..` show it: integral values
// below 2^63 as integers, all others by "%.14g".
func FormatNumber(n lua.LNumber) string {
	return string(AppendNumber(nil, n))
}

// AppendNumber appends FormatNumber(n) to b.
func AppendNumber(b []byte, n lua.LNumber) []byte {
	f := float64(n)
	if f > -1<<63 && f < 1<<63 && f == math.Trunc(f) || f == -1<<63 {
		return strconv.AppendInt(b, int64(f), 10)
	}
	switch {
	case math.IsInf(f, 1):
		return append(b, "inf"...)
	case math.IsInf(f, -1):
		return append(b, "-inf"...)
	case math.IsNaN(f):
		// 0/0 has its sign bit set on x86, and C prints it.
		if math.Signbit(f) {
			return append(b, "-nan"...)
		}
		return append(b, "nan"...)
	}
	return appendG14(b, f)
}

// appendG14 is C's "%.14g": strconv's 'g' keeps no trailing zeros to strip, but
// switches to an exponent at other bounds and writes at least two digits of it.
func appendG14(b []byte, f float64) []byte {
	var tmp [32]byte
	e := strconv.AppendFloat(tmp[:0], f, 'e', 13, 64)
	i := len(e) - 1
	for e[i] != 'e' {
		i--
	}
	exp, _ := strconv.Atoi(string(e[i+1:]))
	if exp >= -4 && exp < 14 {
		return trimZeros(strconv.AppendFloat(b, f, 'f', 13-exp, 64), len(b))
	}
	mant := len(b)
	b = trimZeros(append(b, e[:i]...), mant)
	return append(b, e[i:]...)
}

func trimZeros(b []byte, from int) []byte {
	dot := false
	for _, c := range b[from:] {
		dot = dot || c == '.'
	}
	if !dot {
		return b
	}
	for b[len(b)-1] == '0' {
		b = b[:len(b)-1]
	}
	if b[len(b)-1] == '.' {
		b = b[:len(b)-1]
	}
	return b
}
