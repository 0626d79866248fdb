package stdlib

import (
	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/lua/syntax"
	"devnode/runtime/lua/vm"
)

// levelArg is the level that argument arg is, of the stack of a coroutine.
func levelArg(L *lua.LState, co *vm.Fiber, arg int) int {
	level := int(max(-1, min(checkInt(L, arg), 1<<30)))
	if !co.HasLevel(level) {
		argError(L, arg, "level out of range")
	}
	return level
}

// localNumber is n as the number of a local variable: none has one beyond the bounds.
func localNumber(n int64) int { return int(max(-1<<30, min(n, 1<<30))) }

func debugGetlocal(L *lua.LState) int {
	co, arg := threadArg(L)
	n := checkInt(L, arg+2)
	if fn, ok := L.Get(arg + 1).(*lua.LFunction); ok {
		if name := parameterName(fn, n); name != "" {
			return str(L, name)
		}
		L.Push(lua.LNil)
		return 1
	}
	name, v := co.Local(levelArg(L, co, arg+1), localNumber(n))
	if name == "" {
		L.Push(lua.LNil)
		return 1
	}
	if isHelper(v) {
		v = lua.LNil
	}
	return results(L, lua.LString(name), v)
}

// isHelper tells whether v is a function that only compiled code may call. It
// can be seen among the temporary values of a function.
func isHelper(v lua.LValue) bool {
	fn, ok := v.(*lua.LFunction)
	if ok {
		_, ok = syntax.Helper(fn)
	}
	return ok
}

func parameterName(fn *lua.LFunction, n int64) string {
	if fn.IsG || n < 1 || n > int64(fn.Proto.NumParameters) || n > int64(len(fn.Proto.DbgLocals)) {
		return ""
	}
	return fn.Proto.DbgLocals[n-1].Name
}

func debugSetlocal(L *lua.LState) int {
	co, arg := threadArg(L)
	n, v := checkInt(L, arg+2), checkAny(L, arg+3)
	level := levelArg(L, co, arg+1)
	name, _ := co.Local(level, localNumber(n))
	if name == "" || name == vm.Temporary { // the machine relies on those
		L.Push(lua.LNil)
		return 1
	}
	co.SetLocal(level, localNumber(n), v)
	return str(L, name)
}
