package syntax

import (
	"math"
	"strconv"
	"strings"

	lua "github.com/yuin/gopher-lua"
)

// parseNumeral converts a numeral's text by the rules of Lua 5.4: hexadecimal
// integers wrap around at 64 bits, decimal ones that don't fit become floats.
// isInt tells how the numeral is written; its value is a double either way.
func parseNumeral(b []byte) (num float64, isInt, ok bool) {
	if n := len(b); n > 0 && n <= 15 {
		v := int64(0)
		i := 0
		for ; i < n && charMarks[b[i]]&chDigit != 0; i++ {
			v = v*10 + int64(b[i]-'0')
		}
		if i == n {
			return float64(v), true, true
		}
	}
	if len(b) > 2 && b[0] == '0' && b[1]|0x20 == 'x' {
		return parseHex(b[2:])
	}
	return parseDecimal(b)
}

func parseHex(b []byte) (num float64, isInt, ok bool) {
	v := uint64(0)
	for i, c := range b {
		if charMarks[c]&chHex == 0 {
			return parseHexFloat(b, i)
		}
		v = v<<4 | uint64(hexValue(c))
	}
	return float64(int64(v)), true, len(b) > 0
}

func parseHexFloat(b []byte, at int) (num float64, isInt, ok bool) {
	if c := b[at]; c != '.' && c|0x20 != 'p' {
		return 0, false, false
	}
	text := "0x" + string(b)
	if strings.IndexByte(text, '_') >= 0 {
		return 0, false, false
	}
	if !strings.ContainsAny(text, "pP") {
		text += "p0"
	}
	num, ok = parseFloat(text)
	return num, false, ok
}

func parseDecimal(b []byte) (num float64, isInt, ok bool) {
	isInt = len(b) > 0
	for _, c := range b {
		switch {
		case charMarks[c]&chDigit != 0:
		case c == '.' || c|0x20 == 'e' || c == '+' || c == '-':
			isInt = false
		default:
			return 0, false, false
		}
	}
	num, ok = parseFloat(string(b))
	return num, isInt, ok
}

func parseFloat(text string) (float64, bool) {
	num, err := strconv.ParseFloat(text, 64)
	if err != nil && !math.IsInf(num, 0) {
		return 0, false
	}
	return num, true
}

// inexactInteger reports whether a double can't hold the integer numeral text.
// A decimal one beyond 64 bits is a float in C Lua too.
func inexactInteger(text []byte, num float64) bool {
	if math.Abs(num) < 1<<53 {
		return false
	}
	if len(text) > 2 && text[1]|0x20 == 'x' {
		v := uint64(0)
		for _, c := range text[2:] {
			v = v<<4 | uint64(hexValue(c))
		}
		return num >= 1<<63 || int64(num) != int64(v)
	}
	v, err := strconv.ParseInt(string(text), 10, 64)
	return err == nil && (num >= 1<<63 || int64(num) != v)
}

// ParseNumber converts a string to a number as Lua 5.4's tonumber does without
// a base: surrounding white space, a sign, decimal and hexadecimal integers and
// floats; nothing that only Go would accept, such as "1_000", "inf" or "0b1".
func ParseNumber(s string) (lua.LNumber, bool) {
	s = strings.Trim(s, " \t\n\v\f\r")
	neg := false
	if s != "" && (s[0] == '-' || s[0] == '+') {
		neg = s[0] == '-'
		s = s[1:]
	}
	if s == "" || charMarks[s[0]]&chDigit == 0 && s[0] != '.' {
		return 0, false
	}
	num, isInt, ok := parseNumeral([]byte(s))
	if !ok {
		return 0, false
	}
	if neg && !(isInt && num == 0) {
		num = -num
	}
	return lua.LNumber(num), true
}

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
