package library

import (
	"iter"
	"math"

	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/lua/stdlib"
	"devnode/runtime/lua/value"
	"devnode/runtime/lua/vm"
)

// Table is a Lua table. Its methods are raw: they call no metamethods, which
// Call.Index and Call.SetIndex do.
type Table struct{ t *value.Table }

// NewTable makes an empty table, with room for a list of so many values, and for so
// many fields.
func (c Call) NewTable(list, fields int) Table { return Table{value.NewTable(list, fields)} }

// Globals are the globals of the calling code's machine.
func (c Call) Globals() Table { return tableOf(value.Globals(c.state)) }

func tableOf(t *value.Table) Table {
	stdlib.Complete(t)
	return Table{t}
}

// Value is the table as a Value.
func (t Table) Value() Value { return Value{t.t} }

// Get is the value of a key, Nil if there is none.
func (t Table) Get(key Value) Value { return Value{t.t.RawGet(value.Key(key.lua()))} }

// Set sets the value of a key, which is neither nil nor NaN; Nil removes it.
func (t Table) Set(key, v Value) {
	if f, ok := key.Float(); key.IsNil() || ok && math.IsNaN(f) {
		panic("table index is " + key.Text())
	}
	t.t.RawSet(value.Key(key.lua()), v.lua())
}

// Field is the value of a name.
func (t Table) Field(name string) Value { return Value{t.t.RawGetString(name)} }

// SetField sets the value of a name.
func (t Table) SetField(name string, v Value) { t.t.RawSetString(name, v.lua()) }

// At is item i of a list, from 1.
func (t Table) At(i int) Value { return Value{t.t.RawGetInt(i)} }

// Append adds an item to a list.
func (t Table) Append(v Value) { t.t.Append(v.lua()) }

// Len is the length that Lua's # gives.
func (t Table) Len() int { return t.t.Len() }

// Next is the entry after a key, or the first one for Nil, in Lua's order. It is false
// at the end, and for a key that isn't in the table. Values may be set meanwhile, and
// removed; new keys may not.
func (t Table) Next(key Value) (k, v Value, ok bool) {
	next, found, known := vm.Next(t.t, key.lua())
	return Value{next}, Value{found}, known && next != lua.LNil
}

// All goes through the entries by Next.
func (t Table) All() iter.Seq2[Value, Value] {
	return func(yield func(k, v Value) bool) {
		for k, v, ok := t.Next(Nil); ok; k, v, ok = t.Next(k) {
			if !yield(k, v) {
				return
			}
		}
	}
}

// Metatable is the table's metatable.
func (t Table) Metatable() (mt Table, ok bool) { return Value{value.Meta(t.t)}.Table() }

// SetMetatable gives the table a metatable, which is a table, or Nil for none. A __gc
// method in it isn't heeded.
func (t Table) SetMetatable(mt Value) { value.SetMeta(t.t, mt.lua()) }
