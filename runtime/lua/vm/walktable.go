package vm

import (
	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/lua/value"
)

// leafSize bounds the tables that a Walker looks through at each reference
// instead of remembering that it has seen them.
const leafSize = 32

// isLeaf tells whether t is a small table that refers to nothing but plain
// values, and to a metatable that was seen. Most tables of a service with much
// state are records like this, and looking through one is several times faster
// than taking note of it.
func (w *Walker) isLeaf(t *value.Table) bool {
	if t == nil || t.Size() > leafSize {
		return false
	}
	if mt := t.Metatable(); mt != nil {
		if _, seen := w.tables[mt]; !seen {
			return false
		}
	}
	return !t.Refers()
}

// refers tells whether a value can lead to a function.
func refers(v lua.LValue) bool { return value.Leads(v) }

// entries walks the entries of t that it holds on to.
func (w *Walker) entries(t *value.Table) { t.Strong(w.value) }

// References visits the entries of t whose key or value isn't plain, that is,
// refers to a table, a function, a userdata or a coroutine. No entry may come or go
// meanwhile.
func References(t *value.Table, visit func(key, value lua.LValue)) {
	t.ForEach(func(k, v lua.LValue) {
		if refers(k) || refers(v) {
			visit(k, v)
		}
	})
}

// Plain tells whether a value refers to no other.
func Plain(v lua.LValue) bool { return !refers(v) }

// Entries counts the entries of t.
func Entries(t *value.Table) int {
	n := 0
	t.ForEach(func(_, _ lua.LValue) { n++ })
	return n
}

// Size is about how many entries t has, at once.
func Size(t *value.Table) int { return t.Size() }

// IsRecord tells whether t is a small table that refers to nothing but, perhaps, a
// metatable.
func IsRecord(t *value.Table) bool { return t.Size() <= leafSize && !t.Refers() }
