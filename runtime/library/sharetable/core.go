package sharetable

import "devnode/runtime/library"

// Core is skynet.sharetable.core, on which skynet's own module stands.
func Core() library.Module {
	return library.Module{
		Name: "skynet.sharetable.core",
		Functions: map[string]library.Function{
			"clone": clone, "matrix": newMatrix, "is_sharedtable": isShared, "stackvalues": stackValues,
		},
	}
}

// matrix is a table that code has made; nothing once it is closed.
type matrix struct {
	table *library.Frozen
}

var matrices = &library.Class{Name: "BOXMATRIXSTATE", Methods: map[string]library.Function{
	"getptr": func(c library.Call) {
		if m := library.Object[*matrix](c, 1, "BOXMATRIXSTATE"); m.table != nil {
			c.Return(library.LightOf(*m.table))
		}
	},
	"size": func(c library.Call) {
		size := int64(0)
		if m := library.Object[*matrix](c, 1, "BOXMATRIXSTATE"); m.table != nil {
			size = m.table.Weight()
		}
		c.Return(library.Int(size))
	},
	"close": func(c library.Call) { library.Object[*matrix](c, 1, "BOXMATRIXSTATE").table = nil },
}}

// newMatrix is matrix(code, ...).
func newMatrix(c library.Call) {
	source := c.String(1)
	table := run(c, "matrix", source, 2, library.Call.Raise)
	c.Return(matrices.New(c, &matrix{&table}))
}

// clone is clone(pointer): the table that it points to.
func clone(c library.Call) {
	f, ok := library.Pointed[library.Frozen](c.Arg(1))
	if !ok {
		c.Raise("Not a shared table")
	}
	c.Return(f.Value())
}

func isShared(c library.Call) { c.Return(library.Bool(c.Arg(1).IsFrozen())) }

// stackValues is stackvalues(coroutine, table). Here the values on a stack are exchanged
// without it: there are none to be listed.
func stackValues(c library.Call) {
	if c.Arg(1).Type() != "thread" {
		c.ArgError(1, "thread expected")
	}
	c.Return(library.Int(0))
}
