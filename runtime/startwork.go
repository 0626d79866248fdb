package runtime

import (
	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/hotpatch"
	"devnode/runtime/lua/stdlib"
	"devnode/runtime/lua/value"
	"devnode/runtime/lua/vm"
)

// What a start function puts into the variables of its files is put there again by
// the start function of newer code, which finds what was taken over. Therefore it is
// remembered what each start function has left: what it gives a second time needn't
// be there twice (carrystart.go).

// startWork is what a start function has given to top-level locals, and to tables
// that these lead to. It is nil where that is nothing.
type startWork struct {
	cells   map[*lua.Upvalue]lua.LValue
	entries map[*value.Table]map[lua.LValue]lua.LValue // what it has set
	lists   map[*value.Table][]lua.LValue              // what it has appended
}

// maxStartTables and maxStartEntries bound what is looked at before a start function
// runs, and maxStartDepth how deep it may lie.
const (
	maxStartTables  = 100
	maxStartEntries = 500
	maxStartDepth   = 3
)

// beforeStart is what the variables hold before a start function runs.
type beforeStart struct {
	cells   []startCell
	tables  []startTable
	seen    map[*value.Table]bool
	entries int
}

type startCell struct {
	cell  *lua.Upvalue
	value lua.LValue
}

// startTable is a table as it was. Of one with too many entries only the length is
// known.
type startTable struct {
	table   *value.Table
	length  int
	entries map[lua.LValue]lua.LValue
	whole   bool
}

// lookBeforeStart notes what the files' variables hold.
func lookBeforeStart(instances []*hotpatch.Instance) *beforeStart {
	b := &beforeStart{}
	for _, in := range instances {
		for _, cell := range in.Cells {
			v := cell.Value()
			if _, isFunction := v.(*lua.LFunction); !isFunction {
				b.cells = append(b.cells, startCell{cell, v})
			}
			b.value(v, 0)
		}
	}
	return b
}

func (b *beforeStart) value(v lua.LValue, depth int) {
	t, ok := v.(*value.Table)
	if !ok || depth > maxStartDepth || b.seen[t] || len(b.tables) >= maxStartTables || stdlib.IsLazy(t) {
		return
	}
	if b.seen == nil {
		b.seen = make(map[*value.Table]bool)
	}
	b.seen[t] = true
	n := vm.Size(t)
	s := startTable{table: t, length: t.Len(), whole: b.entries+n <= maxStartEntries}
	at := len(b.tables)
	b.tables = append(b.tables, s)
	if !s.whole {
		return
	}
	b.entries += n
	for k, v, _ := vm.Next(t, lua.LNil); k != lua.LNil; k, v, _ = vm.Next(t, k) {
		if _, isFunction := v.(*lua.LFunction); isFunction {
			continue
		}
		if s.entries == nil {
			s.entries = make(map[lua.LValue]lua.LValue, n)
		}
		s.entries[k] = v
		b.value(v, depth+1)
	}
	b.tables[at] = s
}

// lookAfter compares the variables with what they were, after the start function has
// run.
func (b *beforeStart) lookAfter() *startWork {
	w := &startWork{}
	for _, c := range b.cells {
		if now := c.cell.Value(); now != c.value && vm.Plain(now) {
			w.setCell(c.cell, now)
		}
	}
	for i := range b.tables {
		b.tables[i].compare(w)
	}
	if len(w.cells)+len(w.entries)+len(w.lists) == 0 {
		return nil
	}
	return w
}

// compare notes what has come to a table, or is another in it.
func (t *startTable) compare(w *startWork) {
	n := t.table.Len()
	for i := t.length + 1; i <= n; i++ {
		w.append(t.table, t.table.RawGetInt(i))
	}
	if !t.whole {
		return
	}
	for k, v, _ := vm.Next(t.table, lua.LNil); k != lua.LNil; k, v, _ = vm.Next(t.table, k) {
		if i, ok := value.ToInt(k); ok && i > int64(t.length) && i <= int64(n) {
			continue
		}
		if _, isFunction := v.(*lua.LFunction); !isFunction && t.entries[k] != v {
			w.set(t.table, k, v)
		}
	}
}

func (w *startWork) setCell(cell *lua.Upvalue, v lua.LValue) {
	if w.cells == nil {
		w.cells = make(map[*lua.Upvalue]lua.LValue)
	}
	w.cells[cell] = v
}

func (w *startWork) set(t *value.Table, k, v lua.LValue) {
	if w.entries == nil {
		w.entries = make(map[*value.Table]map[lua.LValue]lua.LValue)
	}
	if w.entries[t] == nil {
		w.entries[t] = make(map[lua.LValue]lua.LValue)
	}
	w.entries[t][k] = v
}

func (w *startWork) append(t *value.Table, v lua.LValue) {
	if w.lists == nil {
		w.lists = make(map[*value.Table][]lua.LValue)
	}
	w.lists[t] = append(w.lists[t], v)
}

// left is what the start function has left in a place, nil where it has set nothing
// there.
func (w *startWork) left(at place) lua.LValue {
	if w == nil {
		return nil
	}
	switch at := at.(type) {
	case cellPlace:
		return w.cells[at.Upvalue]
	case fieldPlace:
		return w.entries[at.table][at.key]
	}
	return nil
}
