package stdlib

import (
	"slices"
	"strings"

	lua "github.com/yuin/gopher-lua"
)

// maxSort bounds the arrays that table.sort takes, as INT_MAX does in C Lua.
const maxSort = 1<<31 - 1

func tableSort(L *lua.LState) int {
	a := checkAccess(L, 1, accessRead|accessWrite|accessLen)
	n := a.len()
	if n < 2 {
		return 0
	}
	if n >= maxSort {
		argError(L, 1, "array too big")
	}
	var less func(x, y lua.LValue) bool
	if L.Get(2) == lua.LNil {
		less = lessThan(a)
	} else {
		fn := checkFunction(L, 2)
		less = func(x, y lua.LValue) bool {
			if x == nil || y == nil {
				fail(L, "invalid order function for sorting")
			}
			L.Push(fn)
			L.Push(x)
			L.Push(y)
			L.Call(2, 1)
			r := lua.LVAsBool(L.Get(-1))
			L.Pop(1)
			return r
		}
	}
	values := make([]lua.LValue, 0, min(n, 1<<20))
	for i := int64(1); i <= n; i++ {
		values = append(values, a.get(i))
	}
	// The values are put back also when the comparison fails, in whatever
	// order they have then, as C Lua leaves them.
	slices.SortFunc(values, func(x, y lua.LValue) int {
		switch {
		case less(x, y):
			return -1
		case less(y, x):
			return 1
		}
		return 0
	})
	for i, v := range values {
		a.set(int64(i)+1, v)
	}
	return 0
}

// lessThan is Lua's "<", with C Lua's errors.
func lessThan(a *accessor) func(x, y lua.LValue) bool {
	L := a.L
	return func(x, y lua.LValue) bool {
		switch x := x.(type) {
		case lua.LNumber:
			if y, ok := y.(lua.LNumber); ok {
				a.tick()
				return x < y
			}
		case lua.LString:
			if y, ok := y.(lua.LString); ok {
				a.tick()
				return strings.Compare(string(x), string(y)) < 0
			}
		}
		for _, v := range []lua.LValue{x, y} {
			if mm := metafield(L, v, "__lt"); mm != lua.LNil {
				return lua.LVAsBool(call(L, mm, x, y))
			}
		}
		t1, t2 := typeName(L, x), typeName(L, y)
		if t1 == t2 {
			fail(L, "attempt to compare two %s values", t1)
		}
		fail(L, "attempt to compare %s with %s", t1, t2)
		return false
	}
}
