package vm

import (
	"maps"
	"slices"
	"unsafe"

	lua "github.com/yuin/gopher-lua"
)

// CopyTable copies the entries of t, without its metatable. What isn't a plain
// value (nil, a boolean, a number, a string) is replaced by what refer makes of
// it, keys as well as values.
//
// The parts of the table are copied as they are, which is several times faster
// than setting entry by entry.
func CopyTable(t *lua.LTable, refer func(lua.LValue) lua.LValue) *lua.LTable {
	src := (*table)(unsafe.Pointer(t))
	if !tableKnown || !src.isTidy() {
		return rebuildTable(t, refer)
	}
	copied := &lua.LTable{Metatable: lua.LNil}
	dst := (*table)(unsafe.Pointer(copied))
	if len(src.array) > 0 {
		dst.array = slices.Clone(src.array)
		for i, v := range dst.array {
			if !isPlain(v) {
				dst.array[i] = refer(v)
			}
		}
	}
	if len(src.keys) > 0 {
		// gopher-lua only ever appends to the keys, so both tables can have the
		// same ones as long as neither appends in place.
		n := len(src.keys)
		dst.keys, dst.k2i = src.keys[:n:n], maps.Clone(src.k2i)
	}
	if len(src.strdict) > 0 {
		dst.strdict = maps.Clone(src.strdict)
		for k, v := range src.named {
			if !isPlain(v) {
				dst.strdict[k] = refer(v)
			}
		}
	}
	if len(src.dict) > 0 {
		dst.dict = maps.Clone(src.dict)
		for k, v := range dst.dict {
			if !isPlain(v) {
				dst.dict[k] = refer(v)
			}
		}
	}
	return copied
}

// smallMap is how many entries a Go map has at the most that is one group of
// slots: looking one up is then a third of the work of a step of an iteration.
const smallMap = 8

// named goes through the entries with a string as their key.
func (tb *table) named(yield func(string, lua.LValue) bool) {
	if len(tb.strdict) > smallMap {
		for k, v := range tb.strdict {
			if !yield(k, v) {
				return
			}
		}
		return
	}
	for _, key := range tb.keys {
		if k, ok := key.(lua.LString); ok {
			if v, ok := tb.strdict[string(k)]; ok && !yield(string(k), v) {
				return
			}
		}
	}
}

// isTidy tells whether the parts of a table can be copied as they are: no key
// refers to anything, and few are left of entries that were removed, or else
// the copies of a table that entries come to and go from would only grow.
func (tb *table) isTidy() bool {
	for k := range tb.dict {
		if !isPlain(k) {
			return false
		}
	}
	live := len(tb.strdict) + len(tb.dict)
	return len(tb.keys) <= live+live/4
}

// rebuildTable copies a table entry by entry.
func rebuildTable(t *lua.LTable, refer func(lua.LValue) lua.LValue) *lua.LTable {
	plain := func(v lua.LValue) lua.LValue {
		if isPlain(v) {
			return v
		}
		return refer(v)
	}
	copied := &lua.LTable{Metatable: lua.LNil}
	t.ForEach(func(k, v lua.LValue) { copied.RawSet(plain(k), plain(v)) })
	return copied
}

// isPlain tells whether a value is the same in every VM.
func isPlain(v lua.LValue) bool {
	switch v.(type) {
	case lua.LNumber, lua.LString, lua.LBool, *lua.LNilType:
		return true
	}
	return false
}
