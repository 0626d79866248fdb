package vm

import (
	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/lua/value"
)

// Next is the entry after key, or the first one for LNil; k is LNil at the end.
// It is false for a key that never was in the table.
func Next(t *value.Table, key lua.LValue) (k, v lua.LValue, ok bool) { return t.NextEntry(key) }
