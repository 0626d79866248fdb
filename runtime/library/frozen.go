package library

import (
	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/lua/stdlib"
	"devnode/runtime/lua/value"
	"devnode/runtime/lua/vm"
)

// Frozen is a table that never changes, nor do the tables in it. All services may read it
// at a time, by any goroutine, and a read costs what one of a table of the service's own
// does. To Lua a write is an error that names the table.
type Frozen struct {
	t     *value.Table
	owner *frozenOwner
}

// frozenOwner gives the tables of a Frozen their names.
type frozenOwner struct {
	name string
	root *value.Table
}

// NameOf is the name of one of the tables: conf.rows[3].
func (o *frozenOwner) NameOf(t *value.Table) string {
	path, _ := value.PathTo(o.root, t)
	return o.name + path
}

// MaxFrozenDepth is how deep frozen tables may be nested.
const MaxFrozenDepth = 1000

// pollEvery is after how many tables Freeze lets the service be interrupted.
const pollEvery = 1024

// Freeze makes a Frozen of a table, with a name for errors. Tables that are found in
// several places, or in themselves, stay one. check is called for each table, with a key
// and a value that are both nil, and for each key (the value is nil then) and value in it
// that is no table; what can't be frozen it refuses by raising an error. in is the table
// that it was called for last. Whoever lets
// functions in gives those for which Call.Stateless is true.
func (c Call) Freeze(t Table, name string, check func(in Table, key, v Value)) Frozen {
	return c.freeze(t, name, false, func(in Table, key, v Value, _ int) { check(in, key, v) })
}

// FreezeTree is Freeze, but a table that is found in several places becomes one for each,
// as a View needs it. check is told how many tables it is in, too, and has to refuse where
// these are too many: one may be in itself.
func (c Call) FreezeTree(t Table, name string, check func(in Table, key, v Value, depth int)) Frozen {
	return c.freeze(t, name, true, check)
}

func (c Call) freeze(t Table, name string, tree bool, check func(in Table, key, v Value, depth int)) Frozen {
	owner := &frozenOwner{name: name}
	count := 0
	var in Table
	at := 0
	f := value.Freezer{Owner: owner, Tree: tree}
	f.Enter = func(t *value.Table, depth int) {
		stdlib.Complete(t)
		if count++; count%pollEvery == 0 {
			c.Poll()
		}
		in, at = Table{t}, depth
		check(in, Nil, Nil, at)
	}
	f.Convert = func(key, v lua.LValue, isKey bool) lua.LValue {
		if isKey {
			check(in, Value{v}, Nil, at)
		} else {
			check(in, Value{key}, Value{v}, at)
		}
		if fn, ok := v.(*lua.LFunction); ok {
			return stateless(fn)
		}
		return v
	}
	owner.root = f.Freeze(t.t)
	return Frozen{owner.root, owner}
}

// Value is the table as a Value, which may be given to any service.
func (f Frozen) Value() Value { return Value{f.t} }

// Table is the table, to be read.
func (f Frozen) Table() Table { return Table{f.t} }

// Name is the one that it was given.
func (f Frozen) Name() string { return f.owner.name }

// Weight is about how many bytes the tables and their values take.
func (f Frozen) Weight() int64 { return vm.FrozenWeight(f.t) }

// IsFrozen tells whether a value is a table that can't be written.
func (v Value) IsFrozen() bool {
	t, ok := v.v.(*value.Table)
	return ok && t.Frozen()
}

// FrozenOf is the Frozen that a value is, or that it is in.
func FrozenOf(v Value) (f Frozen, ok bool) {
	t, ok := v.v.(*value.Table)
	if !ok {
		return f, false
	}
	owner, ok := value.OwnerOf(t).(*frozenOwner)
	if !ok {
		return f, false
	}
	return Frozen{owner.root, owner}, true
}

// Stateless tells whether a function has no upvalues, not even globals, or is one of
// Lua's own library: it is the same whichever service calls it.
func (c Call) Stateless(v Value) bool {
	fn, ok := v.v.(*lua.LFunction)
	return ok && stdlib.Stateless(c.state, fn)
}

// stateless is a function of Lua's that belongs to no machine.
func stateless(fn *lua.LFunction) *lua.LFunction {
	if fn.IsG {
		return fn
	}
	return &lua.LFunction{Proto: fn.Proto, Env: &lua.LTable{Metatable: value.NewTable(0, 0)}, Upvalues: fn.Upvalues}
}

// Copy is the value that a receiver gets where v is sent: tables of its own. It raises
// skynet's errors for what can't be sent.
func (c Call) Copy(v Value) Value { return Value{c.node.Copy(c.state, v.lua())} }

// Exchange puts other values into the place of frozen tables, wherever the calling
// service's code holds them: in variables, tables, coroutines. by says what, Nil where the
// table is just taken away, and is false for a table that stays.
func (c Call) Exchange(by func(was Value) (is Value, ok bool)) {
	c.task().Generation().Service().Exchange(func(t *value.Table) lua.LValue {
		if is, ok := by(Value{t}); ok {
			return is.lua()
		}
		return nil
	})
}
