package stdlib

import (
	"math"

	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/lua/value"
	"devnode/runtime/lua/vm"
)

// The basic functions that work on tables and metatables.

// nextFunc is one function, so that pairs returns what next is.
var nextFunc = value.NextFunction(baseNext)

func baseNext(L *lua.LState) int {
	t := checkTable(L, 1)
	Complete(t)
	return next(L, t, L.Get(2))
}

// next pushes the entry after key, or nil.
func next(L *lua.LState, t *value.Table, key lua.LValue) int {
	k, v, ok := vm.Next(t, key)
	if !ok {
		vm.Throw(L, lua.LString("invalid key to 'next'")) // without a position, as the machine's own errors in C
	}
	if k == lua.LNil {
		L.Push(lua.LNil)
		return 1
	}
	L.Push(k)
	L.Push(v)
	return 2
}

func basePairs(L *lua.LState) int {
	v := checkAny(L, 1)
	if mm := metafield(L, v, "__pairs"); mm != lua.LNil {
		L.Push(mm)
		L.Push(v)
		vm.Call(L, 1, 3)
		return 3
	}
	if t, ok := v.(*value.Table); ok {
		Complete(t)
		if t.Frozen() { // whose entries may be others before the loop is at its end
			v = t.Snapshot()
		}
	}
	return results(L, nextFunc, v, lua.LNil) // it is next that refuses other types
}

var ipairsStep = value.Function(func(L *lua.LState) int {
	i := value.OfInt(checkInt(L, 2) + 1)
	var v lua.LValue
	if t, ok := L.Get(1).(*value.Table); ok && plain(t) {
		v = t.RawGet(i)
	} else {
		v = vm.Index(L, L.Get(1), i)
	}
	if v == lua.LNil {
		L.Push(lua.LNil)
		return 1
	}
	L.Push(i)
	L.Push(v)
	return 2
})

func baseIpairs(L *lua.LState) int {
	return results(L, ipairsStep, checkAny(L, 1), lua.LNumber(0))
}

func baseRawequal(L *lua.LState) int {
	L.Push(lua.LBool(rawEqual(checkAny(L, 1), checkAny(L, 2))))
	return 1
}

func rawEqual(x, y lua.LValue) bool { return x == y || value.Equal(x, y) }

func baseRawget(L *lua.LState) int {
	t := checkTable(L, 1)
	Complete(t)
	L.Push(t.RawGet(value.Key(checkAny(L, 2))))
	return 1
}

func baseRawset(L *lua.LState) int {
	t := checkTable(L, 1)
	Complete(t)
	rawset(L, t, checkAny(L, 2), checkAny(L, 3))
	L.Push(t)
	return 1
}

// rawset sets an entry, with C Lua's errors for keys that can't be.
func rawset(L *lua.LState, t *value.Table, key, v lua.LValue) {
	switch f, ok := value.ToFloat(key); {
	case key == lua.LNil:
		vm.Throw(L, lua.LString("table index is nil"))
	case ok && math.IsNaN(f):
		vm.Throw(L, lua.LString("table index is NaN"))
	}
	t.RawSet(value.Key(key), v)
}

func baseRawlen(L *lua.LState) int {
	switch v := L.Get(1).(type) {
	case *value.Table:
		return number(L, v.Len())
	case lua.LString:
		return number(L, len(v))
	}
	typeError(L, 1, "table or string")
	return 0
}

func baseGetmetatable(L *lua.LState) int {
	mt := metatable(L, checkAny(L, 1))
	switch {
	case mt == nil:
		L.Push(lua.LNil)
	case mt.RawGetString("__metatable") != lua.LNil:
		L.Push(mt.RawGetString("__metatable"))
	default:
		L.Push(mt)
	}
	return 1
}

func baseSetmetatable(L *lua.LState) int {
	t := checkTable(L, 1)
	mt := L.Get(2)
	if _, ok := mt.(*value.Table); !ok && mt != lua.LNil || L.GetTop() < 2 {
		typeError(L, 2, "nil or table")
	}
	if old := metatable(L, t); old != nil && old.RawGetString("__metatable") != lua.LNil {
		fail(L, "cannot change a protected metatable")
	}
	setMetatable(L, t, mt)
	L.SetTop(1)
	return 1
}

// setMetatable gives a table a metatable, and registers it if it has a __gc.
func setMetatable(L *lua.LState, t *value.Table, mt lua.LValue) {
	Complete(t)
	value.SetMeta(t, mt)
	m, ok := mt.(*value.Table)
	if !ok {
		return
	}
	Complete(m)
	if m.RawGetString("__gc") != lua.LNil {
		libOf(L).finalizable(L, t)
	}
}
