package runtime

import (
	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/lua/stdlib"
	"devnode/runtime/lua/value"
	"devnode/runtime/lua/vm"
)

// walker goes through Lua values and all that these refer to: a vm.Walker, or a
// vm.Scale.
type walker interface {
	VM(*vm.VM)
	Value(lua.LValue)
}

// walkState walks all that the code of g can get at or be called by, but for
// its start function and what its tasks hold. Whatever a Generation or a
// Service keeps of Lua values in Go has to be named here.
func (g *Generation) walkState(w walker) {
	s := g.service
	w.VM(g.vm)
	stdlib.Roots(g.vm, w.Value)
	for _, p := range g.protos {
		walkAll(w, p.pack, p.unpack, p.dispatch)
		if p.class != nil {
			w.Value(p.class)
		}
	}
	for _, r := range g.responses {
		w.Value(r.pack)
	}
	walkAll(w, g.inits...)
	for _, l := range g.loading {
		walkAll(w, l.inits...)
	}
	walkAll(w, g.filter, g.unknownRequest, g.unknownAnswer, g.infoFunc, s.keptVersion)
	for _, fn := range g.debugCommands {
		w.Value(fn)
	}
	walkAll(w, g.reloads().accepts...)
	walkAll(w, g.reloads().disposes...)
	walkAll(w, g.reloads().migrate, g.reloads().version)
	for _, c := range g.reloads().classes {
		w.Value(c.live)
	}
	envs := []*value.Table{g.skynet}
	for _, env := range g.replEnvs {
		envs = append(envs, env)
	}
	for _, t := range envs {
		if t != nil {
			w.Value(t)
		}
	}
	held := func(_ string, v lua.LValue) lua.LValue {
		w.Value(v)
		if r, ok := w.(interface{ replacement(lua.LValue) lua.LValue }); ok {
			if is := r.replacement(v); is != nil {
				return is
			}
		}
		return v
	}
	s.states.Values(held)
	g.states.Values(held)
	for _, r := range s.keptResponses {
		w.Value(r.pack)
	}
	for _, v := range s.kept {
		w.Value(v)
	}
	for _, t := range s.classes {
		w.Value(t)
	}
	for token := range s.sleepers {
		w.Value(token)
	}
}

// walkScopes walks the top-level locals of the files that g has run, which code
// may have no use for any more.
func (g *Generation) walkScopes(w walker) {
	for _, in := range g.instances {
		in.Each(w.Value)
	}
}

func walkAll(w walker, values ...lua.LValue) {
	for _, v := range values {
		w.Value(v)
	}
}

// fibers lists the fibers of the generation's tasks.
func (g *Generation) fibers() []*vm.Fiber {
	var list []*vm.Fiber
	for t := g.first; t != nil; t = t.next {
		list = append(list, t.fiber)
	}
	return list
}
