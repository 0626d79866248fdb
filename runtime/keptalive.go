package runtime

import (
	"maps"
	"slices"
	"time"

	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/lua/stdlib"
	"devnode/runtime/lua/value"
	"devnode/runtime/lua/vm"
)

// A generation that retires takes with it what its VM has opened: files,
// coroutines, objects with a __gc method. What the kept state holds of these goes
// over to the generation that serves.

// end lets go of g's VM.
func (g *Generation) end() {
	s := g.service
	if len(s.kept) == 0 || !stdlib.EndsSomething(g.vm) {
		g.finalize()
		return
	}
	s.ending = append(s.ending, g)
	s.publish()
	w := newKeptAliveWalk(s)
	var look func(*Service)
	look = func(s *Service) {
		switch {
		case g.vm == nil || s.code == nil: // the service has ended meanwhile
		case !w.step(time.Now().Add(keptBudget)):
			s.node.do(s, look)
		default:
			stdlib.HandOver(g.vm, s.code.vm, w.seen)
			s.ending = slices.DeleteFunc(s.ending, func(e *Generation) bool { return e == g })
			g.finalize()
			s.publish()
		}
	}
	look(s)
}

// keptAliveWalk finds what the kept state refers to, a little at a time. It doesn't
// look into functions of the generation that serves, and not for what an old one
// can only reach by a global name. As with a keptWalk, what moves meanwhile may be
// overlooked.
type keptAliveWalk struct {
	seen  map[lua.LValue]struct{}
	todo  []lua.LValue
	table *value.Table // that is being gone through, nil if none is
	key   lua.LValue   // in it
	env   *value.Table // of the functions that are left out
}

func newKeptAliveWalk(s *Service) *keptAliveWalk {
	w := &keptAliveWalk{seen: make(map[lua.LValue]struct{}), env: s.code.vm.Globals()}
	for v := range maps.Values(s.kept) {
		w.add(v)
	}
	return w
}

func (w *keptAliveWalk) add(v lua.LValue) {
	switch v.(type) {
	case *value.Table, *lua.LFunction, *lua.LUserData, *lua.LState:
		if _, seen := w.seen[v]; !seen {
			w.seen[v] = struct{}{}
			w.todo = append(w.todo, v)
		}
	}
}

// step goes on until the given time. It is true at the end.
func (w *keptAliveWalk) step(until time.Time) bool {
	for n := 1; w.table != nil || len(w.todo) > 0; n++ {
		if n%256 == 0 && time.Now().After(until) {
			return false
		}
		if w.table == nil {
			v := w.todo[len(w.todo)-1]
			w.todo = w.todo[:len(w.todo)-1]
			w.open(v)
			continue
		}
		k, v, _ := vm.Next(w.table, w.key)
		if w.key = k; k == lua.LNil {
			w.table = nil
			continue
		}
		w.add(k)
		w.add(v)
	}
	return true
}

// open looks into a value; the entries of a table are left to step.
func (w *keptAliveWalk) open(v lua.LValue) {
	switch v := v.(type) {
	case *value.Table:
		w.table, w.key = v, lua.LNil
		w.add(value.Meta(v))
	case *lua.LUserData:
		w.add(v.Metatable)
		if inner, ok := v.Value.(lua.LValue); ok {
			w.add(inner)
		}
	case *lua.LFunction:
		if !v.IsG && value.Env(v) == w.env {
			return
		}
		for _, uv := range v.Upvalues {
			if uv != nil {
				w.add(uv.Value())
			}
		}
	case *lua.LState:
		if co := vm.CoroutineOf(v); co != nil {
			co.Holds(w.add)
		}
	}
}
