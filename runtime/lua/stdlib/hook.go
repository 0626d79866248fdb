package stdlib

import (
	"strings"

	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/lua/vm"
)

// debugSethook gives a coroutine a hook, the running one if none is named.
func debugSethook(L *lua.LState) int {
	co, n := threadArg(L)
	if L.Get(n+1) == lua.LNil {
		co.SetHook(nil)
		return 0
	}
	mask := checkString(L, n+2)
	h := &vm.Hook{
		Fn: checkFunction(L, n+1), Count: int(max(0, min(optInt(L, n+3, 0), 1<<30))),
		Call: strings.Contains(mask, "c"), Return: strings.Contains(mask, "r"), Line: strings.Contains(mask, "l"),
	}
	if !h.Call && !h.Return && !h.Line && h.Count == 0 {
		h = nil
	}
	had := co.Hook() != nil
	if co.SetHook(h); !had && co == vm.Of(L) {
		co.HookReturn(L)
	}
	return 0
}

func debugGethook(L *lua.LState) int {
	co, _ := threadArg(L)
	h := co.Hook()
	if h == nil {
		L.Push(lua.LNil)
		return 1
	}
	mask := ""
	for _, event := range []struct {
		on     bool
		letter string
	}{{h.Call, "c"}, {h.Return, "r"}, {h.Line, "l"}} {
		if event.on {
			mask += event.letter
		}
	}
	return results(L, h.Fn, lua.LString(mask), lua.LNumber(h.Count))
}
