package stdlib

import (
	"math"
	"sync"

	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/lua/value"
	"devnode/runtime/lua/vm"
)

var tableModule = sync.OnceValue(func() *Module {
	return NewModule("table.", map[string]lua.LGFunction{
		"concat": tableConcat, "insert": tableInsert, "move": tableMove, "pack": tablePack,
		"remove": tableRemove, "sort": tableSort, "unpack": tableUnpack,
		"getn": tableGetn, "maxn": tableMaxn, "foreach": tableForeach, "foreachi": tableForeachi,
	}, nil)
})

// pollEvery is how many cheap steps of a Go loop pass between two looks at
// whether the fiber has to end.
const pollEvery = 4096

// An accessor reads and writes the entries of argument 1 of a table function:
// of any object with the metamethods for it, as in 5.4, and straight where a
// table has none.
type accessor struct {
	L     *lua.LState
	f     *vm.Fiber
	v     lua.LValue
	t     *value.Table // not nil: no metamethods
	steps int
}

// What a table function does with its table (TAB_R, TAB_W, TAB_L).
const (
	accessRead = 1 << iota
	accessWrite
	accessLen
)

func checkAccess(L *lua.LState, n, what int) *accessor {
	v := L.Get(n)
	a := &accessor{L: L, f: vm.Of(L), v: v}
	if t, ok := v.(*value.Table); ok {
		if plain(t) {
			Complete(t)
			a.t = t
		}
		return a
	}
	mt := metatable(L, v)
	has := func(bit int, event string) bool {
		return what&bit == 0 || mt != nil && mt.RawGetString(event) != lua.LNil
	}
	if mt == nil || !has(accessRead, "__index") || !has(accessWrite, "__newindex") || !has(accessLen, "__len") {
		typeError(L, n, "table")
	}
	return a
}

func (a *accessor) tick() {
	if a.steps++; a.steps >= pollEvery {
		a.steps = 0
		a.f.Poll()
	}
}

func (a *accessor) get(i int64) lua.LValue {
	a.tick()
	if a.t != nil {
		return a.t.RawGet(value.OfInt(i))
	}
	return vm.Index(a.L, a.v, value.OfInt(i))
}

func (a *accessor) set(i int64, v lua.LValue) {
	a.tick()
	switch {
	case v == lua.LNil && a.absent(value.OfInt(i)):
		// Nothing to remove; writing nil would lengthen the array.
	case a.t == nil:
		vm.SetIndex(a.L, a.v, value.OfInt(i), v)
	default:
		a.t.RawSet(value.OfInt(i), v)
	}
}

// absent tells whether a table has no entry i, and no __newindex to be told of
// its removal.
func (a *accessor) absent(i lua.LValue) bool {
	if a.t != nil {
		return a.t.RawGet(i) == lua.LNil
	}
	t, ok := a.v.(*value.Table)
	return ok && t.RawGet(i) == lua.LNil && metafield(a.L, t, "__newindex") == lua.LNil
}

// longList is from which length on what is done with a list takes as long as many
// instructions.
const longList = 64 << 10

func (a *accessor) len() int64 {
	if a.t != nil {
		n := a.t.Len()
		if n >= longList {
			a.f.Poll()
		}
		return int64(n)
	}
	if t, ok := a.v.(*value.Table); ok {
		return length(a.L, t)
	}
	return lengthOf(a.L, call(a.L, metafield(a.L, a.v, "__len"), a.v))
}

func tableInsert(L *lua.LState) int {
	a := checkAccess(L, 1, accessRead|accessWrite|accessLen)
	e := a.len() + 1
	switch L.GetTop() {
	case 2:
		a.set(e, L.Get(2))
	case 3:
		pos := checkInt(L, 2)
		if uint64(pos)-1 >= uint64(e) {
			argError(L, 2, "position out of bounds")
		}
		if a.t != nil && L.Get(3) != lua.LNil {
			a.t.Insert(int(pos), L.Get(3))
			return 0
		}
		for i := e; i > pos; i-- {
			a.set(i, a.get(i-1))
		}
		a.set(pos, L.Get(3))
	default:
		fail(L, "wrong number of arguments to 'insert'")
	}
	return 0
}

func tableRemove(L *lua.LState) int {
	a := checkAccess(L, 1, accessRead|accessWrite|accessLen)
	size := a.len()
	pos := optInt(L, 2, size)
	if pos != size && uint64(pos)-1 > uint64(size) {
		argError(L, 1, "position out of bounds")
	}
	v := a.get(pos)
	if a.t != nil && pos >= 1 && pos <= size {
		a.t.Remove(int(pos))
		L.Push(v)
		return 1
	}
	for ; pos < size; pos++ {
		a.set(pos, a.get(pos+1))
	}
	a.set(pos, lua.LNil)
	L.Push(v)
	return 1
}

func tableConcat(L *lua.LState) int {
	a := checkAccess(L, 1, accessRead|accessLen)
	sep := optString(L, 2, "")
	first := optInt(L, 3, 1)
	var last int64
	if L.Get(4) == lua.LNil {
		last = a.len()
	} else {
		last = checkInt(L, 4)
	}
	limit := libOf(L).MaxString
	b := newBuilder(L)
	for i := first; i <= last; i++ {
		v := a.get(i)
		s, ok := asText(v)
		if !ok {
			fail(L, "invalid value (%s) at index %d in table for 'concat'", typeName(L, v), i)
		}
		b.add(s)
		if i == last { // also where i+1 would overflow
			break
		}
		b.add(sep)
		if b.Len() > limit {
			fail(L, "resulting string too large")
		}
	}
	return str(L, b.String())
}

func tablePack(L *lua.LState) int {
	n := L.GetTop()
	t := value.NewTable(n, 1)
	for i := 1; i <= n; i++ {
		if v := L.Get(i); v != lua.LNil {
			t.RawSetInt(i, v)
		}
	}
	t.RawSetString("n", lua.LNumber(n))
	L.Push(t)
	return 1
}

// maxUnpack bounds the results of unpack: a thread has a million registers.
const maxUnpack = 900_000

func tableUnpack(L *lua.LState) int {
	first := optInt(L, 2, 1)
	v := L.Get(1)
	var last int64
	switch t, ok := v.(*value.Table); {
	case L.Get(3) != lua.LNil:
		last = checkInt(L, 3)
	case ok:
		last = length(L, t)
	case metafield(L, v, "__len") == lua.LNil:
		vm.Throw(L, lua.LString("attempt to get length of a "+typeName(L, v)+" value"))
	default:
		last = checkAccess(L, 1, accessRead|accessLen).len()
	}
	if first > last {
		return 0
	}
	if uint64(last)-uint64(first) >= maxUnpack {
		fail(L, "too many results to unpack")
	}
	n := int(last-first) + 1
	if n >= longList {
		vm.Of(L).Poll()
	}
	base := L.GetTop()
	t, ok := v.(*value.Table)
	L.SetTop(base + n)
	if ok && plain(t) {
		for i := range n {
			L.Replace(base+1+i, t.RawGet(value.OfInt(first+int64(i))))
		}
		return n
	}
	for i := range n {
		L.Replace(base+1+i, vm.Index(L, v, value.OfInt(first+int64(i))))
	}
	return n
}

func tableMove(L *lua.LState) int {
	from, last, to := checkInt(L, 2), checkInt(L, 3), checkInt(L, 4)
	dest := 1
	if L.Get(5) != lua.LNil {
		dest = 5
	}
	src := checkAccess(L, 1, accessRead)
	dst := checkAccess(L, dest, accessWrite)
	if last >= from {
		if from <= 0 && last >= math.MaxInt64+from {
			argError(L, 3, "too many elements to move")
		}
		n := last - from + 1
		if to > math.MaxInt64-n+1 {
			argError(L, 4, "destination wrap around")
		}
		if to > last || to <= from || dest != 1 && L.Get(1) != L.Get(dest) {
			for i := range n {
				dst.set(to+i, src.get(from+i))
			}
		} else {
			for i := n - 1; i >= 0; i-- {
				dst.set(to+i, src.get(from+i))
			}
		}
	}
	L.Push(L.Get(dest))
	return 1
}

// The functions below are those of 5.1.

func tableGetn(L *lua.LState) int { return number(L, length(L, checkTable(L, 1))) }

func tableMaxn(L *lua.LState) int {
	t := checkTable(L, 1)
	Complete(t)
	best := value.OfInt(0)
	t.ForEach(func(k, _ lua.LValue) {
		if more, _ := value.Less(best, k); more {
			best = k
		}
	})
	L.Push(best)
	return 1
}

func tableForeach(L *lua.LState) int {
	t, fn := checkTable(L, 1), checkFunction(L, 2)
	Complete(t)
	for k, v, _ := vm.Next(t, lua.LNil); k != lua.LNil; k, v, _ = vm.Next(t, k) {
		if r := call(L, fn, k, v); r != lua.LNil {
			L.Push(r)
			return 1
		}
	}
	return 0
}

func tableForeachi(L *lua.LState) int {
	t, fn := checkTable(L, 1), checkFunction(L, 2)
	for i, n := 1, t.Len(); i <= n; i++ {
		if r := call(L, fn, lua.LNumber(i), t.RawGetInt(i)); r != lua.LNil {
			L.Push(r)
			return 1
		}
	}
	return 0
}
