package vm

import (
	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/lua/value"
)

// An Exchanger puts other values into the place of frozen tables, wherever the values that it is
// given, and all that these refer to, have them: as entries and keys, metatables,
// upvalues, locals. None of the VM's code may run meanwhile but a Go function that uses
// it.
type Exchanger struct {
	by     func(*value.Table) lua.LValue // nil (Lua's) for what is to be gone, Go's for what stays
	seen   map[lua.LValue]bool
	fibers map[*Fiber]bool
	later  []*Fiber
	todo   []lua.LValue
}

// NewExchanger makes an Exchanger. by is what is put into the place of a frozen table: nil
// (Lua's) for what is to be gone, Go's for what stays.
func NewExchanger(by func(*value.Table) lua.LValue) *Exchanger {
	return &Exchanger{by: by, seen: make(map[lua.LValue]bool), fibers: make(map[*Fiber]bool)}
}

// For is what is put into the place of a value, Go's nil for what stays.
func (e *Exchanger) For(v lua.LValue) lua.LValue {
	if t, ok := v.(*value.Table); ok && t != nil && t.Frozen() {
		return e.by(t)
	}
	return nil
}

// VM goes through what a VM itself refers to. The stacks of its coroutines are left to
// Stacks.
func (e *Exchanger) VM(v *VM) {
	e.Value(v.Globals())
	e.Value(v.Registry())
	for _, mt := range v.basic {
		if mt != nil {
			e.Value(mt)
		}
	}
	for f := range v.fibers {
		e.later = append(e.later, f)
	}
}

// Value goes through a value and all that it refers to.
func (e *Exchanger) Value(v lua.LValue) {
	e.add(v)
	for len(e.todo) > 0 {
		v := e.todo[len(e.todo)-1]
		e.todo = e.todo[:len(e.todo)-1]
		switch v := v.(type) {
		case *value.Table:
			e.table(v)
		case *lua.LFunction:
			e.add(value.EnvValue(v))
			for _, uv := range v.Upvalues {
				e.Upvalue(uv)
			}
		case *lua.LUserData:
			e.userdata(v)
		}
	}
}

// Upvalue goes through what a variable holds.
func (e *Exchanger) Upvalue(uv *lua.Upvalue) {
	if uv == nil {
		return
	}
	if by := e.For(uv.Value()); by != nil {
		uv.SetValue(by)
	}
	e.add(uv.Value())
}

func (e *Exchanger) add(v lua.LValue) {
	switch v := v.(type) {
	case *value.Table:
		if v == nil || v.Frozen() || e.seen[v] {
			return
		}
	case *lua.LFunction:
		if v == nil || e.seen[v] {
			return
		}
	case *lua.LUserData:
		if v == nil || e.seen[v] {
			return
		}
	case *lua.LState:
		if f := CoroutineOf(v); f != nil {
			e.later = append(e.later, f)
		}
		return
	default:
		return
	}
	e.seen[v] = true
	e.todo = append(e.todo, v)
}

func (e *Exchanger) table(t *value.Table) {
	type entry struct{ key, v lua.LValue }
	var found []entry
	t.ForEach(func(k, v lua.LValue) {
		if e.For(k) != nil || e.For(v) != nil {
			found = append(found, entry{k, v})
			return
		}
		e.add(k)
		e.add(v)
	})
	for _, f := range found {
		key, v := f.key, f.v
		if by := e.For(v); by != nil {
			v = by
		}
		if by := e.For(key); by != nil {
			t.RawSet(key, lua.LNil)
			key = value.Key(by)
		}
		t.RawSet(key, v)
		e.add(v)
	}
	if mt := t.Metatable(); mt != nil {
		if by := e.For(mt); by != nil {
			value.SetMeta(t, by)
		}
		e.add(value.Meta(t))
	}
}

func (e *Exchanger) userdata(u *lua.LUserData) {
	if by := e.For(u.Metatable); by != nil {
		u.Metatable = by
	}
	e.add(u.Metatable)
	if env := value.UserEnv(u); env != nil {
		if by, ok := e.For(env).(*value.Table); ok {
			value.SetUserEnv(u, by)
		}
		e.add(value.UserEnv(u))
	}
	if v, ok := u.Value.(lua.LValue); ok {
		e.add(v)
	}
}

// Stacks goes through the stacks of the fibers given, and of the coroutines that were
// found so far.
func (e *Exchanger) Stacks(fibers ...*Fiber) {
	e.later = append(e.later, fibers...)
	for len(e.later) > 0 {
		f := e.later[len(e.later)-1]
		e.later = e.later[:len(e.later)-1]
		if !e.fibers[f] {
			e.fibers[f] = true
			e.fiber(f)
		}
	}
}

func (e *Exchanger) fiber(f *Fiber) {
	for _, list := range [][]lua.LValue{f.in, f.out} {
		e.list(list)
	}
	f.held(e.Value)
	for _, th := range f.stack() {
		e.list(registersOf(th))
	}
}

func (e *Exchanger) list(values []lua.LValue) {
	for i, v := range values {
		if by := e.For(v); by != nil {
			values[i] = by
		}
		e.Value(values[i])
	}
}
