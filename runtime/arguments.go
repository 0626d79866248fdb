package runtime

import (
	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/lua/value"
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
	v := numeral(L.Get(n))
	if !value.IsNumber(v) {
		argumentError(L, n, function, "number expected, got "+argumentType(L, n))
	}
	i, ok := value.ToInt(v)
	if !ok {
		argumentError(L, n, function, "number has no integer representation")
	}
	return i
}

// stringArgument is luaL_checkstring.
func stringArgument(L *lua.LState, n int, function string) string {
	v := L.Get(n)
	if s, ok := v.(lua.LString); ok {
		return string(s)
	}
	if !value.IsNumber(v) {
		argumentError(L, n, function, "string expected, got "+argumentType(L, n))
	}
	return value.Text(v)
}

// handedOn has missing arguments up to n be nil, as they are for a C function that
// a function in Lua hands its arguments on to.
func handedOn(L *lua.LState, n int) {
	if L.GetTop() < n {
		L.SetTop(n)
	}
}

// checkString is an argument that is a string, or a number as tostring shows it.
func checkString(L *lua.LState, n int) string {
	if v := L.Get(n); value.IsNumber(v) {
		return value.Text(v)
	}
	return L.CheckString(n)
}

// optString is checkString, and def for nil and where there is no argument.
func optString(L *lua.LState, n int, def string) string {
	if L.Get(n) == lua.LNil {
		return def
	}
	return checkString(L, n)
}

// checkInteger reads a number that has to be integral, as C Lua's API does.
func checkInteger(L *lua.LState, n int) int64 {
	v := numeral(L.Get(n))
	i, ok := value.ToInt(v)
	switch {
	case !value.IsNumber(v):
		L.TypeError(n, lua.LTNumber)
	case !ok:
		raise(L, "number has no integer representation")
	}
	return i
}

// number is the integer i.
func number(i int) lua.LValue { return value.OfInt(int64(i)) }

// numeral is the number that a string stands for, or the value as it is.
func numeral(v lua.LValue) lua.LValue {
	if s, ok := v.(lua.LString); ok {
		if n, ok := value.Parse(string(s)); ok {
			return n
		}
	}
	return v
}
