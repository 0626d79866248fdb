package runtime

import (
	"slices"

	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/lua/value"
	"devnode/runtime/lua/vm"
)

// journal is what a new generation, while it is prepared, has changed in tables that
// the serving one works on: those that were taken over, and those that are kept. If
// the reload is given up that is taken back, unless the old code has built on it.
//
// Nobody tells of an assignment to a table. So the tables are copied before code of
// the new generation runs, and compared after it; what holds more than can be copied
// isn't looked at, and named.
type journal struct {
	tables  []watchedTable
	seen    map[*value.Table]bool
	entries int
	changes []change
	full    bool     // there is too much to watch
	unknown []string // variables that hold too much
	current bool     // the copies are what the tables hold
}

type watchedTable struct {
	kept  bool   // by reload.keep: it isn't taken over by name
	name  string // of the variable that led to it
	table *value.Table
	copy  *value.Table
}

// change is one entry that the new generation has changed.
type change struct {
	kept     bool
	name     string
	table    *value.Table
	key      lua.LValue
	was, now lua.LValue
}

// maxWatched bounds the entries that are copied.
const maxWatched = 50_000

// watch notes which tables are to be watched: those that c has taken, and those
// that are kept.
func (j *journal) watch(c *carry) {
	j.current = false
	if j.seen == nil {
		j.seen = make(map[*value.Table]bool)
		for name, v := range c.next.service.kept {
			j.add(name, v, true)
		}
	}
	for _, n := range c.names {
		if n.refused == "" {
			j.add(n.name, n.given, false)
		}
	}
}

// add watches the tables in a value that are plain data.
func (j *journal) add(name string, v lua.LValue, kept bool) {
	if t, ok := v.(*value.Table); ok && j.full && !t.Frozen() {
		j.unknown = append(j.unknown, name)
		return
	}
	todo := []lua.LValue{v}
	for len(todo) > 0 && !j.full {
		t, ok := todo[len(todo)-1].(*value.Table)
		todo = todo[:len(todo)-1]
		if !ok || t.Frozen() || j.seen[t] {
			continue
		}
		j.seen[t] = true
		j.tables = append(j.tables, watchedTable{kept: kept, name: name, table: t})
		j.entries += 1 + vm.Size(t)
		if j.full = j.entries > maxWatched; j.full {
			j.unknown = append(j.unknown, name)
		}
		vm.References(t, func(k, v lua.LValue) { todo = append(todo, k, v) })
	}
}

// begin is called before code of the new generation runs.
func (j *journal) begin(c *carry) {
	if j.current && !c.disturbed {
		return
	}
	j.current = true
	for i := range j.tables {
		j.tables[i].refresh()
	}
}

func (w *watchedTable) refresh() {
	w.copy = vm.CopyTable(w.table, func(v lua.LValue) lua.LValue { return v })
	value.SetMeta(w.copy, value.Meta(w.table))
}

// end is called after code of the new generation has run.
func (j *journal) end() {
	if !j.current {
		return
	}
	for i := range j.tables {
		j.compare(&j.tables[i])
	}
}

// compare notes what has changed in a table since it was copied.
func (j *journal) compare(w *watchedTable) {
	before := len(j.changes)
	note := func(key, was, now lua.LValue) {
		j.changes = append(j.changes, change{w.kept, w.name, w.table, key, was, now})
	}
	if value.Meta(w.table) != value.Meta(w.copy) {
		note(metatableKey, value.Meta(w.copy), value.Meta(w.table))
	}
	for k, v, _ := vm.Next(w.table, lua.LNil); k != lua.LNil; k, v, _ = vm.Next(w.table, k) {
		if was := w.copy.RawGet(k); was != v {
			note(k, was, v)
		}
	}
	for k, v, _ := vm.Next(w.copy, lua.LNil); k != lua.LNil; k, v, _ = vm.Next(w.copy, k) {
		if w.table.RawGet(k) == lua.LNil {
			note(k, v, lua.LNil)
		}
	}
	if len(j.changes) > before {
		w.refresh()
	}
}

// undo takes the changes back, and lists the variables in which that can't be done
// whole. original is what a value was before it was rewritten.
func (j *journal) undo(original func(lua.LValue) lua.LValue) (left []string) {
	for _, c := range slices.Backward(j.changes) {
		r := rewrite{table: c.table, key: c.key}
		if r.get() != c.now || c.splits() {
			left = append(left, c.name)
			continue
		}
		r.set(original(c.was))
	}
	for _, name := range j.unknown {
		left = append(left, name+" (too large to be looked through)")
	}
	slices.Sort(left)
	return slices.Compact(left)
}

// splits tells whether a list would get a hole if the change were taken back.
func (c *change) splits() bool {
	i, ok := value.ToInt(c.key)
	return ok && c.was == lua.LNil && c.table.RawGet(value.OfInt(i+1)) != lua.LNil
}
