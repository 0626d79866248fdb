package library

import (
	"fmt"
	"os"

	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/lua/stdlib"
)

// Arguments are counted from 1. Those methods that want a kind of value raise the
// errors of C Lua's library where the argument is another: "bad argument #1 to
// 'greet' (string expected, got nil)". Where its name begins with Opt, a method takes
// nil, or no argument, for the value given.

// Args is the number of arguments.
func (c Call) Args() int { return max(c.args, c.nils) }

// Padded is the call with nil for missing arguments up to n, as where a function in Lua
// hands its arguments on to one in C.
func (c Call) Padded(n int) Call {
	c.nils = n
	return c
}

// Arg is argument n as it is, Nil where there is none.
func (c Call) Arg(n int) Value {
	if n > c.args {
		return Nil
	}
	return Value{c.state.Get(n)}
}

// String is a string, or a number as text.
// A long one is looked at for whether the service has to end (Poll).
func (c Call) String(n int) string { return stdlib.CheckString(c.state, n) }

// OptString is a string, or a number as text.
func (c Call) OptString(n int, def string) string {
	if c.Arg(n).IsNil() {
		return def
	}
	return c.String(n)
}

// Int is an integer, a float that equals one, or a string that stands for one.
func (c Call) Int(n int) int64 { return stdlib.CheckInt(c.state, n) }

// OptInt is an integer, as by Int.
func (c Call) OptInt(n int, def int64) int64 {
	if c.Arg(n).IsNil() {
		return def
	}
	return c.Int(n)
}

// Float is a number, or a string that stands for one.
func (c Call) Float(n int) float64 { return stdlib.CheckNumber(c.state, n) }

// Bool tells whether an argument is neither nil nor false.
func (c Call) Bool(n int) bool { return c.Arg(n).Truth() }

// Table is a table.
func (c Call) Table(n int) Table { return tableOf(stdlib.CheckTable(c.state, n)) }

// Function is what can be called.
func (c Call) Function(n int) Value {
	v := c.Arg(n)
	if !c.Callable(v) {
		stdlib.TypeError(c.state, n, "function")
	}
	return v
}

// Option is one of the words given; def, unless it is empty, stands for nil.
func (c Call) Option(n int, def string, words ...string) string {
	return words[stdlib.CheckOption(c.state, n, def, words...)]
}

// Bytes is a string, or the bytes of a message: what skynet shows as a pointer, and
// the argument after it then is how many of them are meant.
func (c Call) Bytes(n int) string {
	if _, object := c.Arg(n).v.(*lua.LUserData); !object {
		return c.String(n)
	}
	bytes, ok := c.node.Bytes(c.Arg(n).v)
	if !ok {
		c.ArgError(n, "string or message expected")
	}
	if size := c.OptInt(n+1, int64(len(bytes))); size >= 0 && size < int64(len(bytes)) {
		bytes = bytes[:size]
	}
	return bytes
}

// ArgError raises an error about argument n. It doesn't return.
func (c Call) ArgError(n int, format string, args ...any) {
	stdlib.ArgError(c.state, n, fmt.Sprintf(format, args...))
}

// TypeError raises an error about argument n, which isn't a want. It doesn't return.
func (c Call) TypeError(n int, want string) { stdlib.TypeError(c.state, n, want) }

// File is a file of Lua's io, and whether it is open. It is nil for one that the system
// doesn't know, as a standard stream of the node.
func (c Call) File(n int) (file *os.File, open bool) { return stdlib.CheckFile(c.state, n) }
