package vm

import (
	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/lua/value"
)

// CopyTable copies the entries of t, without its metatable. What isn't a plain
// value (nil, a boolean, a number, a string) is replaced by what refer makes of
// it, keys as well as values.
func CopyTable(t *value.Table, refer func(lua.LValue) lua.LValue) *value.Table { return t.Copy(refer) }
