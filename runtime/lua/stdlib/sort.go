package stdlib

import (
	"fmt"
	"math/rand/v2"

	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/lua/value"
	"devnode/runtime/lua/vm"
)

// maxSort bounds the arrays that table.sort takes, as INT_MAX does in C Lua.
const maxSort = 1<<31 - 1

// tableSort makes the comparisons and exchanges that C Lua's auxsort
// (ltablib.c) makes, in the same order: values that compare equal end up in the
// same places, and an order function that is none is found out at the same step.
// A table without metamethods is sorted in a copy, which is put back at the end:
// an order function that looks at it sees it as it was, and what it writes is lost.
func tableSort(L *lua.LState) int {
	a := checkAccess(L, 1, accessRead|accessWrite|accessLen)
	n := a.len()
	if n < 2 {
		return 0
	}
	if n >= maxSort {
		argError(L, 1, "array too big")
	}
	s := &sorter{a: a, less: lessThan(a)}
	if L.Get(2) != lua.LNil {
		s.less = orderFunction(L, checkFunction(L, 2))
	}
	if a.t == nil || a.t.HasHole(n) {
		// What is read moves the border in an array with holes, as in C Lua.
		s.sort(1, n, 0)
		return 0
	}
	s.values = make([]lua.LValue, 1, min(n, 1<<20)+1)
	for i := int64(1); i <= n; i++ {
		s.values = append(s.values, a.get(i))
	}
	defer s.putBack() // also where a comparison fails, in the order so far
	s.sort(1, n, 0)
	return 0
}

// orderFunction is the comparison by a function of the script's.
func orderFunction(L *lua.LState, fn lua.LValue) func(x, y lua.LValue) bool {
	return func(x, y lua.LValue) bool {
		L.Push(fn)
		L.Push(x)
		L.Push(y)
		vm.Call(L, 2, 1)
		r := lua.LVAsBool(L.Get(-1))
		L.Pop(1)
		return r
	}
}

// sorter sorts a table: in values, from index 1 on, where it has no metamethods,
// else in place.
type sorter struct {
	a      *accessor
	less   func(x, y lua.LValue) bool
	values []lua.LValue
}

func (s *sorter) get(i int64) lua.LValue {
	if s.values != nil {
		return s.values[i]
	}
	return s.a.get(i)
}

// put stores x at i and y at j.
func (s *sorter) put(i int64, x lua.LValue, j int64, y lua.LValue) {
	if s.values != nil {
		s.values[i], s.values[j] = x, y
		return
	}
	s.a.set(i, x)
	s.a.set(j, y)
}

func (s *sorter) putBack() {
	for i, v := range s.values[1:] {
		s.a.t.RawSet(lua.LNumber(i+1), v)
	}
}

// randomFrom is the size of an interval whose pivot may be a random one, once
// another was divided very unevenly (RANLIMIT, and the 128 of auxsort).
const (
	randomFrom = 100
	uneven     = 128
)

// sort sorts from lo to up. random is 0 as long as the middle will do for pivots.
func (s *sorter) sort(lo, up int64, random uint32) {
	for lo < up {
		if low, high := s.get(lo), s.get(up); s.less(high, low) {
			s.put(lo, high, up, low)
		}
		if up-lo == 1 {
			return
		}
		p := (lo + up) / 2
		if up-lo >= randomFrom && random != 0 {
			quarter := (up - lo) / 4
			p = int64(random)%(quarter*2) + lo + quarter
		}
		if middle, low := s.get(p), s.get(lo); s.less(middle, low) {
			s.put(p, low, lo, middle)
		} else if high := s.get(up); s.less(high, middle) {
			s.put(p, high, up, middle)
		}
		if up-lo == 2 {
			return
		}
		pivot := s.get(p)
		s.put(p, s.get(up-1), up-1, pivot)
		p = s.partition(lo, up, pivot)
		var smaller int64
		if p-lo < up-p {
			s.sort(lo, p-1, random)
			smaller = p - lo
			lo = p + 1
		} else {
			s.sort(p+1, up, random)
			smaller = up - p
			up = p - 1
		}
		if (up-lo)/uneven > smaller {
			random = rand.Uint32()
		}
	}
}

// partition moves what is less than the pivot, which stands at up-1, below what
// is greater, and the pivot between the two. It returns where that is.
func (s *sorter) partition(lo, up int64, pivot lua.LValue) int64 {
	for i, j := lo, up-1; ; {
		i++
		x := s.get(i)
		for s.less(x, pivot) {
			s.mustBe(i < up-1)
			i++
			x = s.get(i)
		}
		j--
		y := s.get(j)
		for s.less(pivot, y) {
			s.mustBe(i <= j)
			j--
			y = s.get(j)
		}
		if j < i {
			s.put(up-1, x, i, pivot)
			return i
		}
		s.put(i, y, j, x)
	}
}

func (s *sorter) mustBe(inBounds bool) {
	if !inBounds {
		fail(s.a.L, "invalid order function for sorting")
	}
}

// lessThan is Lua's "<", with C Lua's errors.
func lessThan(a *accessor) func(x, y lua.LValue) bool {
	L := a.L
	return func(x, y lua.LValue) bool {
		a.tick()
		return compareLess(L, x, y)
	}
}

// compareLess is x < y in Lua.
func compareLess(L *lua.LState, x, y lua.LValue) bool {
	if less, known := value.Less(x, y); known {
		return less
	}
	if x, ok := x.(lua.LString); ok {
		if y, ok := y.(lua.LString); ok {
			return x < y
		}
	}
	for _, v := range []lua.LValue{x, y} {
		if mm := metafield(L, v, "__lt"); mm != lua.LNil {
			return lua.LVAsBool(call(L, mm, x, y))
		}
	}
	t1, t2 := typeName(L, x), typeName(L, y)
	text := fmt.Sprintf("attempt to compare %s with %s", t1, t2)
	if t1 == t2 {
		text = fmt.Sprintf("attempt to compare two %s values", t1)
	}
	vm.Throw(L, lua.LString(text)) // of a function in C: without a position
	return false
}
