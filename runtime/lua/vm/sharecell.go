package vm

import (
	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/lua/layout"
)

// ShareCell makes two captured variables one: what is assigned to either shows in
// both. It keeps the value of the first. Both must be closed, or shared already;
// whoever runs code that uses them must not run the one beside the other. It is
// false where that can't be done, and then does nothing.
func ShareCell(first, second *lua.Upvalue) bool { return layout.ShareCell(first, second) }
