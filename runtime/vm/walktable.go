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
