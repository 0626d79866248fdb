package stdlib

import (
	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/lua/syntax"
	"devnode/runtime/lua/value"
)

// Stateless tells whether a function has no upvalues, not even globals, or is one of the
// library's: it does the same in any machine.
func Stateless(L *lua.LState, fn *lua.LFunction) bool {
	if !fn.IsG {
		return countUpvalues(fn) == 0 && syntax.Main(fn.Proto) != nil
	}
	globals := value.Globals(L)
	if has(globals, fn) {
		return true
	}
	for _, name := range []string{"string", "table", "math", "utf8", "os", "io"} {
		if t, ok := globals.RawGetString(name).(*value.Table); ok && has(t, fn) {
			return true
		}
	}
	return false
}

// has tells whether a table has a function as a field.
func has(t *value.Table, fn *lua.LFunction) (found bool) {
	Complete(t)
	t.ForEach(func(_, v lua.LValue) { found = found || v == fn })
	return found
}
