package sharetable

import (
	"devnode/runtime/library"
)

// Module is skynet.sharetable.
func Module() library.Module {
	return library.Module{
		Name: "skynet.sharetable",
		Functions: map[string]library.Function{
			"loadfile": loadFile, "loadstring": loadString, "loadtable": loadTable,
			"query": query, "queryall": queryAll, "update": update,
		},
	}
}

// loadTable is loadtable(name, table).
func loadTable(c library.Call) {
	name := c.String(1)
	if c.Arg(2).Type() != "table" {
		c.Raise("assertion failed!")
	}
	copied, _ := c.Copy(c.Arg(2)).Table()
	put(c, name, freeze(c, copied, name, failed))
}

// loadString is loadstring(name, code, ...).
func loadString(c library.Call) {
	name, source := c.String(1), c.String(2)
	put(c, name, run(c, name, source, 3, failed))
}

// loadFile is loadfile(name, ...), whose name is that of the file.
func loadFile(c library.Call) {
	name := c.String(1)
	put(c, name, run(c, name, "@"+name, 2, failed))
}

// query is query(name): the table, or nothing.
func query(c library.Call) {
	if t, ok := named(c, c.String(1)); ok {
		c.Return(t)
	}
}

// queryAll is queryall(names): the tables there are of some names, or of all.
func queryAll(c library.Call) {
	var names []string
	if c.Arg(1).IsNil() {
		names = stored.Of(c.Node()).names()
		for name := range prepared.Of(c.Generation()).tables {
			names = append(names, name)
		}
	} else {
		list := c.Table(1)
		for i := 1; !list.At(i).IsNil(); i++ {
			names = append(names, list.At(i).Text())
		}
	}
	all := c.NewTable(0, len(names))
	for _, name := range names {
		if t, ok := named(c, name); ok {
			all.SetField(name, t)
		}
	}
	c.Return(all.Value())
}

// update is update(name, ...): the calling service holds the tables that are there now in
// the place of those that it had.
func update(c library.Call) {
	var all []map[library.Value]library.Value
	for n := 1; n <= c.Args(); n++ {
		name := c.String(n)
		held := reading.Of(c.Service()).held[name]
		if held == nil {
			continue
		}
		is, ok := named(c, name)
		if !ok {
			continue
		}
		for was := range held {
			if was != is {
				all = append(all, stored.Of(c.Node()).pairing(was, is))
				delete(held, was)
			}
		}
	}
	if len(all) == 0 {
		return
	}
	c.Exchange(func(was library.Value) (is library.Value, ok bool) {
		for _, pairs := range all {
			if is, ok = pairs[was]; ok {
				break
			}
		}
		return is, ok
	})
}
