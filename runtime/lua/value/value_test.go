package value_test

import (
	"math"
	"testing"

	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/lua/value"
)

// ints and floats are numbers at whose neighbours the form changes.
var ints = []int64{0, 1, -1, 1023, 1024, 1<<53 - 1, 1 << 53, 1<<53 + 1, -1<<53 + 1, -1 << 53, -1<<53 - 1, math.MaxInt64 - 1, math.MaxInt64, math.MinInt64, math.MinInt64 + 1}

var floats = []float64{0, math.Copysign(0, -1), 1, -1, 0.5, 3, 1 << 52, 1<<53 - 1, 1 << 53, 1<<53 + 2, -1 << 53, -1<<53 - 2, 1 << 62, -1 << 63, 1 << 63, 1e100, math.Inf(1), math.Inf(-1), math.NaN()}

func TestEachNumberHasOneFormAndIsReadBack(t *testing.T) {
	for _, i := range ints {
		v := value.OfInt(i)
		got, _, kind := value.Read(v)
		back, ok := value.ToInt(v)
		if got != i || kind != value.Integer || back != i || !ok || value.Canonical(value.Int(i)) != v || !value.IsInteger(v) {
			t.Errorf("the integer %d is %T %v", i, v, v)
		}
		if _, isPlain := v.(lua.LNumber); isPlain != (i >= -1<<53 && i <= 1<<53) {
			t.Errorf("the integer %d has the form %T", i, v)
		}
	}
	for _, f := range floats {
		v := value.OfFloat(f)
		_, got, kind := value.Read(v)
		if math.Float64bits(got) != math.Float64bits(f) || kind != value.Real || value.IsInteger(v) {
			t.Errorf("the float %v is %T %v", f, v, v)
		}
	}
}

func TestKeysOfEqualNumbersAreTheSame(t *testing.T) {
	for _, f := range floats {
		key := value.Key(value.OfFloat(f))
		if i, ok := value.FloatToInt(f); ok && key != value.OfInt(i) {
			t.Errorf("the key of %v is %T %v", f, key, key)
		}
		if f == f && (!value.IsKey(key) && value.Key(key) != key || value.Key(value.Float(f)) != key) {
			t.Errorf("the key of %v, %v, isn't its own key", f, key)
		}
	}
	for _, i := range ints {
		if value.Key(value.OfInt(i)) != value.OfInt(i) || value.Key(value.Int(i)) != value.OfInt(i) {
			t.Errorf("the key of %d is %v", i, value.Key(value.Int(i)))
		}
	}
}

// TestOrderIsExact compares by big steps what doubles would round together.
func TestOrderIsExact(t *testing.T) {
	for _, i := range ints {
		for _, f := range floats {
			x, y := value.OfInt(i), value.OfFloat(f)
			below, equal := exactly(i, f)
			less, _ := value.Less(x, y)
			atMost, _ := value.LessEqual(x, y)
			more, _ := value.Less(y, x)
			atLeast, _ := value.LessEqual(y, x)
			if less != below || value.Equal(x, y) != equal || atMost != (below || equal) || more != (f == f && !below && !equal) || atLeast != (f == f && !below) {
				t.Errorf("%d and %v: < %v, <= %v, == %v, > %v, >= %v", i, f, less, atMost, value.Equal(x, y), more, atLeast)
			}
		}
	}
}

// exactly compares an integer and a float by the whole part of the float.
func exactly(i int64, f float64) (below, equal bool) {
	switch {
	case f != f:
		return false, false
	case f >= 1<<63:
		return true, false
	case f < -1<<63:
		return false, false
	}
	whole := int64(f)
	fraction := f - math.Trunc(f)
	return i < whole || i == whole && fraction > 0, i == whole && fraction == 0
}

// FuzzNumber holds Parse and Text together: what is formatted is read back the
// same, as far as 14 digits go.
func FuzzNumber(f *testing.F) {
	for _, s := range []string{"0", " 1 ", "-0x10", "1e308", "0x.8p-3", "inf", "nan", "1_0", "0b1", "1e", ".5", "5.", "-", "9007199254740993", "-9223372036854775808"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		n, ok := value.Parse(s)
		if !ok {
			return
		}
		text := value.Text(n)
		if text == "inf" || text == "-inf" {
			return
		}
		again, ok := value.Parse(text)
		if !ok || value.Text(again) != text || value.IsInteger(again) != value.IsInteger(n) {
			t.Errorf("%q is %s, which reads as %s", s, text, value.Text(again))
		}
	})
}
