package vm

import (
	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/lua/value"
)

// plainNumbers makes LNumbers of the numbers that a Go function is given which
// knows no others.
func plainNumbers(args []lua.LValue) {
	for i, v := range args {
		if v != nil && v.Type() == lua.LTNumber {
			args[i] = value.Plain(v)
		}
	}
}

// fromForeign makes tables of our own of those that Go code has made by gopher-lua,
// among the values that it gives.
func fromForeign(results []lua.LValue) {
	for i, v := range results {
		if lt, ok := v.(*lua.LTable); ok {
			results[i] = value.Foreign(lt)
		}
	}
}

// isForeign tells whether a value is a function of Go code that knows gopher-lua
// only.
func isForeign(v lua.LValue) bool {
	fn, ok := v.(*lua.LFunction)
	return ok && fn.IsG && !value.Knows(fn)
}

// enterGo is for a Go function that is about to run in the frame cf.
func enterGo(L *lua.LState, cf *frame) {
	if value.Knows(cf.Fn) {
		if otherForms != 0 {
			changeForms(registryOf(L).array[cf.LocalBase:cf.LocalBase+L.GetTop()], cf.LocalBase)
		}
		return
	}
	for i := 1; i <= L.GetTop(); i++ {
		if v := L.Get(i); v.Type() == lua.LTNumber {
			L.Replace(i, value.Plain(v))
		}
	}
}

// plainArguments is for the call of the value at an index of L's registers, with so
// many arguments, where that leads to a Go function which knows LNumbers only.
func plainArguments(L *lua.LState, index, nargs int) {
	fn, ok := L.Get(index).(*lua.LFunction)
	if !ok || !fn.IsG || value.Knows(fn) {
		return
	}
	for i := index + 1; i <= index+nargs; i++ {
		if v := L.Get(i); v.Type() == lua.LTNumber {
			L.Replace(i, value.Plain(v))
		}
	}
}
