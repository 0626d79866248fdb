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

// beforeStart is what the variables hold before a start function runs. Launches use
// one after the other, as most services have little to note.
type beforeStart struct {
	cells   []startCell
	tables  []startTable
	entries []startEntry // of all tables
}

type startCell struct {
	cell  *lua.Upvalue
	value lua.LValue
}

// startTable is a table as it was. Of one with too many entries only the length is
// known.
type startTable struct {
	table    *value.Table
	length   int
	from, to int // of its entries, but for functions
	whole    bool
}

type startEntry struct {
	startKey
	value lua.LValue
}

// startKey is a key of a table: Go's nil and a number for an integer.
type startKey struct {
	key     lua.LValue
	integer int64
}

// startKeyOf is the key of an entry that value.Table.After has found, behind which it
// is at a position.
func startKeyOf(k lua.LValue, at int) startKey {
	if k == nil {
		return startKey{nil, int64(at)}
	}
	if i, ok := value.ToInt(k); ok {
		return startKey{nil, i}
	}
	return startKey{k, 0}
}

func (k startKey) value() lua.LValue {
	if k.key == nil {
		return value.OfInt(k.integer)
	}
	return k.key
}

// lookBeforeStart notes what the files' variables hold.
func (n *Node) lookBeforeStart(instances []*hotpatch.Instance) *beforeStart {
	b, ok := n.starts.Get().(*beforeStart)
	if !ok {
		b = &beforeStart{}
	}
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
	if !ok || depth > maxStartDepth || len(b.tables) >= maxStartTables || t.Frozen() || stdlib.IsLazy(t) || b.knows(t) {
		return
	}
	s := startTable{table: t, length: t.Len(), whole: len(b.entries)+vm.Size(t) <= maxStartEntries, from: len(b.entries)}
	if s.whole {
		for k, v, at := t.After(0); v != nil; k, v, at = t.After(at) {
			if _, isFunction := v.(*lua.LFunction); !isFunction {
				b.entries = append(b.entries, startEntry{startKeyOf(k, at), v})
			}
		}
	}
	s.to = len(b.entries)
	b.tables = append(b.tables, s)
	for i := s.from; i < s.to; i++ {
		b.value(b.entries[i].value, depth+1)
	}
}

func (b *beforeStart) knows(t *value.Table) bool {
	for i := range b.tables {
		if b.tables[i].table == t {
			return true
		}
	}
	return false
}

// lookAfter compares the variables with what they were, after the start function has
// run. b can't be used any more.
func (n *Node) lookAfter(b *beforeStart) *startWork {
	w := &startWork{}
	for _, c := range b.cells {
		if now := c.cell.Value(); now != c.value && vm.Plain(now) {
			w.setCell(c.cell, now)
		}
	}
	for i := range b.tables {
		t := &b.tables[i]
		t.compare(w, b.entries[t.from:t.to])
	}
	clear(b.cells)
	clear(b.tables)
	clear(b.entries)
	b.cells, b.tables, b.entries = b.cells[:0], b.tables[:0], b.entries[:0]
	n.starts.Put(b)
	if len(w.cells)+len(w.entries)+len(w.lists) == 0 {
		return nil
	}
	return w
}

// compare notes what has come to a table, or is another in it. The entries mostly
// stand in the same order as before.
func (t *startTable) compare(w *startWork, before []startEntry) {
	n := t.table.Len()
	for i := t.length + 1; i <= n; i++ {
		w.append(t.table, t.table.RawGetInt(i))
	}
	if !t.whole {
		return
	}
	var places map[startKey]int // of the entries before, once the order is another
	next := 0
	for k, v, at := t.table.After(0); v != nil; k, v, at = t.table.After(at) {
		key := startKeyOf(k, at)
		if _, isFunction := v.(*lua.LFunction); isFunction || key.key == nil && key.integer > int64(t.length) && key.integer <= int64(n) {
			continue
		}
		place, found := next, next < len(before) && before[next].startKey == key
		if !found {
			if places == nil {
				places = placesOf(before)
			}
			place, found = places[key]
		}
		if !found || before[place].value != v {
			w.set(t.table, key.value(), v)
		}
		if found {
			next = place + 1
		}
	}
}

func placesOf(entries []startEntry) map[startKey]int {
	places := make(map[startKey]int, len(entries))
	for i, e := range entries {
		places[e.startKey] = i
	}
	return places
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
