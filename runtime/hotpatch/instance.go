package hotpatch

import (
	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/lua/syntax"
)

// Instance is one run of a file's chunk: the scope of its top-level locals, as it
// was when the chunk had run to its end, and as patches have changed it since.
type Instance struct {
	Main  *lua.FunctionProto // of the text that it runs now
	Cells []*lua.Upvalue     // of the top-level locals, as syntax.ScopeNames has them
	Value lua.LValue         // what the chunk has returned, nil if that isn't known
}

// Find looks a top-level local up by its name, as the end of the file sees it.
func (in *Instance) Find(name string) (*lua.Upvalue, bool) {
	names := syntax.ScopeNames(in.Main)
	for i := min(len(names), len(in.Cells)) - 1; i >= 0; i-- {
		if names[i] == name {
			return in.Cells[i], true
		}
	}
	return nil, false
}

// Each goes through the values that the instance holds.
func (in *Instance) Each(value func(lua.LValue)) {
	for _, uv := range in.Cells {
		value(uv.Value())
	}
	if in.Value != nil {
		value(in.Value)
	}
}
