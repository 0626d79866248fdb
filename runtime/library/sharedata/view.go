package sharedata

import (
	"strings"

	"devnode/runtime/library"
)

// view is how a service reads a tree, or one inside of it.
type view struct {
	of       *shared
	path     []library.Value
	root     *tree // of which at is a part
	at       *tree
	children map[library.Value]library.Value
}

// viewField is where the table of a view has it. pairs doesn't show it.
const viewField = "__obj"

// views are those of a version of a service's code: one for each tree by name, what it shows, and the metatable of all. Only the
// service itself uses them.
type views struct {
	generation library.Generation
	meta       library.Value
	list       map[*shared]library.Value
	shown      map[*shared]*tree
}

var viewing = &library.GenerationState[*views]{
	New: func(g library.Generation) *views {
		return &views{generation: g, list: map[*shared]library.Value{}, shown: map[*shared]*tree{}}
	},
	Ended: func(v *views) { stored.Of(v.generation.Service().Node()).forget(v) },
	Values: func(v *views, visit func(string, *library.Value)) {
		visit("metatable", &v.meta)
		for of, table := range v.list {
			visit("view", &table)
			v.list[of] = table
		}
	},
}

// table makes the Lua table of a view.
func (v *view) table(c library.Call) library.Value {
	all := viewing.Of(c.Generation())
	if all.meta.IsNil() {
		meta := c.NewTable(0, 5)
		for event, fn := range map[string]library.Function{"__index": index, "__newindex": newIndex, "__len": length, "__pairs": pairs} {
			meta.SetField(event, c.NewFunction(fn))
		}
		all.meta = meta.Value()
	}
	t := c.NewTable(0, 1)
	t.SetField(viewField, library.LightOf(v))
	t.SetMetatable(all.meta)
	return t.Value()
}

// viewArg is argument 1, the table of a view.
func viewArg(c library.Call) *view {
	v, ok := library.Pointed[*view](c.Table(1).Field(viewField))
	if !ok {
		c.ArgError(1, "table of sharedata expected")
	}
	return v
}

// tree is what the view shows now.
func (v *view) tree(c library.Call) *tree {
	root := viewing.Of(c.Generation()).shown[v.of]
	if root == v.root && root != nil {
		return v.at
	}
	at := root
	for _, key := range v.path {
		if at == nil {
			break
		}
		e, _ := at.find(key)
		at = e.sub
	}
	if at == nil {
		c.Raise("sharedata %s: it is no more since the last update", v.name())
	}
	v.root, v.at = root, at
	return at
}

func (v *view) name() string {
	words := []string{v.of.name}
	for _, key := range v.path {
		words = append(words, key.Text())
	}
	return strings.Join(words, ".")
}

// value is an entry as Lua has it: a tree is a view, the same one each time.
func (v *view) value(c library.Call, key library.Value, e entry) library.Value {
	if e.sub == nil {
		return e.value
	}
	child, ok := v.children[key]
	if !ok {
		if v.children == nil {
			v.children = map[library.Value]library.Value{}
		}
		child = (&view{of: v.of, path: append(v.path[:len(v.path):len(v.path)], key)}).table(c)
		v.children[key] = child
	}
	return child
}

func index(c library.Call) {
	v := viewArg(c)
	key := normal(c.Arg(2))
	if e, ok := v.tree(c).find(key); ok {
		c.Return(v.value(c, key, e))
		return
	}
	c.Return(library.Nil)
}

func newIndex(c library.Call) {
	c.Raise("sharedata %s is read only: %s can't be set", viewArg(c).name(), c.Arg(2).Text())
}

func length(c library.Call) { c.Return(library.Int(int64(viewArg(c).tree(c).length))) }

// pairs is that of a view: all entries as they are now, also where an update comes meanwhile.
func pairs(c library.Call) {
	v := viewArg(c)
	t, i := v.tree(c), 0
	c.Return(c.NewFunction(func(c library.Call) {
		if i >= len(t.keys) {
			c.Return(library.Nil)
			return
		}
		key := t.keys[i]
		i++
		c.Return(key, v.value(c, key, t.entries[key]))
	}), c.Arg(1), library.Nil)
}
