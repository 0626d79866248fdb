package runtime

import (
	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/lua/value"
)

// argumentType names what argument n is in messages.
func argumentType(L *lua.LState, n int) string {
	if n > L.GetTop() {
		return "no value"
	}
	return L.Get(n).Type().String()
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
