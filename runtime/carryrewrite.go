package runtime

import (
	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/lua/value"
)

// rewrite is a change of a table that the old generation still works on: an object
// gets the new code's class, a reference to a module leads to the new one. Until the
// switch it holds only while the new generation's code runs.
type rewrite struct {
	table   *value.Table
	key     lua.LValue // metatableKey for the metatable
	was, is lua.LValue
	applied bool
}

// metatableKey stands for a table's metatable among its keys.
var metatableKey lua.LValue = &lua.LUserData{}

func (r *rewrite) get() lua.LValue {
	if r.key == metatableKey {
		return value.Meta(r.table)
	}
	return r.table.RawGet(r.key)
}

func (r *rewrite) set(v lua.LValue) {
	if r.key == metatableKey {
		value.SetMeta(r.table, v)
		return
	}
	r.table.RawSet(r.key, v)
}

// apply makes the change, unless the place has got another value meanwhile.
func (r *rewrite) apply() {
	if !r.applied && r.get() == r.was {
		r.set(r.is)
		r.applied = true
	}
}

// undo takes it back, unless the new code has given the place another value.
func (r *rewrite) undo() {
	if r.applied && r.get() == r.is {
		r.set(r.was)
	}
	r.applied = false
}
