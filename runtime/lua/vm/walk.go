package vm

import (
	"maps"
	"slices"

	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/lua/value"
)

// A Walker finds the Lua functions that live in a VM, by going through all
// that refers to them. What only Go code holds it can't see: its user gives it
// such values. None of the VM's code may run meanwhile.
type Walker struct {
	visit  func(*lua.LFunction)
	fns    map[*lua.LFunction]struct{}
	tables map[*value.Table]struct{}
	ud     map[*lua.LUserData]struct{}
	fibers map[*Fiber]struct{} // walked
	later  []*Fiber            // found, not walked
	todo   []lua.LValue
}

// NewWalker returns a Walker that calls visit once for each Lua function.
func NewWalker(visit func(*lua.LFunction)) *Walker {
	return &Walker{
		visit:  visit,
		fns:    make(map[*lua.LFunction]struct{}),
		tables: make(map[*value.Table]struct{}),
		ud:     make(map[*lua.LUserData]struct{}),
		fibers: make(map[*Fiber]struct{}),
	}
}

// VM walks what v itself refers to. The stacks of its coroutines are left to
// Stacks.
func (w *Walker) VM(v *VM) {
	w.Value(v.Globals())
	w.Value(v.Registry())
	for f := range v.fibers {
		w.later = append(w.later, f)
	}
}

// Value walks a value and all that it refers to, but for the stacks of
// coroutines.
func (w *Walker) Value(v lua.LValue) {
	w.value(v)
	w.finish()
}

// finish walks what is on the list of what is to be done.
func (w *Walker) finish() {
	for len(w.todo) > 0 {
		v := w.todo[len(w.todo)-1]
		w.todo = w.todo[:len(w.todo)-1]
		switch v := v.(type) {
		case *value.Table:
			if mt := v.Metatable(); mt != nil {
				w.value(mt)
			}
			w.entries(v)
		case *lua.LFunction:
			w.function(v)
		case *lua.LUserData:
			w.userdata(v)
		}
	}
}

// value puts what refers to other values on the list of what is to be done.
func (w *Walker) value(v lua.LValue) {
	switch v := v.(type) {
	case *value.Table:
		if v != nil && !v.Frozen() && !w.isLeaf(v) {
			add(w, w.tables, v)
		}
	case *lua.LFunction:
		add(w, w.fns, v)
	case *lua.LUserData:
		add(w, w.ud, v)
	case *lua.LState:
		if f := CoroutineOf(v); f != nil {
			w.later = append(w.later, f)
		}
	}
}

func add[T interface {
	comparable
	lua.LValue
}](w *Walker, seen map[T]struct{}, v T) {
	var none T
	if _, ok := seen[v]; !ok && v != none {
		seen[v] = struct{}{}
		w.todo = append(w.todo, v)
	}
}

func (w *Walker) function(fn *lua.LFunction) {
	if !fn.IsG {
		w.visit(fn)
	}
	w.value(value.EnvValue(fn))
	w.upvalues(fn)
}

func (w *Walker) upvalues(fn *lua.LFunction) {
	for _, uv := range fn.Upvalues {
		if uv != nil {
			w.value(uv.Value())
		}
	}
}

func (w *Walker) userdata(u *lua.LUserData) {
	w.value(u.Metatable)
	if env := value.UserEnv(u); env != nil {
		w.value(env)
	}
	if v, ok := u.Value.(lua.LValue); ok {
		w.value(v)
	}
}

// Stacks walks the stacks of the fibers given and of the coroutines that were
// found so far: functions and arguments of those that have not started, and
// the registers of the others, and what the functions that are called there have
// as upvalues, but not these functions themselves.
func (w *Walker) Stacks(fibers ...*Fiber) {
	w.later = append(w.later, fibers...)
	for len(w.later) > 0 {
		f := w.later[len(w.later)-1]
		w.later = w.later[:len(w.later)-1]
		if _, seen := w.fibers[f]; !seen {
			w.fibers[f] = struct{}{}
			w.fiber(f)
		}
	}
}

func (w *Walker) fiber(f *Fiber) {
	f.held(w.Value)
	for _, th := range f.stack() {
		called := make(map[int]bool)
		for fr := currentFrame(th); fr != nil; fr = fr.Parent {
			called[fr.Base] = true
			w.upvalues(fr.Fn)
		}
		for i, v := range registersOf(th) {
			if !called[i] {
				w.value(v)
			}
		}
		w.finish()
	}
}

// held visits what the fiber holds beside its stack.
func (f *Fiber) held(visit func(lua.LValue)) {
	visit(f.fn)
	visit(f.closeErr)
	if f.hook != nil {
		visit(f.hook.Fn)
	}
	for _, v := range f.in {
		visit(v)
	}
	for _, v := range f.out {
		visit(v)
	}
	for c := f.catch; c != nil; c = c.up {
		visit(c.handler)
	}
	if f.err != nil {
		visit(f.err.Value)
	}
}

// Fibers lists the fibers that were walked.
func (w *Walker) Fibers() []*Fiber { return slices.Collect(maps.Keys(w.fibers)) }

// Coroutines lists the coroutines of v that were begun and have not ended.
func (v *VM) Coroutines() []*Fiber { return slices.Collect(maps.Keys(v.fibers)) }

// EachFrame goes through the activations of Lua functions on the fiber's stack,
// the innermost first. Where visit returns another function, the activation
// goes on as one of that: it must have the same code and upvalues.
func (f *Fiber) EachFrame(visit func(fn *lua.LFunction, line int) *lua.LFunction) {
	threads := f.stack()
	for i := len(threads) - 1; i >= 0; i-- {
		for fr := currentFrame(threads[i]); fr != nil; fr = fr.Parent {
			if fr.Fn.IsG {
				continue
			}
			if other := visit(fr.Fn, lineOf(fr)); other != nil {
				fr.Fn = other
			}
		}
	}
}
