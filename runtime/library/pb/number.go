package pb

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"devnode/runtime/internal/protobuf"
	"devnode/runtime/library"
)

// toInteger is the integer that a value stands for, of 64 bits with or without a sign: a number, or a text as "10", "0x1F", "#-7".
func toInteger(v library.Value) (n uint64, ok bool) {
	if i, ok := v.Int(); ok {
		return uint64(i), true
	}
	text, isText := v.Str()
	if isText {
		if number, ok := v.ToNumber(); ok {
			if i, ok := number.Int(); ok {
				return uint64(i), true
			}
		}
	} else if v.Type() != "number" {
		return 0, false
	} else {
		text = v.Text()
	}
	return parseInteger(text)
}

// parseInteger reads digits behind any number of signs. Those that are too many count for nothing.
func parseInteger(text string) (n uint64, ok bool) {
	text, _, _ = strings.Cut(text, "\x00")
	negative := false
	for text != "" && strings.IndexByte("#+-", text[0]) >= 0 {
		negative = negative != (text[0] == '-')
		text = text[1:]
	}
	base := uint64(10)
	if len(text) >= 2 && text[0] == '0' && text[1]|0x20 == 'x' {
		base, text = 16, text[2:]
	}
	for i := range len(text) {
		d := hexDigit(text[i])
		if d < 0 || uint64(d) >= base {
			return 0, false
		}
		n = n*base + uint64(d)
	}
	if negative {
		n = -n
	}
	return n, true
}

func hexDigit(c byte) int {
	switch {
	case '0' <= c && c <= '9':
		return int(c - '0')
	case 'a' <= c|0x20 && c|0x20 <= 'f':
		return int(c|0x20-'a') + 10
	}
	return -1
}

// integerArg is argument n, an integer by toInteger.
func integerArg(c library.Call, n int) uint64 {
	v := c.Arg(n)
	i, ok := toInteger(v)
	if !ok {
		if kind := v.Type(); kind == "string" || kind == "number" {
			c.Raise("integer format error: '%s'", v.Text())
		}
		typeError(c, n, "number/string")
	}
	return i
}

// typeError raises that argument n is something else. A missing one is no value, not nil.
func typeError(c library.Call, n int, want string) {
	c.ArgError(n, "%s expected, got %s", want, typeName(c, n))
}

// typeName is the type of argument n, as C's luaL_typename has it.
func typeName(c library.Call, n int) string {
	if n > c.Args() {
		return "no value"
	}
	return c.Arg(n).Type()
}

// integer is the value of an integer, by the mode for those that 32 bits don't hold.
func integer(n int64, unsigned bool, mode int64Mode) library.Value {
	if mode == asNumber || n >= math.MinInt32 && n <= math.MaxUint32 && !(unsigned && n < 0) {
		return library.Int(n)
	}
	sign, rest := "", uint64(n)
	if !unsigned && n < 0 {
		sign, rest = "-", -rest
	}
	if mode == asHex {
		return library.String(fmt.Sprintf("#%s0x%X", sign, rest))
	}
	return library.String("#" + sign + strconv.FormatUint(rest, 10))
}

// toFloat is the number that a value stands for.
func toFloat(v library.Value) (f float64, ok bool) {
	if f, ok = v.Float(); ok {
		return f, true
	}
	if number, ok := v.ToNumber(); ok {
		return number.Float()
	}
	return 0, false
}

// gotName is the type that errors give for a value which isn't of a kind: where an integer is wanted the library in C has made a text
// of a number by then.
func gotName(k protobuf.Kind, name string) string {
	if name == "number" && k.Wire() != protobuf.Length {
		return "string"
	}
	return name
}
