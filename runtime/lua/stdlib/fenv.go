package stdlib

import (
	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/lua/value"
	"devnode/runtime/lua/vm"
)

// Environments of functions, as Lua 5.1 has them.

// functionArg is the function that getfenv and setfenv mean by argument 1: the
// function itself, or one that is active at a level. It is nil for level 0.
func functionArg(L *lua.LState) *lua.LFunction {
	if fn, ok := L.Get(1).(*lua.LFunction); ok {
		return fn
	}
	level := optInt(L, 1, 1)
	if level < 0 {
		argError(L, 1, "level must be non-negative")
	}
	if level == 0 {
		return nil
	}
	info, ok := vm.Of(L).Info(int(min(level, 1<<20)))
	if !ok {
		argError(L, 1, "invalid level")
	}
	return info.Fn
}

func baseGetfenv(L *lua.LState) int {
	fn := functionArg(L)
	if fn == nil || fn.IsG {
		L.Push(value.Globals(L))
	} else {
		L.Push(value.EnvValue(fn))
	}
	return 1
}

func baseSetfenv(L *lua.LState) int {
	env := checkTable(L, 2)
	fn := functionArg(L)
	if fn == nil {
		fail(L, "'setfenv' cannot change the environment of a whole service")
	}
	if fn.IsG {
		fail(L, "'setfenv' cannot change environment of given object")
	}
	value.SetEnv(fn, env)
	L.Push(fn)
	return 1
}
