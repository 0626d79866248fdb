package socket

import (
	"fmt"

	"devnode/runtime/library"
)

// Arguments as the C functions behind skynet's modules read them, with the texts
// of lauxlib. function is the name that C knows the function by: in skynet that
// is what an error in socket.open names ('connect').

// raise raises an error with the position of the innermost Lua function, also
// when that called by way of pcall.
func raise(c library.Call, format string, args ...any) {
	c.RaiseValue(library.String(c.Position() + fmt.Sprintf(format, args...)))
}

func argumentError(c library.Call, n int, function, what string) {
	raise(c, "bad argument #%d to '%s' (%s)", n, function, what)
}

// argumentType names what argument n is in messages.
func argumentType(c library.Call, n int) string {
	if n > c.Args() {
		return "no value"
	}
	return c.Arg(n).Type()
}

// integerArgument is luaL_checkinteger.
func integerArgument(c library.Call, n int, function string) int64 {
	v, ok := c.Arg(n).ToNumber()
	if !ok {
		argumentError(c, n, function, "number expected, got "+argumentType(c, n))
	}
	i, ok := v.Int()
	if !ok {
		argumentError(c, n, function, "number has no integer representation")
	}
	return i
}

// stringArgument is luaL_checkstring.
func stringArgument(c library.Call, n int, function string) string {
	v := c.Arg(n)
	if s, ok := v.Str(); ok {
		return s
	}
	if v.Type() != "number" {
		argumentError(c, n, function, "string expected, got "+argumentType(c, n))
	}
	return v.Text()
}

// optionalFunction is a function, or nil: what comes in without one waits until
// one is given.
func optionalFunction(c library.Call, n int) library.Value {
	if c.Arg(n).IsNil() {
		return library.Nil
	}
	return c.Function(n)
}

// number is the integer i.
func number[N int | int64 | uint16](i N) library.Value { return library.Int(int64(i)) }
