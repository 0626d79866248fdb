package runtime

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/hotpatch"
	"devnode/runtime/lua/syntax"
	"devnode/runtime/lua/value"
	"devnode/runtime/lua/vm"
)

// scope is the latest run of a file, whose top-level locals the console sees as the
// end of the file does; nil where there is none. The empty name is the service's own
// script.
func (g *Generation) scope(file string) *hotpatch.Instance {
	if file == "" {
		file = g.files.scriptPath()
	}
	for _, same := range []func(path string) bool{
		func(path string) bool { return absolute(path) == absolute(file) },
		func(path string) bool { return strings.HasSuffix(path, "/"+file) },
		func(path string) bool { return strings.TrimSuffix(filepath.Base(path), ".lua") == file }, // as it is required
	} {
		for _, in := range slices.Backward(g.instances) {
			if path, ok := strings.CutPrefix(syntax.Source(in.Main), "@"); ok && same(path) {
				return in
			}
		}
	}
	return nil
}

// noScope says that a file can't be looked into, and which can.
func (g *Generation) noScope(file string) error {
	var names []string
	for _, in := range g.instances {
		if path, ok := strings.CutPrefix(syntax.Source(in.Main), "@"); ok && !slices.Contains(names, path) {
			names = append(names, path)
		}
	}
	return fmt.Errorf("%s hasn't run %s: it has %s", g.service.script, file, shortList(names))
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
// file: its top-level locals, then globals. Assigning to a local changes it; any
// other name that is assigned to becomes env's own.
func (g *Generation) inScope(env *value.Table, file string) {
	mt := value.NewTable(0, 2)
	mt.RawSetString("__index", value.Function(func(L *lua.LState) int {
		if uv := g.local(L.Get(2), file); uv != nil {
			L.Push(uv.Value())
		} else {
			L.Push(vm.Index(L, g.vm.Globals(), L.Get(2)))
		}
		return 1
	}))
	mt.RawSetString("__newindex", value.Function(func(L *lua.LState) int {
		if uv := g.local(L.Get(2), file); uv != nil {
			uv.SetValue(L.Get(3))
		} else if t, ok := L.Get(1).(*value.Table); ok {
			t.RawSet(L.Get(2), L.Get(3))
		}
		return 0
	}))
	value.SetMeta(env, mt)
}

// local is the cell of a top-level local of a file, nil if it has none of that
// name.
func (g *Generation) local(name lua.LValue, file string) *lua.Upvalue {
	s, ok := name.(lua.LString)
	if in := g.scope(file); ok && in != nil {
		if uv, found := in.Find(string(s)); found {
			return uv
		}
	}
	return nil
}

// localNames are the names of a file's top-level locals.
func (g *Generation) localNames(file string) []string {
	if in := g.scope(file); in != nil {
		return syntax.ScopeNames(in.Main)
	}
	return nil
}
