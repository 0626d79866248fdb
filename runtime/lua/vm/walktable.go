package vm

import (
	"unsafe"

	lua "github.com/yuin/gopher-lua"
)

// leafSize bounds the tables that a Walker looks through at each reference
// instead of remembering that it has seen them.
const leafSize = 32

// isLeaf tells whether t is a small table that refers to nothing but plain
// values, and to a metatable that was seen. Most tables of a service with much
// state are records like this, and looking through one is several times faster
// than taking note of it.
func (w *Walker) isLeaf(t *lua.LTable) bool {
	if !tableKnown || t == nil {
		return false
	}
	tb := (*table)(unsafe.Pointer(t))
	if len(tb.array)+len(tb.strdict)+len(tb.dict) > leafSize {
		return false
	}
	if mt, ok := tb.Metatable.(*lua.LTable); ok {
		if _, seen := w.tables[mt]; !seen {
			return false
		}
	}
	for _, v := range tb.array {
		if refers(v) {
			return false
		}
	}
	for _, v := range tb.strdict {
		if refers(v) {
			return false
		}
	}
	for k, v := range tb.dict {
		if refers(k) || refers(v) {
			return false
		}
	}
	return true
}

// refers tells whether a value can lead to a function.
func refers(v lua.LValue) bool {
	switch v.(type) {
	case *lua.LTable, *lua.LFunction, *lua.LUserData, *lua.LState:
		return true
	}
	return false
}

// entries walks the entries of t. LTable.ForEach allocates for each of them.
func (w *Walker) entries(t *lua.LTable) {
	if !tableKnown {
		t.ForEach(func(k, v lua.LValue) { w.value(k); w.value(v) })
		return
	}
	tb := (*table)(unsafe.Pointer(t))
	for _, v := range tb.array {
		w.value(v)
	}
	for _, v := range tb.strdict {
		w.value(v)
	}
	for k, v := range tb.dict {
		w.value(k)
		w.value(v)
	}
}

// References visits the entries of t whose key or value isn't plain, that is,
// refers to a table, a function, a userdata or a coroutine. No entry may come or go
// meanwhile.
func References(t *lua.LTable, visit func(key, value lua.LValue)) {
	if !tableKnown {
		t.ForEach(func(k, v lua.LValue) {
			if refers(k) || refers(v) {
				visit(k, v)
			}
		})
		return
	}
	tb := (*table)(unsafe.Pointer(t))
	for i, v := range tb.array {
		if refers(v) {
			visit(lua.LNumber(i+1), v)
		}
	}
	for k, v := range tb.strdict {
		if refers(v) {
			visit(lua.LString(k), v)
		}
	}
	for k, v := range tb.dict {
		if refers(k) || refers(v) {
			visit(k, v)
		}
	}
}

// Plain tells whether a value refers to no other.
func Plain(v lua.LValue) bool { return !refers(v) }

// Entries counts the entries of t.
func Entries(t *lua.LTable) int {
	n := 0
	for k, _, _ := Next(t, lua.LNil); k != lua.LNil; k, _, _ = Next(t, k) {
		n++
	}
	return n
}

// Size is about how many entries t has, at once.
func Size(t *lua.LTable) int {
	if !tableKnown {
		return Entries(t)
	}
	tb := (*table)(unsafe.Pointer(t))
	return len(tb.array) + len(tb.strdict) + len(tb.dict)
}

// IsRecord tells whether t is a small table that refers to nothing but, perhaps, a
// metatable.
func IsRecord(t *lua.LTable) bool {
	if Size(t) > leafSize {
		return false
	}
	record := true
	References(t, func(_, _ lua.LValue) { record = false })
	return record
}
