package vm

import (
	"maps"
	"slices"
	"unsafe"

	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/lua/value"
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
	var copied *lua.LTable
	if src.isRecord() {
		copied = src.copyRecord(refer)
	} else {
		copied = src.copyMaps(refer)
	}
	dst := (*table)(unsafe.Pointer(copied))
	if len(src.array) > 0 {
		dst.array = slices.Clone(src.array)
		for i, v := range dst.array {
			if !isPlain(v) {
				dst.array[i] = refer(v)
			}
		}
	}
	return copied
}

// copyMaps copies all but the array.
func (tb *table) copyMaps(refer func(lua.LValue) lua.LValue) *lua.LTable {
	copied := &lua.LTable{Metatable: lua.LNil}
	dst := (*table)(unsafe.Pointer(copied))
	if len(tb.keys) > 0 {
		dst.keys, dst.k2i = tb.sharedKeys(), maps.Clone(tb.k2i)
	}
	if len(tb.strdict) > 0 {
		dst.strdict = maps.Clone(tb.strdict)
		for k, v := range dst.strdict {
			if !isPlain(v) {
				dst.strdict[k] = refer(v)
			}
		}
	}
	if len(tb.dict) > 0 {
		dst.dict = maps.Clone(tb.dict)
		for k, v := range dst.dict {
			if !isPlain(v) {
				dst.dict[k] = refer(v)
			}
		}
	}
	return copied
}

// sharedKeys are the keys for two tables: gopher-lua only ever appends to them,
// so both can have the same as long as neither appends in place.
func (tb *table) sharedKeys() []lua.LValue {
	n := len(tb.keys)
	return tb.keys[:n:n]
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
	case lua.LNumber, lua.LString, lua.LBool, *lua.LNilType, value.Float, value.Int:
		return true
	}
	return false
}
