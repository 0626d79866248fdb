package sharedata

import (
	"sync/atomic"

	"devnode/runtime/library"
)

// tree is a table that never changes.
type tree struct {
	entries map[library.Value]entry
	keys    []library.Value // in the order of the table that it was made of
	length  int
}

// entry is a value: a text, a number, a boolean, or another tree.
type entry struct {
	value library.Value
	sub   *tree
}

// shared is a tree with a name, which updates replace.
type shared struct {
	name    string
	madeBy  library.Handle
	current atomic.Pointer[tree]       // nil when it was deleted
	viewers map[*views]library.Service // who shows it, under the store's lock
}

// maxDepth is how deep tables may be nested.
const maxDepth = 1000

// pollEvery is after how many entries the making of a tree lets the service be interrupted.
const pollEvery = 4096

// maker makes a tree of a table.
type maker struct {
	c     library.Call
	count int
}

func (m *maker) tree(t library.Table, depth int) *tree {
	if depth > maxDepth {
		m.c.Raise("sharedata: tables are nested too deep, or a table is in itself")
	}
	made := &tree{entries: map[library.Value]entry{}, length: t.Len()}
	for k, v := range t.All() {
		if m.count++; m.count%pollEvery == 0 {
			m.c.Poll()
		}
		if kind := k.Type(); kind != "string" && kind != "number" {
			m.c.Raise("sharedata: a key is a %s, want a string or a number", kind)
		}
		e := entry{value: v}
		switch v.Type() {
		case "table":
			sub, _ := v.Table()
			e = entry{sub: m.tree(sub, depth+1)}
		case "string", "number", "boolean":
		default:
			m.c.Raise("sharedata: the value of %s is a %s, which can't be shared", k.Text(), v.Type())
		}
		made.entries[k] = e
		made.keys = append(made.keys, k)
	}
	return made
}

// find is the entry of a key.
func (t *tree) find(key library.Value) (entry, bool) {
	e, ok := t.entries[key]
	return e, ok
}

// normal is a key as tables have it: a float that is whole is an integer.
func normal(key library.Value) library.Value {
	if key.Type() != "number" || key.IsInteger() {
		return key
	}
	if i, ok := key.Int(); ok {
		return library.Int(i)
	}
	return key
}

// copied is a tree as a table of the service's own.
func copied(c library.Call, t *tree) library.Value {
	made := c.NewTable(t.length, len(t.keys)-t.length)
	for _, k := range t.keys {
		e := t.entries[k]
		if e.sub != nil {
			e.value = copied(c, e.sub)
		}
		made.Set(k, e.value)
	}
	return made.Value()
}
