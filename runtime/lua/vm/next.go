package vm

import (
	"reflect"
	"unsafe"

	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/lua/value"
)

// table mirrors lua.LTable.
type table struct {
	Metatable lua.LValue
	array     []lua.LValue
	dict      map[lua.LValue]lua.LValue
	strdict   map[string]lua.LValue
	keys      []lua.LValue
	k2i       map[lua.LValue]int
}

// tableKnown tells whether it does.
var tableKnown = sameFields(reflect.TypeFor[lua.LTable](), reflect.TypeFor[table]())

func sameFields(got, want reflect.Type) bool {
	if got.NumField() != want.NumField() || got.Size() != want.Size() {
		return false
	}
	for i := range want.NumField() {
		w, g := want.Field(i), got.Field(i)
		if w.Name != g.Name || w.Offset != g.Offset || w.Type != g.Type {
			return false
		}
	}
	return true
}

// Next is the entry after key, or the first one for LNil; k is LNil at the end.
// It is false for a key that never was in the table. gopher-lua's own starts
// again for such a key, and leaves out an entry if the array has been shortened
// meanwhile.
func Next(t *lua.LTable, key lua.LValue) (k, v lua.LValue, ok bool) {
	key = value.Canonical(key)
	if !tableKnown {
		k, v = t.Next(key)
		return k, v, true
	}
	tb := (*table)(unsafe.Pointer(t))
	at, inArray := 0, key == lua.LNil
	if n, isNumber := key.(lua.LNumber); isNumber && n >= 1 && n < lua.LNumber(lua.MaxArrayIndex) && n == lua.LNumber(int(n)) {
		at, inArray = int(n), true
	}
	if at > cap(tb.array) { // an array that was shortened has kept its room
		if _, known := tb.k2i[key]; !known {
			return lua.LNil, lua.LNil, false
		}
	}
	if inArray {
		for ; at < len(tb.array); at++ {
			if v := tb.array[at]; v != lua.LNil {
				return lua.LNumber(at + 1), v, true
			}
		}
		at = 0
	} else {
		i, known := tb.k2i[key]
		if !known {
			return lua.LNil, lua.LNil, false
		}
		at = i + 1
	}
	for ; at < len(tb.keys); at++ {
		if v := t.RawGetH(tb.keys[at]); v != lua.LNil {
			return tb.keys[at], v, true
		}
	}
	return lua.LNil, lua.LNil, true
}
