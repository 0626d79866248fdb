package value

import (
	"weak"

	lua "github.com/yuin/gopher-lua"
)

// extra is what few tables have. A table whose entries aren't in its own parts
// keeps these empty, so that whatever looks for an entry there goes on to extra.
type extra struct {
	owner   Owner  // of a frozen table
	view    bool   // it is a view
	source  Source // of a frozen table, where that gets its entries as they are looked up
	lazy    Filler
	weak    *weakStore
	foreign *lua.LTable // of Go code's, that this table stands for
	carrier *lua.LTable // that stands for this table in gopher-lua
	held    map[weak.Pointer[weakStore]]lua.LValue
}

// A Filler knows the entries of a table that gets them as they are looked up. It
// gives each of them to the table once.
type Filler interface {
	// Fill gives the table an entry that it hasn't got yet, and returns it; Go's
	// nil where there is none.
	Fill(t *Table, name string) lua.LValue
	// Take is told that a name is assigned to: it is not to be filled any more.
	Take(name string)
	// Complete gives the table all entries that are left.
	Complete(t *Table)
}

func (t *Table) more() *extra {
	if t.extra == nil {
		t.extra = &extra{}
	}
	return t.extra
}

// SetFiller has a table be filled as it is used.
func (t *Table) SetFiller(f Filler) { t.more().lazy = f }

// Filler is what fills the table, nil if nothing does any more.
func (t *Table) Filler() Filler {
	if t.extra == nil {
		return nil
	}
	return t.extra.lazy
}

// complete has a table that is filled as it is used have all its entries.
func (t *Table) complete() {
	if t.extra != nil && t.extra.source != nil {
		t.extra.source.Complete(t)
		return
	}
	if t.extra != nil && t.extra.lazy != nil {
		f := t.extra.lazy
		t.extra.lazy = nil
		f.Complete(t)
	}
}

// Complete gives a table that is filled as it is used all its entries.
func (t *Table) Complete() { t.complete() }

// IsPlain tells whether all entries of a table are in itself.
func (t *Table) IsPlain() bool {
	e := t.extra
	return e == nil || e.lazy == nil && e.weak == nil && e.foreign == nil && e.source == nil
}

func (e *extra) get(t *Table, key lua.LValue) lua.LValue {
	switch {
	case e.source != nil:
		return e.source.Get(t, key)
	case e.weak != nil:
		return e.weak.get(key)
	case e.foreign != nil:
		return FromForeign(e.foreign.RawGet(toForeign(key)))
	}
	return nil
}

func (e *extra) name(t *Table, name string) lua.LValue {
	switch {
	case e.source != nil:
		return e.source.Get(t, lua.LString(name))
	case e.lazy != nil:
		return e.lazy.Fill(t, name)
	case e.weak != nil:
		return e.weak.get(lua.LString(name))
	case e.foreign != nil:
		return FromForeign(e.foreign.RawGetString(name))
	}
	return nil
}

func (e *extra) index(t *Table, i int64) lua.LValue {
	if e.weak == nil && e.foreign == nil && e.source == nil {
		return nil
	}
	return e.get(t, OfInt(i))
}

// set is false where the entry belongs into the table itself.
func (e *extra) set(key, v lua.LValue) bool {
	switch {
	case e.weak != nil:
		e.weak.set(key, v)
	case e.foreign != nil:
		e.foreign.RawSet(toForeign(key), toForeign(outside(v)))
	default:
		return false
	}
	return true
}

func (e *extra) setName(name string, v lua.LValue) bool {
	if e.lazy != nil {
		e.lazy.Take(name)
		return false
	}
	if e.weak == nil && e.foreign == nil {
		return false
	}
	return e.set(lua.LString(name), v)
}

func (e *extra) setIndex(i int64, v lua.LValue) bool {
	if e.weak == nil && e.foreign == nil {
		return false
	}
	return e.set(OfInt(i), v)
}

func (e *extra) len() (int, bool) {
	switch {
	case e.source != nil:
		return e.source.Len(), true
	case e.weak != nil:
		return e.weak.len(), true
	case e.foreign != nil:
		return e.foreign.Len(), true
	}
	return 0, false
}

func (e *extra) each(visit func(key, v lua.LValue)) {
	switch {
	case e.weak != nil:
		e.weak.each(visit)
	case e.foreign != nil:
		e.foreign.ForEach(func(k, v lua.LValue) { visit(FromForeign(k), FromForeign(v)) })
	}
}

// Foreign is the table of Go code's, made by gopher-lua, as Lua code has it: what
// either is assigned shows in both. It is always the same for one table, and has
// the same metatable.
func Foreign(lt *lua.LTable) *Table {
	if t, ok := lt.Metatable.(*Table); ok {
		return t
	}
	t := &Table{extra: &extra{foreign: lt, carrier: lt}}
	if mt, ok := lt.Metatable.(*lua.LTable); ok {
		t.meta = Foreign(mt)
	}
	lt.Metatable = t
	return t
}

// Carrier is a table of gopher-lua's that stands for t where that takes no other:
// as an environment.
func (t *Table) Carrier() *lua.LTable {
	if t.frozen { // what it has beside its entries may be used by others
		return &lua.LTable{Metatable: t}
	}
	if e := t.more(); e.carrier == nil {
		e.carrier = &lua.LTable{Metatable: t}
	}
	return t.extra.carrier
}

// FromForeign is a value of Go code's as Lua code has it.
func FromForeign(v lua.LValue) lua.LValue {
	switch lt := v.(type) {
	case *lua.LTable:
		return Foreign(lt)
	case *lua.LNilType:
		return nil
	}
	return v
}

// toForeign is a value for a table of gopher-lua's.
func toForeign(v lua.LValue) lua.LValue {
	switch t := v.(type) {
	case nil:
		return lua.LNil
	case *Table:
		if t.extra != nil && t.extra.foreign != nil {
			return t.extra.foreign
		}
	case lua.LNumber, Int, Float:
		return v
	}
	return v
}
