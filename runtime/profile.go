package runtime

import (
	"time"

	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/lua/stdlib"
	"devnode/runtime/lua/value"
	"devnode/runtime/lua/vm"
)

// profile adds up the time for which a task runs, without that for which it
// waits. It is the time on the clock while a worker has the task in hand: the
// coroutines that it resumes belong to it.
type profile struct {
	spent time.Duration
	since time.Duration // when it last went on, since the node's start
}

// profileFunctions are require "skynet.profile".
func profileFunctions() map[string]lua.LGFunction {
	return map[string]lua.LGFunction{
		"start":     profileStart,
		"stop":      profileStop,
		"resume":    coroutineFunction("resume"),
		"resume_co": coroutineFunction("resume"),
		"yield":     coroutineFunction("yield"),
		"yield_co":  coroutineFunction("yield"),
		"wrap":      coroutineFunction("wrap"),
	}
}

func profileStart(L *lua.LState) int {
	t := taskOf(L)
	if t.profile != nil {
		raise(L, "Thread %s start profile more than once", toText(L, vm.Of(L).Identity()))
	}
	t.profile = &profile{since: t.service.node.elapsed()}
	return 0
}

// profileStop is profile.stop(): the seconds for which the task has run since
// profile.start().
func profileStop(L *lua.LState) int {
	t := taskOf(L)
	if t.profile == nil {
		raise(L, "Call profile.start() before profile.stop()")
	}
	spent := t.profile.spent + t.service.node.elapsed() - t.profile.since
	t.profile = nil
	L.Push(value.OfFloat(spent.Seconds()))
	return 1
}

// begin and end enclose a run of the task.
func (p *profile) begin(now time.Duration) { p.since = now }
func (p *profile) end(now time.Duration)   { p.spent += now - p.since }

// coroutineFunction calls a function of Lua's coroutine library.
func coroutineFunction(name string) lua.LGFunction {
	return func(L *lua.LState) int {
		lib, _ := stdlib.Field(value.Globals(L), "coroutine").(*value.Table)
		if lib == nil {
			raise(L, "the global coroutine is no library any more")
		}
		n := L.GetTop()
		L.Insert(stdlib.Field(lib, name), 1)
		vm.Call(L, n, lua.MultRet)
		return L.GetTop()
	}
}
