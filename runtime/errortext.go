package runtime

import (
	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/lua/value"
	"devnode/runtime/lua/vm"
)

// errorText makes a text of an error that is an object with a __tostring method:
// log and caller show what that returns. It runs on the service's worker, between
// two tasks; a method that fails, or wants to wait, leaves the error as it is.
func (g *Generation) errorText(err *vm.Error) {
	switch err.Value.(type) {
	case *value.Table, *lua.LUserData:
	default:
		return
	}
	method, ok := vm.MetaField(g.vm.State(), err.Value, "__tostring").(*lua.LFunction)
	if !ok {
		return
	}
	f := g.vm.NewFiber(nil)
	defer f.Release()
	f.Start(method, err.Value)
	if f.Resume() == vm.Parked {
		f.Kill()
		return
	}
	if out := f.Results(); f.Failure() == nil && len(out) > 0 {
		if text, ok := out[0].(lua.LString); ok {
			err.Value = text
		}
	}
}
