package stdlib

import (
	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/lua/value"
	"devnode/runtime/lua/vm"
)

// Roots visits the values of v that only the library refers to: modules that
// were required, metatables of basic types, objects that wait for their __gc.
func Roots(v *vm.VM, visit func(lua.LValue)) {
	l := of(v)
	for _, t := range []*value.Table{l.loaded, l.preload, l.searchers} {
		if t != nil {
			visit(t)
		}
	}
	for _, t := range l.tables {
		visit(t)
	}
	for of := lua.LTNil; of <= lua.LTChannel; of++ {
		if t := v.Basic(of); t != nil {
			visit(t)
		}
	}
	if l.gc != nil {
		for _, m := range l.gc.marked {
			if object := m.value(); object != nil {
				visit(object)
			}
		}
	}
}
