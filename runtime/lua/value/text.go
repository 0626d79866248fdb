package value

import (
	"math"
	"strconv"

	lua "github.com/yuin/gopher-lua"
)

// Text is a number as Lua's tostring and `..` show it. It is empty for what is
// no number.
func Text(v lua.LValue) string { return string(AppendText(nil, v)) }

// AppendText appends Text(v) to b.
func AppendText(b []byte, v lua.LValue) []byte {
	switch i, f, kind := Read(v); kind {
	case Integer:
		return strconv.AppendInt(b, i, 10)
	case Real:
		return appendFloat(b, f)
	}
	return b
}

// appendFloat shows a float by "%.14g", with ".0" where it would look like an
// integer.
func appendFloat(b []byte, f float64) []byte {
	from := len(b)
	b = AppendG14(b, f)
	for _, c := range b[from:] {
		if c != '-' && (c < '0' || c > '9') {
			return b
		}
	}
	return append(b, ".0"...)
}

// AppendG14 is C's "%.14g".
func AppendG14(b []byte, f float64) []byte {
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
	// strconv's 'g' keeps no trailing zeros to strip, but switches to an exponent
	// at other bounds and writes at least two digits of it.
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

// String is v.String(), but for numbers Text(v): gopher-lua shows a fraction
// with up to 17 digits.
func String(v lua.LValue) string {
	if IsNumber(v) {
		return Text(v)
	}
	return v.String()
}
