package value

import lua "github.com/yuin/gopher-lua"

// Function makes a Lua function of a Go one that knows Int and Float.
func Function(fn lua.LGFunction) *lua.LFunction {
	return &lua.LFunction{IsG: true, GFunction: fn, Env: knowing}
}

// Know marks a function of Go code's as one that knows Int and Float, and gives
// it back.
func Know(fn *lua.LFunction) *lua.LFunction {
	fn.Env = knowing
	return fn
}

// knowing is the environment of such functions, by which they are known: that of
// a Go function has no other use.
var knowing = &lua.LTable{Metatable: lua.LNil}

// Knows tells whether a Go function was made by Function or NextFunction, or
// marked by Know.
func Knows(fn *lua.LFunction) bool { return fn.Env == knowing || fn.Env == stepping }

// NextFunction is Function for Lua's next: a loop over a table steps by itself
// then, by NextEntry, as long as there is nothing that the function would refuse.
func NextFunction(fn lua.LGFunction) *lua.LFunction {
	return &lua.LFunction{IsG: true, GFunction: fn, Env: stepping}
}

var stepping = &lua.LTable{Metatable: lua.LNil}

// IsNext tells whether a value was made by NextFunction.
func IsNext(v lua.LValue) bool {
	fn, ok := v.(*lua.LFunction)
	return ok && fn.Env == stepping && fn.IsG
}
