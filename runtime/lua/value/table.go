package value

import (
	"fmt"

	lua "github.com/yuin/gopher-lua"
)

// Table is a table of Lua, made as C Lua's are: an array part, as long as more than
// half of it is in use, and a part for all other keys. The latter is a record at
// first, a list of values whose names are in a shape that the tables with the
// same names share; it becomes a hash when it gets too many names, one that isn't
// a string, or loses some.
//
// When the parts grow, and by how much, is C Lua's, to the node, so that `#` gives
// what it gives there for an array with holes.
//
// An entry without a value is Go's nil inside, and LNil for all others.
type Table struct {
	meta   *Table
	array  []lua.LValue // its length is the size of the part
	shape  *shape       // the names of values, nil for none
	values []lua.LValue
	hash   *hash // nil while the table is a record
	extra  *extra
	id     uint32 // by which it is known as a key, 0 before it was one
	limit  uint32 // C Lua's alimit: the size of the array, or a border in it
	nodes  uint8  // how many names C Lua would have room for: 0 for none, else 1 and a power of two
	moved  bool   // limit is a border
	frozen bool   // it can't be written
}

// NewTable makes a table with room for so many values of an array, and so many
// other fields.
func NewTable(array, fields int) *Table {
	t := &Table{}
	if array > 0 {
		t.array, t.limit = make([]lua.LValue, array), uint32(array)
	}
	if fields > 0 {
		if fields <= maxNames {
			t.nodes, t.values = ceilLog(fields)+1, make([]lua.LValue, 0, fields)
		} else {
			t.hash = newHash(fields)
		}
	}
	return t
}

func (t *Table) String() string { return fmt.Sprintf("table: %p", t) }

func (t *Table) Type() lua.LValueType { return lua.LTTable }

// room is how many names a record has room for by C Lua's count.
func (t *Table) room() int {
	if t.nodes == 0 {
		return 0
	}
	return 1 << (t.nodes - 1)
}

// inside is v as a table has it: Go's nil for LNil.
func inside(v lua.LValue) lua.LValue {
	if _, none := v.(*lua.LNilType); none {
		return nil
	}
	return v
}

// outside is v as all others know it.
func outside(v lua.LValue) lua.LValue {
	if v == nil {
		return lua.LNil
	}
	return v
}

// integer is the integer that a value is as a key, if it is one.
func integer(v lua.LValue) (int64, bool) {
	switch n := v.(type) {
	case lua.LNumber:
		return FloatToInt(float64(n))
	case Int:
		return int64(n), true
	case Float:
		return FloatToInt(float64(n))
	}
	return 0, false
}

// Get is the value of a key in any form, Go's nil for none.
func (t *Table) Get(key lua.LValue) lua.LValue {
	switch k := key.(type) {
	case lua.LString:
		return t.Name(string(k))
	case lua.LNumber, Int, Float:
		if i, ok := integer(key); ok {
			return t.Index(i)
		}
		if f, ok := key.(Float); ok {
			key = lua.LNumber(f) // one that isn't in its usual form
		}
	}
	if t.hash != nil {
		if e := t.hash.find(key); e >= 0 {
			return t.hash.entries[e].value
		}
	}
	if t.extra != nil {
		return t.extra.get(t, key)
	}
	return nil
}

// Name is the value of a key that is a string, Go's nil for none.
func (t *Table) Name(name string) lua.LValue {
	if t.shape != nil {
		if i := t.shape.find(name); i >= 0 && t.values[i] != nil {
			return t.values[i]
		}
	} else if t.hash != nil {
		if e := t.hash.findName(name, hashName(name)); e >= 0 && t.hash.entries[e].value != nil {
			return t.hash.entries[e].value
		}
	}
	if t.extra != nil {
		return t.extra.name(t, name)
	}
	return nil
}

// Index is the value of a key that is an integer, Go's nil for none.
func (t *Table) Index(i int64) lua.LValue {
	if uint64(i)-1 < uint64(t.limit) {
		return t.array[i-1]
	}
	return t.indexBeyond(i)
}

// indexBeyond is Index for what isn't known to be in the array. Where the array
// goes on behind a border, that is moved, as C Lua does.
func (t *Table) indexBeyond(i int64) lua.LValue {
	if t.moved && uint64(i)-1 < uint64(len(t.array)) {
		if !t.sized() {
			t.limit = uint32(i)
		}
		return t.array[i-1]
	}
	if t.hash != nil {
		if e := t.hash.findIndex(i); e >= 0 {
			return t.hash.entries[e].value
		}
	}
	if t.extra != nil {
		return t.extra.index(t, i)
	}
	return nil
}

// SetName gives a name that has a value another, and is false where it has none.
func (t *Table) SetName(name string, v lua.LValue) bool {
	if t.frozen {
		return false
	}
	if t.shape != nil {
		if i := t.shape.find(name); i >= 0 && t.values[i] != nil {
			t.values[i] = inside(v)
			return true
		}
	} else if t.hash != nil {
		if e := t.hash.findName(name, hashName(name)); e >= 0 && t.hash.entries[e].value != nil {
			t.hash.put(e, inside(v))
			return true
		}
	}
	return false
}

// SetIndex gives an integer that has a value another, and is false where it has
// none.
func (t *Table) SetIndex(i int64, v lua.LValue) bool {
	if t.frozen {
		return false
	}
	if uint64(i)-1 < uint64(len(t.array)) {
		if uint64(i) > uint64(t.limit) {
			t.indexBeyond(i)
		}
		if at := &t.array[i-1]; *at != nil {
			*at = inside(v)
			return true
		}
		return false
	}
	if t.hash != nil {
		if e := t.hash.findIndex(i); e >= 0 && t.hash.entries[e].value != nil {
			t.hash.put(e, inside(v))
			return true
		}
	}
	return false
}

// RawGet is the value of a key, LNil for none.
func (t *Table) RawGet(key lua.LValue) lua.LValue { return outside(t.Get(key)) }

// RawGetString is the value of a name, LNil for none.
func (t *Table) RawGetString(name string) lua.LValue { return outside(t.Name(name)) }

// RawGetInt is the value of an integer, LNil for none.
func (t *Table) RawGetInt(i int) lua.LValue { return outside(t.Index(int64(i))) }

// RawSet gives a key, in any form, a value. One that can't be a key (nil, or no
// number) is ignored.
func (t *Table) RawSet(key, v lua.LValue) {
	if t.frozen {
		t.refuse()
	}
	switch k := key.(type) {
	case lua.LString:
		t.setName(key, string(k), v)
		return
	case lua.LNumber, Int, Float:
		if i, ok := integer(key); ok {
			t.setIndex(i, v)
			return
		}
		if f, ok := key.(Float); ok {
			key = lua.LNumber(f)
		}
		if n, _ := key.(lua.LNumber); n != n {
			return
		}
	case *lua.LNilType, nil:
		return
	}
	v = inside(v)
	if t.extra != nil && t.extra.set(key, v) {
		return
	}
	if t.hash != nil {
		if e := t.hash.find(key); e >= 0 {
			if v != nil {
				t.hash.back(e, key)
			}
			t.hash.put(e, v)
			return
		}
	}
	if v != nil {
		t.insert(key, v)
	}
}

// RawSetString gives a name a value.
func (t *Table) RawSetString(name string, v lua.LValue) { t.setName(nil, name, v) }

// RawSetInt gives an integer a value.
func (t *Table) RawSetInt(i int, v lua.LValue) { t.setIndex(int64(i), v) }

// setName is RawSetString; key is the name as a Lua value, or Go's nil.
func (t *Table) setName(key lua.LValue, name string, v lua.LValue) {
	if t.frozen {
		t.refuse()
	}
	v = inside(v)
	if t.extra != nil && t.extra.setName(name, v) {
		return
	}
	if t.shape != nil {
		if i := t.shape.find(name); i >= 0 {
			t.values[i] = v
			return
		}
	} else if t.hash != nil {
		if e := t.hash.findName(name, hashName(name)); e >= 0 {
			t.hash.put(e, v)
			return
		}
	}
	if v == nil {
		return
	}
	if key == nil {
		key = lua.LString(name)
	}
	t.insert(key, v)
}

// setIndex is RawSetInt.
func (t *Table) setIndex(i int64, v lua.LValue) {
	if t.frozen {
		t.refuse()
	}
	v = inside(v)
	if uint64(i)-1 < uint64(len(t.array)) {
		if uint64(i) > uint64(t.limit) {
			t.indexBeyond(i)
		}
		t.array[i-1] = v
		return
	}
	if t.extra != nil && t.extra.setIndex(i, v) {
		return
	}
	if t.hash != nil {
		if e := t.hash.findIndex(i); e >= 0 {
			t.hash.put(e, v)
			return
		}
	}
	if v != nil {
		t.insertIndex(i, v)
	}
}

// insertIndex gives an integer a value that has none in either part.
func (t *Table) insertIndex(i int64, v lua.LValue) {
	if t.hash == nil && len(t.values) == t.room() {
		// Nearly always it is the next of an array.
		if array := t.growth(i); array > 0 {
			t.resizeArray(array)
			t.array[i-1] = v
			return
		}
	}
	t.insert(OfInt(i), v)
}

// insert gives a key a value that has none, nor a place for one.
func (t *Table) insert(key, v lua.LValue) {
	if t.hash == nil {
		if t.insertRecord(key, v) {
			return
		}
	} else if t.hash.insert(key, v) {
		return
	}
	t.rehash(key)
	t.RawSet(key, v)
}

// insertRecord is insert for a record. It is false where that has no room by C
// Lua's count.
func (t *Table) insertRecord(key, v lua.LValue) bool {
	if len(t.values) >= t.room() {
		return false
	}
	if name, ok := key.(lua.LString); ok {
		if to := t.shape.with(key, string(name)); to != nil {
			t.shape = to
			if len(t.values) == cap(t.values) {
				t.growValues()
			}
			t.values = append(t.values, v)
			return true
		}
	}
	t.toHash(t.room())
	return t.hash.insert(key, v)
}

func (t *Table) growValues() {
	grown := make([]lua.LValue, len(t.values), min(t.room(), maxNames))
	copy(grown, t.values)
	t.values = grown
}

// toHash makes a hash of a record, with room for so many entries.
func (t *Table) toHash(room int) {
	h := newHash(room)
	for i, v := range t.values {
		if v != nil {
			h.insert(t.shape.names[i], v)
		}
	}
	t.hash, t.shape, t.values = h, nil, nil
}

// ForEach visits the entries in the order of Next. The visitor may change values,
// and remove entries.
func (t *Table) ForEach(visit func(key, v lua.LValue)) {
	t.complete()
	for i := 0; i < len(t.array); i++ {
		if v := t.array[i]; v != nil {
			visit(OfInt(int64(i+1)), v)
		}
	}
	t.Fields(visit)
}

// Fields visits the entries that aren't in the array.
func (t *Table) Fields(visit func(key, v lua.LValue)) {
	t.complete()
	if t.shape != nil {
		for i, s := 0, t.shape; i < len(t.values) && t.shape == s; i++ {
			if v := t.values[i]; v != nil {
				visit(s.names[i], v)
			}
		}
	} else if h := t.hash; h != nil {
		for i := 0; i < len(h.entries); i++ {
			if e := &h.entries[i]; e.value != nil {
				visit(e.key, e.value)
			}
		}
	}
	if t.extra != nil {
		t.extra.each(visit)
	}
}
