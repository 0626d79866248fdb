package runtime

import (
	"fmt"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/lua/value"

	"devnode/runtime/lua/stdlib"
	"devnode/runtime/lua/syntax"
	"devnode/runtime/lua/vm"
)

// The debug protocol: what any service may be asked by skynet.call(addr,
// "debug", command, ...), in skynet by its console (debug.lua). A service adds
// commands with reg_debugcmd of require "skynet.debug".

// newDebugProtocol makes the protocol that every generation has.
func newDebugProtocol() *protocol {
	return &protocol{name: "debug", id: PTypeDebug, dispatch: value.Function(dispatchDebug)}
}

// debugModuleFunctions are require "skynet.debug".
func debugModuleFunctions() map[string]lua.LGFunction {
	return map[string]lua.LGFunction{"reg_debugcmd": apiRegDebugCommand}
}

// apiRegDebugCommand is debug.reg_debugcmd(name, func).
func apiRegDebugCommand(L *lua.LState) int {
	g := taskOf(L).gen
	if g.debugCommands == nil {
		g.debugCommands = make(map[string]lua.LValue)
	}
	g.debugCommands[checkString(L, 1)] = checkCallable(L, 2)
	return 0
}

var debugCommands = map[string]lua.LGFunction{
	"PING":     func(L *lua.LState) int { return taskOf(L).answerRequest(L, nil) },
	"MEM":      debugMemory,
	"GC":       debugCollect,
	"STAT":     debugStat,
	"TASK":     debugTask,
	"UNIQTASK": func(L *lua.LState) int { return answerWith(L, apiUniqTask) },
	"INFO":     debugInfo,
	"EXIT":     apiExit,
	"RUN":      debugRun,
	"TERM":     func(L *lua.LState) int { apiTerm(L); return taskOf(L).answerRequest(L, nil) },
	"KILLTASK": debugKillTask,
	"SUPPORT":  debugSupport,
	"LINK":     debugLink,
	"TRACELOG": debugTraceLog,
}

// dispatchDebug handles a debug request: session, source, command, arguments.
func dispatchDebug(L *lua.LState) int {
	name := checkString(L, 3)
	L.Remove(1)
	L.Remove(1)
	L.Remove(1)
	if fn := taskOf(L).gen.debugCommands[name]; fn != nil {
		n := L.GetTop()
		L.Insert(fn, 1)
		vm.Call(L, n, 0)
		return 0
	}
	fn := debugCommands[name]
	if fn == nil {
		raise(L, "Invalid debug command %s", name)
	}
	fn(L)
	return 0
}

// answerWith answers the request with what fn returns.
func answerWith(L *lua.LState, fn lua.LGFunction) int {
	n := fn(L)
	t := taskOf(L)
	return t.answerRequest(L, t.pack(L, L.GetTop()-n+1))
}

func answerValues(L *lua.LState, values ...lua.LValue) int {
	base := L.GetTop()
	for _, v := range values {
		L.Push(v)
	}
	t := taskOf(L)
	return t.answerRequest(L, t.pack(L, base+1))
}

// debugMemory answers with the service's estimated memory in kilobytes.
func debugMemory(L *lua.LState) int {
	return answerValues(L, value.OfFloat(float64(taskOf(L).service.weigh())/1024))
}

func debugCollect(L *lua.LState) int {
	if fn, ok := stdlib.Field(value.Globals(L), "collectgarbage").(*lua.LFunction); ok {
		L.Push(fn)
		vm.Call(L, 0, 0)
	}
	return debugMemory(L)
}

func debugStat(L *lua.LState) int {
	t := taskOf(L)
	s := t.service
	stat := value.NewTable(0, 4)
	stat.RawSetString("task", lua.LNumber(len(t.gen.waitingTasks())))
	stat.RawSetString("mqlen", lua.LNumber(s.actor.Mailbox.Len()))
	stat.RawSetString("cpu", value.OfFloat(s.actor.Mailbox.Look().CPU.Seconds()))
	stat.RawSetString("message", lua.LNumber(s.actor.Mailbox.Look().Messages))
	return answerValues(L, stat)
}

// debugTask answers with the traceback of the task that waits for a session,
// or with all of them.
func debugTask(L *lua.LState) int {
	if L.Get(1) != lua.LNil {
		return answerWith(L, apiTask)
	}
	all := value.NewTable(0, 0)
	L.SetTop(0)
	L.Push(all)
	apiTask(L)
	return answerValues(L, all)
}

// debugInfo answers with what the function given to skynet.info_func returns.
func debugInfo(L *lua.LState) int {
	fn := taskOf(L).gen.infoFunc
	if fn == nil {
		return answerValues(L, lua.LNil)
	}
	n := L.GetTop()
	L.Insert(fn, 1)
	vm.Call(L, n, lua.MultRet)
	return apiRetPack(L)
}

// debugRun runs a chunk as inject does, and answers whether it ran and what it
// printed.
func debugRun(L *lua.LState) int {
	g := taskOf(L).gen
	chunk := "=inject"
	if name, ok := L.Get(2).(lua.LString); ok {
		chunk = "@" + string(name)
	}
	proto, err := syntax.Compile([]byte(checkString(L, 1)), chunk)
	if err != nil {
		return answerValues(L, lua.LFalse, lua.LString(err.Error()))
	}
	var out printed
	fn := g.vm.NewClosure(proto)
	value.SetEnv(fn, g.injectEnv(&out, ""))
	top := L.GetTop()
	L.Push(stdlib.Field(value.Globals(L), "pcall"))
	L.Push(fn)
	for i := 3; i <= top; i++ {
		L.Push(L.Get(i))
	}
	vm.Call(L, 1+max(0, top-2), lua.MultRet)
	ok := L.Get(top + 1)
	if ok != lua.LTrue {
		out.add(toText(L, L.Get(top+2)))
	}
	return answerValues(L, ok, lua.LString(strings.TrimSuffix(out.text(), "\n")))
}

// debugKillTask is KILLTASK(thread): skynet.killthread from outside.
func debugKillTask(L *lua.LState) int {
	t := taskOf(L)
	if apiKillThread(L) == 0 {
		t.service.logFrom(vm.Of(L), t, fmt.Sprintf("Kill %s : Not found", toText(L, L.Get(1))))
		return answerValues(L, lua.LString("Not found"))
	}
	t.service.logFrom(vm.Of(L), t, "Kill "+toText(L, L.Get(-1)))
	return t.answerRequest(L, nil)
}

// debugSupport answers whether the service handles messages of a type.
func debugSupport(L *lua.LState) int {
	p := taskOf(L).protocolArgument(L, 1)
	return answerValues(L, lua.LBool(p != nil && p.dispatch != nil))
}

// debugLink never answers: its caller learns by the error that the service has
// ended.
func debugLink(L *lua.LState) int {
	L.SetTop(0)
	return apiResponse(L)
}

// debugTraceLog is TRACELOG(type, flag): skynet.traceproto from outside.
func debugTraceLog(L *lua.LState) int {
	g := taskOf(L).gen
	g.setTrace(taskOf(L).checkProtocol(L, 1), L.Get(2))
	return taskOf(L).answerRequest(L, nil)
}
