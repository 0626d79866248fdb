package stdlib

import (
	"sort"
	"sync"
	"unsafe"

	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/lua/value"
	"devnode/runtime/lua/vm"
)

// A Module is what a library table contains: functions, which hold no state
// and are the same in every VM, and values, which each VM makes for itself.
// Modules are made once per process and never change.
//
// A table of a Module is lazy: an entry is put into it when it is first looked
// up, so that a VM pays only for what its scripts use. Scripts can't tell: the
// entries are assigned, deleted and replaced as in any table, and next, pairs,
// rawget, rawset, getmetatable and setmetatable complete the table before they
// touch it. Go code that reads such a table must do so by Field, or call
// Complete first.
type Module struct {
	names  []string
	index  map[string]int
	funcs  []*lua.LFunction
	values []func(v *vm.VM) lua.LValue
	named  map[*lua.LFunction]string
}

// maxLazy is how many entries a lazy table can keep account of.
const maxLazy = 256

// NewModule makes a module. Its functions are called prefix+name in messages
// and tracebacks, so the prefix is such as "string."; values may be nil.
func NewModule(prefix string, funcs map[string]lua.LGFunction, values map[string]func(v *vm.VM) lua.LValue) *Module {
	return newModule(prefix, funcs, values, value.Function)
}

// NewPlainModule makes a module of functions that know no numbers but LNumbers.
func NewPlainModule(funcs map[string]lua.LGFunction) *Module {
	return newModule("", funcs, nil, func(fn lua.LGFunction) *lua.LFunction { return &lua.LFunction{IsG: true, GFunction: fn} })
}

func newModule(prefix string, funcs map[string]lua.LGFunction, values map[string]func(v *vm.VM) lua.LValue, function func(lua.LGFunction) *lua.LFunction) *Module {
	m := &Module{index: make(map[string]int), named: make(map[*lua.LFunction]string)}
	for name := range funcs {
		m.names = append(m.names, name)
	}
	for name := range values {
		m.names = append(m.names, name)
	}
	sort.Strings(m.names)
	if len(m.names) > maxLazy {
		panic("stdlib: a module of more than 256 entries")
	}
	m.funcs = make([]*lua.LFunction, len(m.names))
	m.values = make([]func(v *vm.VM) lua.LValue, len(m.names))
	for i, name := range m.names {
		m.index[name] = i
		if fn := funcs[name]; fn != nil {
			m.funcs[i] = function(fn)
			m.named[m.funcs[i]] = prefix + name
		} else {
			m.values[i] = values[name]
		}
	}
	return m
}

// Func is one of the module's functions, nil if it has none of that name.
func (m *Module) Func(name string) *lua.LFunction {
	if i, ok := m.index[name]; ok {
		return m.funcs[i]
	}
	return nil
}

// Table makes a table of the module's entries for v.
func (m *Module) Table(v *vm.VM) *value.Table {
	lt := &lazyTable{Table: *value.NewTable(0, 1), vm: v, module: m}
	value.SetMeta(&lt.Table, lazyMeta())
	if l := of(v); l != nil {
		l.addModule(m)
	}
	return &lt.Table
}

// lazyTable is a table with an account of which entries of its module it has
// been given. A table whose metatable is lazyMeta is the first field of one.
type lazyTable struct {
	value.Table
	vm     *vm.VM
	module *Module
	given  [maxLazy / 64]uint64
}

func asLazy(t *value.Table) *lazyTable {
	if value.Meta(t) != lua.LValue(lazyMetatable) {
		return nil
	}
	return (*lazyTable)(unsafe.Pointer(t))
}

// take marks an entry as given, and is false if it was already.
func (t *lazyTable) take(i int) bool {
	word, bit := &t.given[i/64], uint64(1)<<(i%64)
	if *word&bit != 0 {
		return false
	}
	*word |= bit
	return true
}

// get gives the table an entry.
func (t *lazyTable) get(i int) lua.LValue {
	if !t.take(i) {
		return lua.LNil
	}
	var v lua.LValue
	if fn := t.module.funcs[i]; fn != nil {
		v = fn
	} else if v = t.module.values[i](t.vm); v == nil {
		v = lua.LNil
	}
	t.RawSetString(t.module.names[i], v)
	return v
}

// Complete gives a lazy table all its entries, after which it is a table like
// any other. It does nothing to other tables.
func Complete(t *value.Table) {
	lt := asLazy(t)
	if lt == nil {
		return
	}
	for i := range lt.module.names {
		lt.get(i)
	}
	value.SetMeta(t, lua.LNil)
}

// Field is the raw entry of a table under a name, also where the table is lazy.
func Field(t *value.Table, name string) lua.LValue {
	v := t.RawGetString(name)
	if v == lua.LNil {
		if lt := asLazy(t); lt != nil {
			if i, ok := lt.module.index[name]; ok {
				return lt.get(i)
			}
		}
	}
	return v
}

// lazyMeta is the metatable of all lazy tables, by which they are known.
func lazyMeta() *value.Table {
	lazyEvents()
	return lazyMetatable
}

var lazyMetatable = (&lua.LState{}).CreateTable(0, 2)

// lazyEvents gives lazyMetatable its methods, which refer to it themselves.
var lazyEvents = sync.OnceFunc(func() {
	lazyMetatable.RawSetString("__index", value.Function(lazyIndex))
	lazyMetatable.RawSetString("__newindex", value.Function(lazyNewIndex))
})

// lazyIndex and lazyNewIndex are shown to scripts by debug.getinfo, and may be
// called with anything.
func lazyIndex(L *lua.LState) int {
	v := lua.LValue(lua.LNil)
	if lt := asLazy(checkTable(L, 1)); lt != nil {
		if name, ok := L.Get(2).(lua.LString); ok {
			if i, ok := lt.module.index[string(name)]; ok {
				v = lt.get(i)
			}
		}
	}
	L.Push(v)
	return 1
}

func lazyNewIndex(L *lua.LState) int {
	t, key := checkTable(L, 1), checkAny(L, 2)
	if lt := asLazy(t); lt != nil {
		if name, ok := key.(lua.LString); ok {
			if i, ok := lt.module.index[string(name)]; ok {
				lt.take(i)
			}
		}
	}
	rawset(L, t, key, L.Get(3))
	return 0
}

// IsLazy tells whether a table is one of a Module that isn't complete yet.
func IsLazy(t *value.Table) bool { return asLazy(t) != nil }
