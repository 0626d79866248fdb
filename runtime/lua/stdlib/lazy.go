package stdlib

import (
	"sort"

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
	t := value.NewTable(0, 0)
	t.SetFiller(&lazyTable{vm: v, module: m})
	if l := of(v); l != nil {
		l.addModule(m)
	}
	return t
}

// lazyTable fills a table of a module. It has an account of which entries it has
// given.
type lazyTable struct {
	vm     *vm.VM
	module *Module
	given  [maxLazy / 64]uint64
}

// take marks an entry as given, and is false if it was already.
func (f *lazyTable) take(i int) bool {
	word, bit := &f.given[i/64], uint64(1)<<(i%64)
	if *word&bit != 0 {
		return false
	}
	*word |= bit
	return true
}

// Fill gives the table an entry.
func (f *lazyTable) Fill(t *value.Table, name string) lua.LValue {
	i, ok := f.module.index[name]
	if !ok || !f.take(i) {
		return nil
	}
	var v lua.LValue
	if fn := f.module.funcs[i]; fn != nil {
		v = fn
	} else if v = f.module.values[i](f.vm); v == nil || v == lua.LNil {
		return nil
	}
	t.RawSetString(f.module.names[i], v)
	return v
}

// Take marks an entry that is assigned to as given.
func (f *lazyTable) Take(name string) {
	if i, ok := f.module.index[name]; ok {
		f.take(i)
	}
}

// Complete gives the table all its entries, after which it is a table like any
// other.
func (f *lazyTable) Complete(t *value.Table) {
	for _, name := range f.module.names {
		f.Fill(t, name)
	}
}

// Complete gives a lazy table all its entries. It does nothing to other tables.
func Complete(t *value.Table) { t.Complete() }

// Field is the raw entry of a table under a name.
func Field(t *value.Table, name string) lua.LValue { return t.RawGetString(name) }

// IsLazy tells whether a table is one of a Module that isn't complete yet.
func IsLazy(t *value.Table) bool { return t.Filler() != nil }
