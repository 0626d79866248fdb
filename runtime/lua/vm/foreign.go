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
