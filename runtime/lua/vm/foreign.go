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

// enterGo is for a Go function that is about to run in the frame cf.
func enterGo(L *lua.LState, cf *frame) {
	if value.Knows(cf.Fn) {
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
	called := L.Get(index)
	fn, ok := called.(*lua.LFunction)
	if !ok {
		fn, ok = L.GetMetaField(called, "__call").(*lua.LFunction)
	}
	if !ok || !fn.IsG || value.Knows(fn) {
		return
	}
	for i := index + 1; i <= index+nargs; i++ {
		if v := L.Get(i); v.Type() == lua.LTNumber {
			L.Replace(i, value.Plain(v))
		}
	}
}
