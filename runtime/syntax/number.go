package syntax

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	lua "github.com/yuin/gopher-lua"
)

// numeral reads everything that could belong to a number and one letter more,
// as C Lua does, so that `3x` is a malformed number and not a number and a name.
func (lx *lexer) numeral(t *token) {
	exp := byte('e')
	if lx.cur() == '0' && (lx.peek(1) == 'x' || lx.peek(1) == 'X') {
		exp = 'p'
		lx.pos += 2
	}
	for {
		c := lx.cur()
		if c != eof && byte(c)|0x20 == exp {
			lx.pos++
			if lx.cur() == '+' || lx.cur() == '-' {
				lx.pos++
			}
		} else if isMark(c, chHex) || c == '.' {
			lx.pos++
		} else {
			if isMark(c, chName) {
				lx.pos++
			}
			break
		}
	}
	text := lx.src[lx.start:lx.pos]
	num, isInt, ok := parseNumeral(text)
	if !ok {
		lx.fail("malformed number", quote(string(text)))
	}
	if isInt && lx.warn != nil && inexactInteger(text, num) {
		lx.warn(lx.line, fmt.Sprintf("the integer %s has no exact value here: numbers are doubles, exact up to 2^53", text))
	}
	t.kind = tkNumber
	t.num = num
	t.isInt = isInt
	t.start, t.end = lx.start, lx.pos
}

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
