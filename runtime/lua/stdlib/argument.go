package stdlib

import (
	"os"

	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/lua/value"
)

// What follows is for modules that are made elsewhere, and read their arguments as
// the functions here do.

// Fail raises an error with the position of the function that called the running
// one, as luaL_error does.
func Fail(L *lua.LState, format string, args ...any) { fail(L, format, args...) }

// ArgError raises an error about argument n.
func ArgError(L *lua.LState, n int, message string) { argError(L, n, message) }

// TypeError raises an error about argument n, which isn't what was wanted.
func TypeError(L *lua.LState, n int, want string) { typeError(L, n, want) }

// CheckString is argument n, a string or a number.
func CheckString(L *lua.LState, n int) string { return checkString(L, n) }

// CheckInt is argument n, an integer or what stands for one.
func CheckInt(L *lua.LState, n int) int64 { return checkInt(L, n) }

// CheckNumber is argument n, a number or what stands for one.
func CheckNumber(L *lua.LState, n int) float64 { return checkNumber(L, n) }

// CheckTable is argument n, a table.
func CheckTable(L *lua.LState, n int) *value.Table { return checkTable(L, n) }

// CheckOption is the index of argument n in a list of words; without def it has to
// be given.
func CheckOption(L *lua.LState, n int, def string, options ...string) int {
	return checkOption(L, n, def, options...)
}

// Finalizable has a userdata's __gc run, which its metatable has.
func Finalizable(L *lua.LState, ud *lua.LUserData) { libOf(L).finalizable(L, ud) }

// CheckFile is argument n, a file of io, and whether it is open. It is nil for one that
// isn't a file of the system's, as a standard stream.
func CheckFile(L *lua.LState, n int) (file *os.File, open bool) {
	_, f := checkFileValue(L, n)
	return f.os, !f.closed
}

// ErrorText is the cause of an error of the system's in C's words, and its number.
func ErrorText(err error) (text string, number int) { return errText(err), errNumber(err) }

// Metafield is what the metatable of a value has for an event, LNil for none.
func Metafield(L *lua.LState, v lua.LValue, event string) lua.LValue { return metafield(L, v, event) }
