package value

import (
	"math"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"

	lua "github.com/yuin/gopher-lua"
)

// TestShortNumerals compares numerals with their short forms: they read alike, or
// neither is one.
func TestShortNumerals(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 0))
	for range 200_000 {
		b := make([]byte, r.IntN(30))
		for i := range b {
			b[i] = "00000123456789....ee+-"[r.IntN(22)]
		}
		s := string(b)
		want, err := strconv.ParseFloat(s, 64)
		isNumber := err == nil || err.(*strconv.NumError).Err == strconv.ErrRange
		if s == "" || s[0] == '+' || s[0] == '-' {
			continue // Parse has taken the sign
		}
		short, ok := shorten(s, 20)
		if ok != isNumber {
			t.Fatalf("%q: a numeral: %v, want %v", s, ok, isNumber)
		}
		if got, _ := strconv.ParseFloat(short, 64); ok && got != want && !closeBy(s, 20) {
			t.Fatalf("%q, shortened to %q: %v, want %v", s, short, got, want)
		}
	}
}

// closeBy tells of a numeral whose digits beyond the first n may matter.
func closeBy(s string, n int) bool {
	return len(strings.TrimLeft(strings.ReplaceAll(s, ".", ""), "0")) > n
}

// TestLongNumerals are as C's strtod reads them.
func TestLongNumerals(t *testing.T) {
	zeros := strings.Repeat("0", 3000)
	half := "9007199254740993" // between two doubles: what follows decides
	for text, want := range map[string]float64{
		zeros + "1.5":                          1.5,
		"." + zeros + "15e3001":                1.5,
		"15" + zeros + "e-3001":                1.5,
		"1" + zeros:                            math.Inf(1),
		"1" + zeros + ".0e-4000":               0,
		half + "." + zeros:                     9007199254740992,
		half + "." + zeros + "1":               9007199254740994,
		half + zeros + "1e-3001":               9007199254740994,
		"1e" + strings.Repeat("9", 3000):       math.Inf(1),
		"1e-" + strings.Repeat("9", 3000):      0,
		"0." + zeros + "e" + zeros + "1":       0,
		strings.Repeat("9", 308) + "." + zeros: 1e308,
	} {
		v, ok := Parse(text)
		if f, _ := ToFloat(v); !ok || f != want {
			t.Errorf("%.20s… of %d bytes: %v %v, want %v", text, len(text), v, ok, want)
		}
	}
	for _, text := range []string{zeros + "e", zeros + "1.2.3", zeros + "e+", zeros + "1e5x", "." + strings.Repeat("e", 3000), strings.Repeat(".", 3000)} {
		if v, ok := Parse(text); ok {
			t.Errorf("%.20s… of %d bytes: %v, want no number", text, len(text), v)
		}
	}
	if v, ok := Parse(zeros + "12"); !ok || v != lua.LNumber(12) && v != OfInt(12) {
		t.Errorf("an integer behind many zeros: %v %v", v, ok)
	}
}
