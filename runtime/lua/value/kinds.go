package value

import (
	"math"
	"strconv"

	lua "github.com/yuin/gopher-lua"
)

// Int is an integer that an LNumber can't hold: one beyond ±2^53.
type Int int64

// Float is a float that an LNumber would be taken for an integer for: a whole
// one within ±2^53, minus zero among them.
type Float float64

func (i Int) String() string { return strconv.FormatInt(int64(i), 10) }

func (i Int) Type() lua.LValueType { return lua.LTNumber }

func (f Float) String() string { return string(appendFloat(nil, float64(f))) }

func (f Float) Type() lua.LValueType { return lua.LTNumber }

// MaxExact is the bound up to which an LNumber holds every integer.
const MaxExact = 1 << 53

func isExact(i int64) bool { return uint64(i+MaxExact) <= 2*MaxExact }

// wholeExact tells whether a float is whole and within ±2^53, and which integer
// it equals.
func wholeExact(f float64) (int64, bool) {
	i := int64(f)
	return i, float64(i) == f && isExact(i)
}

// OfInt is the integer i.
func OfInt(i int64) lua.LValue {
	if isExact(i) {
		return lua.LNumber(i)
	}
	return Int(i)
}

// OfFloat is the float f.
func OfFloat(f float64) lua.LValue {
	if _, whole := wholeExact(f); whole {
		return Float(f)
	}
	return lua.LNumber(f)
}

// A Kind tells integers from floats, and both from what is no number.
type Kind uint8

const (
	NoNumber Kind = iota
	Integer
	Real
)

// Read gives a number by its kind: i is set for an integer, f for both.
func Read(v lua.LValue) (i int64, f float64, kind Kind) {
	switch v := v.(type) {
	case lua.LNumber:
		if i, whole := wholeExact(float64(v)); whole {
			return i, float64(i), Integer
		}
		return 0, float64(v), Real
	case Int:
		return int64(v), float64(v), Integer
	case Float:
		return 0, float64(v), Real
	}
	return 0, 0, NoNumber
}

// IsNumber tells whether v is a number.
func IsNumber(v lua.LValue) bool { return v.Type() == lua.LTNumber }

// IsInteger tells whether v is a number of the kind integer.
func IsInteger(v lua.LValue) bool {
	_, _, kind := Read(v)
	return kind == Integer
}

// ToInt is the integer that a number equals: its own value, or that of a float
// which is whole and within 64 bits.
func ToInt(v lua.LValue) (int64, bool) {
	i, f, kind := Read(v)
	switch kind {
	case Integer:
		return i, true
	case Real:
		return FloatToInt(f)
	}
	return 0, false
}

// ToFloat is a number as a float; an integer beyond 2^53 is rounded.
func ToFloat(v lua.LValue) (float64, bool) {
	_, f, kind := Read(v)
	return f, kind != NoNumber
}

// FloatToInt is the integer that a float equals, if there is one.
func FloatToInt(f float64) (int64, bool) {
	if f >= math.MinInt64 && f < -math.MinInt64 {
		i := int64(f)
		return i, float64(i) == f
	}
	return 0, false
}

// Canonical gives a number that may be in any form the one that OfInt and
// OfFloat give it, and other values as they are.
func Canonical(v lua.LValue) lua.LValue {
	switch v := v.(type) {
	case Int:
		return OfInt(int64(v))
	case Float:
		return OfFloat(float64(v))
	}
	return v
}

// Key is v as a key of a table: a float that equals an integer is that integer.
// All other values are keys as they are.
func Key(v lua.LValue) lua.LValue {
	switch n := v.(type) {
	case lua.LNumber:
		if n > MaxExact || n < -MaxExact {
			if i, ok := FloatToInt(float64(n)); ok {
				return Int(i)
			}
		}
	case Int:
		return OfInt(int64(n))
	case Float:
		if i, ok := FloatToInt(float64(n)); ok {
			return OfInt(i)
		}
		return lua.LNumber(n)
	}
	return v
}

// Plain is v for Go code that knows LNumbers only: an integer beyond 2^53 is
// rounded, and a whole float is an integer.
func Plain(v lua.LValue) lua.LValue {
	switch v := v.(type) {
	case Int:
		return lua.LNumber(v)
	case Float:
		return lua.LNumber(v)
	}
	return v
}

// IsKey tells whether v is Key(v): most keys are.
func IsKey(v lua.LValue) bool {
	switch v := v.(type) {
	case lua.LNumber:
		return v <= MaxExact && v >= -MaxExact
	case Int, Float:
		return false
	}
	return true
}

// OtherForm is a number in a form that Go code needn't make, but has to take: an
// Int that is small, or a Float that is a fraction.
func OtherForm(n lua.LNumber) lua.LValue {
	if i, whole := wholeExact(float64(n)); whole {
		return Int(i)
	}
	return Float(n)
}
