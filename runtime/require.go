package runtime

import (
	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/lua/vm"
)

// requires is what a generation is loading by require.
type requires struct {
	loading   map[string]*loading // modules that tasks are loading
	requiring map[*Task]*loading  // the innermost of each task
	cacheMode uint8               // of skynet.codecache: what was asked for
}

// loading is a module whose code runs: it may wait, as for a service that it
// launches (skynet/require.lua).
type loading struct {
	task    *Task
	inits   []lua.LValue // given to skynet.init meanwhile
	waiting []int32      // sessions of tasks that require the same module
	outer   *loading     // the module of the same task that requires this one
}

// loadModule is told that the running task begins to load a module. Where
// another task is loading it, it waits for that and returns nil functions.
// Otherwise ran is to be called when the module's code has run, and over once
// there is nothing more to do, whatever has happened.
func (g *Generation) loadModule(L *lua.LState, name string) (ran, over func()) {
	t := taskOf(L)
	if first := g.loading[name]; first != nil {
		if first.task == t {
			raise(L, "circular dependency: module '%s' requires itself", name)
		}
		session := t.service.newSession()
		first.waiting = append(first.waiting, session)
		t.await(vm.Of(L), session, 0)
		return nil, nil
	}
	if g.loading == nil {
		g.loading, g.requiring = make(map[string]*loading), make(map[*Task]*loading)
	}
	l := &loading{task: t, outer: g.requiring[t]}
	g.loading[name], g.requiring[t] = l, l
	ran = func() { callAll(L, &l.inits) }
	over = func() {
		delete(g.loading, name)
		if g.requiring[t] = l.outer; l.outer == nil {
			delete(g.requiring, t)
		}
		for _, session := range l.waiting {
			g.service.node.push(g.service, Message{Session: session, Type: ptypeTimer}, nil)
		}
	}
	return ran, over
}

// apiInit is skynet.init(func): func runs before the start function. In a module
// that is required later it runs when the module's code has run. Anywhere else
// nobody would call it.
func apiInit(L *lua.LState) int {
	t := taskOf(L)
	fn, g := checkCallable(L, 1), t.gen
	l := g.requiring[t]
	switch {
	case t.kind == taskChunk && !g.initialised:
		g.inits = append(g.inits, fn)
	case l != nil:
		l.inits = append(l.inits, fn)
	case g.service.cell != nil && !g.started: // its function is a start function, and reads like a script
		L.Push(fn)
		vm.Call(L, 0, 0)
	default:
		raise(L, "skynet.init has to be called by the main chunk, or by a module while it is required")
	}
	return 0
}

// callAll calls functions, also those that are added meanwhile.
func callAll(L *lua.LState, functions *[]lua.LValue) {
	for len(*functions) > 0 {
		fn := (*functions)[0]
		*functions = (*functions)[1:]
		L.Push(fn)
		vm.Call(L, 0, 0)
	}
}
