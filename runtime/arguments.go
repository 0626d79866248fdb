package runtime

import (
	"math"

	lua "github.com/yuin/gopher-lua"
)

// Arguments as the C functions behind skynet's modules read them, with the texts
// of lauxlib. function is the name that C knows the function by: in skynet that
// is what an error in socket.open names ('connect').

func argumentError(L *lua.LState, n int, function, what string) {
	raise(L, "bad argument #%d to '%s' (%s)", n, function, what)
}

// argumentType names what argument n is in messages.
func argumentType(L *lua.LState, n int) string {
	if n > L.GetTop() {
		return "no value"
	}
	return L.Get(n).Type().String()
}

// integerArgument is luaL_checkinteger.
func integerArgument(L *lua.LState, n int, function string) int64 {
	v := L.Get(n)
	f, ok := v.(lua.LNumber)
	if s, isText := v.(lua.LString); isText {
		f, ok = parseNumber(string(s))
	}
	if !ok {
		argumentError(L, n, function, "number expected, got "+argumentType(L, n))
	}
	if float64(f) != math.Trunc(float64(f)) || math.IsInf(float64(f), 0) {
		argumentError(L, n, function, "number has no integer representation")
	}
	return int64(f)
}

// stringArgument is luaL_checkstring.
func stringArgument(L *lua.LState, n int, function string) string {
	switch v := L.Get(n).(type) {
	case lua.LString:
		return string(v)
	case lua.LNumber:
		return v.String()
	}
	argumentError(L, n, function, "string expected, got "+argumentType(L, n))
	return ""
}

// handedOn has missing arguments up to n be nil, as they are for a C function that
// a function in Lua hands its arguments on to.
func handedOn(L *lua.LState, n int) {
	if L.GetTop() < n {
		L.SetTop(n)
	}
}
