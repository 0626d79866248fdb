package hotpatch

import (
	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/lua/value"
)

// changes is what a patch has done to the values of the program so far, so that
// all of it can be taken back, and so that it is known what code that has run
// would find different.
type changesMade struct {
	undo   []func()
	placed []lua.LValue                         // what was put somewhere
	cells  map[*lua.Upvalue]bool                // true: with data
	fields map[*value.Table]map[lua.LValue]bool // likewise
}

func newChangesMade() *changesMade {
	return &changesMade{cells: make(map[*lua.Upvalue]bool), fields: make(map[*value.Table]map[lua.LValue]bool)}
}

// setCell gives a variable a value.
func (m *changesMade) setCell(uv *lua.Upvalue, v lua.LValue) {
	old := uv.Value()
	m.undo = append(m.undo, func() { uv.SetValue(old) })
	m.cells[uv] = m.cells[uv] || isData(v) || isData(old)
	uv.SetValue(v)
	m.placed = append(m.placed, v)
}

// setField gives a field of a table a value, past its metatable.
func (m *changesMade) setField(t *value.Table, k, v lua.LValue) {
	old := t.RawGet(k)
	m.undo = append(m.undo, func() { t.RawSet(k, old) })
	if m.fields[t] == nil {
		m.fields[t] = make(map[lua.LValue]bool)
	}
	m.fields[t][k] = m.fields[t][k] || isData(v) || isData(old)
	t.RawSet(k, v)
	m.placed = append(m.placed, v)
}

// setMetatable gives a table a metatable.
func (m *changesMade) setMetatable(t *value.Table, mt lua.LValue) {
	old := value.Meta(t)
	m.undo = append(m.undo, func() { value.SetMeta(t, old) })
	value.SetMeta(t, mt)
	m.placed = append(m.placed, mt)
}

// isData tells of a value that code may have looked at: not of a function, which
// is called when it is called, nor of nothing.
func isData(v lua.LValue) bool {
	switch v.(type) {
	case nil, *lua.LNilType, *lua.LFunction:
		return false
	}
	return true
}

// takeBack undoes everything.
func (m *changesMade) takeBack() {
	for i := len(m.undo) - 1; i >= 0; i-- {
		m.undo[i]()
	}
	*m = *newChangesMade()
}

// any tells whether data of tables has changed, which other files may have read.
func (m *changesMade) any() bool { return len(m.fields) > 0 || len(m.cells) > 0 }
