package syntax

import (
	"fmt"

	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/lua/value"
)

// The helpers are functions that compiled code calls for what the machine has
// no instruction for. They are constants of the prototypes, so a script can
// neither see nor replace them, and they hold no state, so that VMs share them.
var (
	getEnv       = helper(func(L *lua.LState) int { L.Push(callerEnv(L)); return 1 })
	setEnv       = helper(func(L *lua.LState) int { value.AssignEnv(topFrame(L).caller().fn(), L.Get(1)); return 0 })
	closeCheck   = helper(checkClosable)
	closeValue   = helper(func(L *lua.LState) int { runClose(L, L.Get(1), lua.LNil); return 0 })
	closeAndPass = helper(passClosing)
)

func helper(fn lua.LGFunction) *lua.LFunction { return value.Function(fn) }

// Helper reports whether fn is a function that compiled code calls on its own,
// where C Lua has an instruction: a traceback doesn't show it, and a level
// doesn't count it. event is the metamethod that it may call, without the
// underscores, or empty.
func Helper(fn *lua.LFunction) (event string, ok bool) {
	switch fn {
	case closeValue, closeAndPass:
		return "close", true
	case getEnv, setEnv, closeCheck:
		return "", true
	}
	return "", false
}

// callerEnv is _ENV of the Lua function that called the helper.
func callerEnv(L *lua.LState) lua.LValue { return value.EnvValue(topFrame(L).caller().fn()) }

// metamethod looks an event up in the metatable of v, whatever its __metatable
// field says.
func metamethod(L *lua.LState, v lua.LValue, event string) lua.LValue {
	var mt *value.Table
	switch v := v.(type) {
	case *value.Table:
		mt = v.Metatable()
	case *lua.LUserData:
		mt = value.UserMeta(v)
	default:
		mt, _ = value.ToTable(L.GetMetatable(v))
	}
	if mt != nil {
		return mt.RawGetString(event)
	}
	return lua.LNil
}

func badFor(L *lua.LState, what string, v lua.LValue) string {
	return fmt.Sprintf("bad 'for' %s (number expected, got %s)", what, TypeName(L, v))
}
