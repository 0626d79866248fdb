package runtime

import (
	"fmt"
	"path/filepath"

	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/lua/syntax"
	"devnode/runtime/lua/value"
	"devnode/runtime/lua/vm"
)

// nameOf is a function as its source has it: `tick (room.lua:40)`, or only the place
// where no name at the top of a file leads to it.
func (g *Generation) nameOf(fn *lua.LFunction) string {
	at := fmt.Sprintf("%s:%d", filepath.Base(fn.Proto.SourceName), fn.Proto.LineDefined)
	if name := g.nameAtTop(fn); name != "" {
		return fmt.Sprintf("%s (%s)", name, at)
	}
	return "function at " + at
}

// nameAtTop is the top-level local, the global, or the field of one, that holds a
// function; empty for none.
func (g *Generation) nameAtTop(fn *lua.LFunction) (found string) {
	look := func(name string, v lua.LValue) {
		switch v := v.(type) {
		case *lua.LFunction:
			if v == fn && found == "" {
				found = name
			}
		case *value.Table:
			vm.References(v, func(k, f lua.LValue) {
				if f == lua.LValue(fn) && found == "" {
					found = memberName(name, k)
				}
			})
		}
	}
	for _, in := range g.instances {
		names := syntax.ScopeNames(in.Main)
		for i := range min(len(names), len(in.Cells)) {
			look(names[i], in.Cells[i].Value())
		}
	}
	if found == "" {
		vm.References(g.vm.Globals(), func(k, v lua.LValue) {
			if v == lua.LValue(fn) && found == "" {
				found = memberName("", k)
			}
		})
	}
	return found
}

// starter says who has started a task: the request that it works for, or the code that
// no request has begun.
func (t *Task) starter() string {
	if r := t.request; r != nil {
		return fmt.Sprintf("a request from %s", r.source)
	}
	return "the start function, or what it has started"
}
