package vm

import (
	"unsafe"

	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/lua/bytecode"
	"devnode/runtime/lua/value"
)

// What the loop does by itself of the instructions. A function here is false, or
// gives Go's nil, and has done nothing, where it is not for it to decide.

// registry mirrors the beginning of lua.registry, as walk.go has checked.
type registry struct {
	array []lua.LValue
	top   int
}

func registryOf(L *lua.LState) *registry {
	return *(**registry)(unsafe.Add(unsafe.Pointer(L), layout.reg))
}

// set gives a register a value. A frame's registers are all there from its
// beginning.
func (rg *registry) set(i int, v lua.LValue) {
	rg.array[i] = v
	if i >= rg.top {
		rg.top = i + 1
	}
}

// setTop sets how many registers are in use. Those beyond hold on to nothing.
func (rg *registry) setTop(top int) {
	for i := rg.top; i < top; i++ {
		rg.array[i] = lua.LNil
	}
	for i := rg.top - 1; i >= top; i-- { // they are few: clear would take longer
		rg.array[i] = nil
	}
	rg.top = top
}

// hand moves the values that a function returns, given of them, to where its
// caller expects as many as wanted. They are the last in use then.
func (rg *registry) hand(from, given, to, wanted int) {
	for i := range wanted {
		if i < given {
			rg.array[to+i] = rg.array[from+i]
		} else {
			rg.array[to+i] = lua.LNil
		}
	}
	rg.setTop(max(to+wanted, 0))
}

// rk is the value of a B or C operand of a function with the registers r.
func rk(r, constants []lua.LValue, operand int) lua.LValue {
	if operand&bytecode.ConstantBit != 0 {
		return constants[operand&^bytecode.ConstantBit]
	}
	return r[operand]
}

func numbers(x, y lua.LValue) (m, n lua.LNumber, ok bool) {
	if m, ok = x.(lua.LNumber); ok {
		n, ok = y.(lua.LNumber)
	}
	return m, n, ok
}

// equalPlain compares values of which no metamethod is asked.
func equalPlain(x, y lua.LValue) (same, known bool) {
	switch x := x.(type) {
	case lua.LNumber:
		if n, ok := y.(lua.LNumber); ok {
			return x == n, true
		}
		return value.Equal(x, y), true
	case lua.LString:
		s, ok := y.(lua.LString)
		return ok && x == s, true
	case *lua.LNilType, lua.LBool:
		return x == y, true
	case value.Int, value.Float:
		return value.Equal(x, y), true
	}
	return false, false
}

// maxIndexChain is how many tables are searched, one the __index of another,
// before it is left to gopher-lua.
const maxIndexChain = 8

// getString is t[key] for a table, and those that its metatable has for __index.
func getString(t, key lua.LValue) lua.LValue {
	name, ok := key.(lua.LString)
	if !ok {
		return nil
	}
	for range maxIndexChain {
		tb, ok := t.(*lua.LTable)
		if !ok {
			return nil
		}
		if v := tb.RawGetString(string(name)); v != lua.LNil {
			return v
		}
		meta, ok := tb.Metatable.(*lua.LTable)
		if !ok {
			if tb.Metatable == lua.LNil {
				return lua.LNil
			}
			return nil
		}
		if t = meta.RawGetString("__index"); t == lua.LNil {
			return lua.LNil
		}
	}
	return nil
}

// getAny is t[key] for a string, or a number that a table has in its array.
func getAny(t, key lua.LValue) lua.LValue {
	n, ok := key.(lua.LNumber)
	if !ok {
		return getString(t, key)
	}
	tb, ok := t.(*lua.LTable)
	if !ok {
		return nil
	}
	array := (*table)(unsafe.Pointer(tb)).array
	i := int(n)
	if lua.LNumber(i) != n || i < 1 || i > len(array) || array[i-1] == lua.LNil {
		return nil
	}
	return array[i-1]
}

// setString is t[key] = v for a table without a metatable.
func setString(t, key, v lua.LValue) bool {
	name, ok1 := key.(lua.LString)
	tb, ok2 := t.(*lua.LTable)
	if !ok1 || !ok2 || tb.Metatable != lua.LNil {
		return false
	}
	fields := (*table)(unsafe.Pointer(tb))
	switch {
	case v == lua.LNil:
		tb.RawSetString(string(name), v)
		return true
	case fields.strdict != nil:
		if at := slot(fields.strdict, string(name)); at != nil {
			*at = v
			return true
		}
	case recordsKnown && fields.keys == nil:
		fields.makeRecord()
	default:
		// gopher-lua would make room for 32 entries: two kilobytes.
		fields.strdict = make(map[string]lua.LValue)
	}
	fields.setName(key, string(name), v)
	return true
}

// setName is RawSetString of a value that isn't nil, for a name that is a Lua
// value already.
func (tb *table) setName(key lua.LValue, name string, v lua.LValue) {
	known := len(tb.strdict)
	tb.strdict[name] = v
	if len(tb.strdict) == known {
		return
	}
	if tb.k2i == nil {
		tb.k2i = make(map[lua.LValue]int)
	}
	if len(tb.k2i) > known+len(tb.dict) { // there are keys without a value: it may be one
		if _, ok := tb.k2i[key]; ok {
			return
		}
	}
	tb.k2i[key] = len(tb.keys)
	tb.keys = append(tb.keys, key)
}

// newTable is a table with room for so many values, and so many other entries. A
// record is made at once where one of these follows that has a name.
func newTable(array, entries int, named bool) *lua.LTable {
	var t *lua.LTable
	switch {
	case named && recordsKnown && 0 < entries && entries <= smallMap:
		t = newRecord(entries)
	default:
		t = &lua.LTable{Metatable: lua.LNil}
		if entries > smallMap {
			(*table)(unsafe.Pointer(t)).strdict = make(map[string]lua.LValue, entries)
		}
	}
	if array > 0 {
		(*table)(unsafe.Pointer(t)).array = make([]lua.LValue, 0, array)
	}
	return t
}

// smallArray is the room that an array begins with. gopher-lua would make room
// for 32 values.
const smallArray = 4

// setAny is t[key] = v for a table without a metatable, and a string, an entry
// that the array has, or the one behind its last.
func setAny(t, key, v lua.LValue) bool {
	n, ok := key.(lua.LNumber)
	if !ok {
		return setString(t, key, v)
	}
	tb, ok := t.(*lua.LTable)
	if !ok || tb.Metatable != lua.LNil {
		return false
	}
	array := &(*table)(unsafe.Pointer(tb)).array
	i, length := int(n), len(*array)
	switch {
	case lua.LNumber(i) != n || i < 1 || i > length+1 || i >= maxArray:
		return false
	case i <= length:
		(*array)[i-1] = v
		return true
	case v == lua.LNil:
		return false
	case cap(*array) == 0:
		*array = make([]lua.LValue, 0, smallArray)
	}
	*array = append(*array, v)
	return true
}
