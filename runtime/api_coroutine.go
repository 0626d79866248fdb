package runtime

import (
	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/lua/vm"
)

// coroutineFunctions are require "skynet.coroutine". In skynet these differ
// from Lua's own in that blocking functions may be called inside; here that
// works in every coroutine.
func coroutineFunctions() map[string]lua.LGFunction {
	all := map[string]lua.LGFunction{"thread": coroutineThread, "status": coroutineStatus}
	for _, name := range []string{"create", "resume", "yield", "wrap", "running", "isyieldable", "close"} {
		all[name] = coroutineFunction(name)
	}
	return all
}

// coroutineThread is coroutine.thread(co): the thread of the task that runs co,
// and whether co is that thread itself; nil if nobody has resumed co yet.
func coroutineThread(L *lua.LState) int {
	f := vm.Of(L)
	if th, ok := L.Get(1).(*lua.LState); ok {
		f = vm.CoroutineOf(th)
	}
	t, ok := f.Owner.(*Task)
	if !ok || t == nil {
		L.Push(lua.LNil)
		return 1
	}
	L.Push(t.fiber.Identity())
	L.Push(lua.LBool(t.fiber == f))
	return 2
}

// coroutineStatus is coroutine.status(co). One that waits in a blocking call is
// "blocked".
func coroutineStatus(L *lua.LState) int {
	th, ok := L.Get(1).(*lua.LState)
	if ok && vm.CoroutineOf(th) != nil && vm.CoroutineOf(th).State() == vm.Parked {
		L.Push(lua.LString("blocked"))
		return 1
	}
	return coroutineFunction("status")(L)
}
