package sproto

import (
	"math"
	"strconv"
	"strings"

	"devnode/runtime/library"
)

// number is what lua_tonumber gives: 0 where the value is no number, nor stands for one.
func number(v library.Value) float64 {
	if s, ok := v.Str(); ok {
		s = strings.TrimSpace(s)
		if i, err := strconv.ParseInt(s, 0, 64); err == nil {
			return float64(i)
		}
		f, _ := strconv.ParseFloat(s, 64)
		return f
	}
	f, _ := v.Float()
	return f
}

// integer is what lua_tointegerx gives.
func integer(v library.Value) (int64, bool) {
	s, ok := v.Str()
	if !ok {
		if v.Type() != "number" {
			return 0, false
		}
		return v.Int()
	}
	s = strings.TrimSpace(s)
	if i, err := strconv.ParseInt(s, 10, 64); err == nil {
		return i, true
	}
	if digits, hex := strings.CutPrefix(strings.ToLower(s), "0x"); hex {
		i, err := strconv.ParseUint(digits, 16, 64)
		return int64(i), err == nil
	}
	f, err := strconv.ParseFloat(s, 64)
	if err != nil || f != math.Trunc(f) || f < math.MinInt64 || f >= 1<<63 {
		return 0, false
	}
	return int64(f), true
}

// toInt is C's conversion of a float, as processors of today do it.
func toInt(f float64) int64 {
	if f != f || f < math.MinInt64 || f >= 1<<63 {
		return math.MinInt64
	}
	return int64(f)
}
