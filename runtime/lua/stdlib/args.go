package stdlib

import (
	"fmt"

	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/lua/value"
	"devnode/runtime/lua/vm"
)

// The functions in this file read the arguments of a library function and
// raise the errors of C Lua's lauxlib where one is wrong.

// fail raises an error with the position of the function that called the
// running one, as luaL_error does.
func fail(L *lua.LState, format string, args ...any) {
	vm.Throw(L, lua.LString(vm.Of(L).Where(1)+fmt.Sprintf(format, args...)))
}

// argError raises an error about argument n.
func argError(L *lua.LState, n int, msg string) {
	f := vm.Of(L)
	info, ok := f.Info(0)
	name := info.Name
	if ok && info.NameWhat == "method" {
		n--
		if n == 0 {
			fail(L, "calling '%s' on bad self (%s)", name, msg)
		}
	}
	if name == "" && f.VM().NameFunc != nil {
		name = f.VM().NameFunc(info.Fn)
	}
	if name == "" {
		name = "?"
	}
	fail(L, "bad argument #%d to '%s' (%s)", n, name, msg)
}

func typeError(L *lua.LState, n int, want string) {
	argError(L, n, want+" expected, got "+argType(L, n))
}

// argType names the type of an argument in messages.
func argType(L *lua.LState, n int) string {
	if n > L.GetTop() {
		return "no value"
	}
	return typeName(L, L.Get(n))
}

// typeName names the type of a value in messages: the __name of its metatable,
// if that is a string.
func typeName(L *lua.LState, v lua.LValue) string {
	switch v := v.(type) {
	case *value.Table, *lua.LUserData:
		if name, ok := metafield(L, v, "__name").(lua.LString); ok {
			return string(name)
		}
		if ud, ok := v.(*lua.LUserData); ok && ud.Metatable == lua.LNil {
			return "light userdata"
		}
	}
	return v.Type().String()
}

func checkAny(L *lua.LState, n int) lua.LValue {
	if n > L.GetTop() {
		argError(L, n, "value expected")
	}
	return L.Get(n)
}

// toNumber is the number that a value is, or that a string stands for.
func toNumber(v lua.LValue) (lua.LValue, bool) {
	if s, ok := v.(lua.LString); ok {
		return value.Parse(string(s))
	}
	return v, value.IsNumber(v)
}

// toInteger is the integer that a number equals, or that a string stands for.
func toInteger(v lua.LValue) (int64, bool) {
	n, ok := toNumber(v)
	if !ok {
		return 0, false
	}
	return value.ToInt(n)
}

func checkInt(L *lua.LState, n int) int64 {
	i, ok := toInteger(L.Get(n))
	if !ok {
		if _, isNumber := toNumber(L.Get(n)); isNumber {
			argError(L, n, "number has no integer representation")
		}
		typeError(L, n, "number")
	}
	return i
}

func optInt(L *lua.LState, n int, def int64) int64 {
	if L.Get(n) == lua.LNil {
		return def
	}
	return checkInt(L, n)
}

// checkNumber is an argument as a float.
func checkNumber(L *lua.LState, n int) float64 {
	f, _ := value.ToFloat(checkNumeral(L, n))
	return f
}

// checkNumeral is an argument as the number that it is, or stands for.
func checkNumeral(L *lua.LState, n int) lua.LValue {
	v, ok := toNumber(L.Get(n))
	if !ok {
		typeError(L, n, "number")
	}
	return v
}

func optNumber(L *lua.LState, n int, def float64) float64 {
	if L.Get(n) == lua.LNil {
		return def
	}
	return checkNumber(L, n)
}

func checkString(L *lua.LState, n int) string {
	s, ok := asText(L.Get(n))
	if !ok {
		typeError(L, n, "string")
	}
	if len(s) >= vm.ManyBytes { // what is done with it takes long, and a loop does it many times before it is looked at
		vm.Of(L).Poll()
	}
	return s
}

// asText is a string, or a number as tostring shows it.
func asText(v lua.LValue) (string, bool) {
	if s, ok := v.(lua.LString); ok {
		return string(s), true
	}
	return value.Text(v), value.IsNumber(v)
}

func optString(L *lua.LState, n int, def string) string {
	if L.Get(n) == lua.LNil {
		return def
	}
	return checkString(L, n)
}

func checkTable(L *lua.LState, n int) *value.Table {
	t, ok := value.ToTable(L.Get(n))
	if !ok {
		typeError(L, n, "table")
	}
	return t
}

func checkFunction(L *lua.LState, n int) *lua.LFunction {
	fn, ok := L.Get(n).(*lua.LFunction)
	if !ok {
		typeError(L, n, "function")
	}
	return fn
}

// checkOption is the index of argument n in a list of words.
func checkOption(L *lua.LState, n int, def string, options ...string) int {
	s := def
	if def == "" || L.Get(n) != lua.LNil {
		s = checkString(L, n)
	}
	for i, o := range options {
		if o == s {
			return i
		}
	}
	argError(L, n, fmt.Sprintf("invalid option '%s'", s))
	return 0
}

// ownState is what the running function, a closure of Go, has as its upvalue.
// A script may have replaced it, by debug.setupvalue.
func ownState[T any](L *lua.LState) (state T) {
	if ud, ok := L.Get(lua.UpvalueIndex(1)).(*lua.LUserData); ok {
		if state, ok = ud.Value.(T); ok {
			return state
		}
	}
	badState(L)
	return state
}

func badState(L *lua.LState) { fail(L, "the upvalue of this function was replaced") }

// results pushes values and returns their number.
func results(L *lua.LState, values ...lua.LValue) int {
	for _, v := range values {
		L.Push(v)
	}
	return len(values)
}

// number pushes an integer as the only result.
func number[T int | int64](L *lua.LState, n T) int {
	L.Push(value.OfInt(int64(n)))
	return 1
}

// float pushes a float as the only result.
func float(L *lua.LState, f float64) int {
	L.Push(value.OfFloat(f))
	return 1
}

// str pushes a string as the only result.
func str(L *lua.LState, s string) int {
	making(L, len(s))
	L.Push(lua.LString(s))
	return 1
}

// making is for strings of n bytes that are being made (vm.Fiber.Making).
func making(L *lua.LState, n int) {
	if n >= vm.ManyBytes {
		if f := vm.Of(L); f != nil {
			f.Making(n)
		}
	}
}

// failure pushes what library functions return instead of a result.
func failure(L *lua.LState, msg string) int {
	return results(L, lua.LNil, lua.LString(msg))
}
