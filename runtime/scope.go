package runtime

import (
	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/hotpatch"
	"devnode/runtime/lua/syntax"
	"devnode/runtime/lua/value"
	"devnode/runtime/lua/vm"
)

// scope is the run of the service's own script, whose top-level locals the console
// sees as the end of the file does; nil where it isn't known.
func (g *Generation) scope() *hotpatch.Instance {
	chunk := "@" + g.files.scriptPath()
	for i := len(g.instances) - 1; i >= 0; i-- {
		if syntax.Source(g.instances[i].Main) == chunk {
			return g.instances[i]
		}
	}
	return nil
}

func (fl *files) scriptPath() string {
	fl.mu.Lock()
	defer fl.mu.Unlock()
	return fl.script
}

func (fl *files) setScript(path string) {
	fl.mu.Lock()
	fl.script = path
	fl.mu.Unlock()
}

// inScope makes names that env doesn't have mean what they mean at the end of the
// script: its top-level locals, then globals. Assigning to a local changes it; any
// other name that is assigned to becomes env's own.
func (g *Generation) inScope(env *value.Table) {
	mt := value.NewTable(0, 2)
	mt.RawSetString("__index", value.Function(func(L *lua.LState) int {
		if uv := g.local(L.Get(2)); uv != nil {
			L.Push(uv.Value())
		} else {
			L.Push(vm.Index(L, g.vm.Globals(), L.Get(2)))
		}
		return 1
	}))
	mt.RawSetString("__newindex", value.Function(func(L *lua.LState) int {
		if uv := g.local(L.Get(2)); uv != nil {
			uv.SetValue(L.Get(3))
		} else if t, ok := L.Get(1).(*value.Table); ok {
			t.RawSet(L.Get(2), L.Get(3))
		}
		return 0
	}))
	value.SetMeta(env, mt)
}

// local is the cell of a top-level local of the script, nil if it has none of that
// name.
func (g *Generation) local(name lua.LValue) *lua.Upvalue {
	s, ok := name.(lua.LString)
	if in := g.scope(); ok && in != nil {
		if uv, found := in.Find(string(s)); found {
			return uv
		}
	}
	return nil
}

// localNames are the names of the script's top-level locals.
func (g *Generation) localNames() []string {
	if in := g.scope(); in != nil {
		return syntax.ScopeNames(in.Main)
	}
	return nil
}
