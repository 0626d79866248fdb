package value

import (
	"math"
	"strconv"
	"strings"

	lua "github.com/yuin/gopher-lua"
)

// Parse converts a string to a number as Lua 5.4's tonumber does without a base:
// surrounding white space, a sign, decimal and hexadecimal integers and floats;
// nothing that only Go would accept, such as "1_000", "inf" or "0b1".
func Parse(s string) (lua.LValue, bool) {
	s = strings.Trim(s, " \t\n\v\f\r")
	negative := false
	if s != "" && (s[0] == '-' || s[0] == '+') {
		negative = s[0] == '-'
		s = s[1:]
	}
	if s == "" || !isDigit(s[0]) && s[0] != '.' {
		return nil, false
	}
	v, ok := parse(s, negative)
	return v, ok
}

// ParseNumeral converts a numeral as it stands in a program: as Parse, without
// white space or a sign.
func ParseNumeral(s string) (lua.LValue, bool) { return parse(s, false) }

func parse(s string, negative bool) (lua.LValue, bool) {
	if len(s) > 2 && s[0] == '0' && s[1]|0x20 == 'x' {
		return parseHex(s, negative)
	}
	whole := s != ""
	for i := range len(s) {
		switch c := s[i]; {
		case isDigit(c):
		case c == '.' || c|0x20 == 'e' || c == '+' || c == '-':
			whole = false
		default:
			return nil, false
		}
	}
	if whole {
		if i, ok := decimal(s, negative); ok {
			return OfInt(i), true
		}
	}
	if len(s) > longNumeral {
		var ok bool
		if s, ok = shorten(s, significant); !ok {
			return nil, false
		}
	}
	return parseFloat(s, negative)
}

// decimal is false for an integer that doesn't fit into 64 bits: it is a float.
func decimal(s string, negative bool) (int64, bool) {
	if len(s) > longNumeral {
		s = strings.TrimLeft(s[:len(s)-1], "0") + s[len(s)-1:]
		if len(s) > longNumeral {
			return 0, false
		}
	}
	u, err := strconv.ParseUint(s, 10, 64)
	switch {
	case err != nil || u > 1<<63 || u == 1<<63 && !negative:
		return 0, false
	case negative:
		return -int64(u), true
	}
	return int64(u), true
}

// parseHex reads s behind its 0x; an integer wraps around at 64 bits.
func parseHex(s string, negative bool) (lua.LValue, bool) {
	u := uint64(0)
	for i := 2; i < len(s); i++ {
		d, ok := hexDigit(s[i])
		if !ok {
			return parseHexFloat(s, s[i], negative)
		}
		u = u<<4 | uint64(d)
	}
	if negative {
		u = -u
	}
	return OfInt(int64(u)), true
}

func parseHexFloat(s string, c byte, negative bool) (lua.LValue, bool) {
	if c != '.' && c|0x20 != 'p' || strings.IndexByte(s, '_') >= 0 {
		return nil, false
	}
	if !strings.ContainsAny(s, "pP") {
		s += "p0"
	}
	return parseFloat(s, negative)
}

func parseFloat(s string, negative bool) (lua.LValue, bool) {
	f, err := strconv.ParseFloat(s, 64)
	if err != nil && !math.IsInf(f, 0) {
		return nil, false
	}
	if negative {
		f = -f
	}
	return OfFloat(f), true
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

func hexDigit(c byte) (byte, bool) {
	switch {
	case isDigit(c):
		return c - '0', true
	case 'a' <= c|0x20 && c|0x20 <= 'f':
		return c | 0x20 - 'a' + 10, true
	}
	return 0, false
}
