package stdlib

import (
	"math"
	"math/bits"
	crand "math/rand/v2"

	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/lua/value"
)

// random is xoshiro256**, seeded and read as Lua 5.4 does it, so that a seed
// gives the numbers that it gives there.
type random struct{ s [4]uint64 }

func newRandom(n1, n2 uint64) *random {
	r := &random{[4]uint64{n1, 0xff, n2, 0}}
	for range 16 {
		r.next()
	}
	return r
}

func (r *random) next() uint64 {
	s := &r.s
	result := bits.RotateLeft64(s[1]*5, 7) * 9
	t := s[1] << 17
	s[2] ^= s[0]
	s[3] ^= s[1]
	s[1] ^= s[2]
	s[0] ^= s[3]
	s[2] ^= t
	s[3] = bits.RotateLeft64(s[3], 45)
	return result
}

// upTo maps a random number into [0, n].
func (r *random) upTo(ran, n uint64) uint64 {
	if n&(n+1) == 0 {
		return ran & n
	}
	mask := uint64(1)<<bits.Len64(n) - 1
	for ran &= mask; ran > n; ran = r.next() & mask {
	}
	return ran
}

func (l *library) randomState() *random {
	if l.random == nil {
		l.random = newRandom(crand.Uint64(), crand.Uint64())
	}
	return l.random
}

func mathRandom(L *lua.LState) int {
	r := libOf(L).randomState()
	ran := r.next()
	low, high := int64(1), int64(0)
	switch L.GetTop() {
	case 0:
		return float(L, float64(ran>>11)*(0.5/(1<<52)))
	case 1:
		high = checkInt(L, 1)
		if high == 0 { // all bits of an integer
			return number(L, int64(ran))
		}
	case 2:
		low, high = checkInt(L, 1), checkInt(L, 2)
	default:
		fail(L, "wrong number of arguments")
	}
	if low > high {
		argError(L, 1, "interval is empty")
	}
	return number(L, int64(r.upTo(ran, uint64(high)-uint64(low))+uint64(low)))
}

func mathRandomseed(L *lua.LState) int {
	l := libOf(L)
	if L.GetTop() == 0 {
		n1, n2 := crand.Uint64(), crand.Uint64()
		l.random = newRandom(n1, n2)
		return results(L, value.OfInt(int64(n1)), value.OfInt(int64(n2)))
	}
	n1, ok := toInteger(L.Get(1))
	if !ok { // 5.5 takes any float, 5.4 refuses it
		n1 = int64(math.Float64bits(checkNumber(L, 1)))
	}
	n2 := optInt(L, 2, 0)
	l.random = newRandom(uint64(n1), uint64(n2))
	return results(L, value.OfInt(n1), value.OfInt(n2))
}
