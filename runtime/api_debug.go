package runtime

import (
	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/lua/value"
)

// debugFunctions tell of the service itself.
func debugFunctions() map[string]lua.LGFunction {
	return map[string]lua.LGFunction{
		"mqlen":     apiMailboxLength,
		"endless":   apiEndless,
		"stat":      apiStat,
		"info_func": apiInfoFunc,
		"memlimit":  apiMemLimit,
	}
}

func apiMailboxLength(L *lua.LState) int {
	L.Push(lua.LNumber(taskOf(L).service.actor.Mailbox.Len()))
	return 1
}

// apiEndless is skynet.endless(): true once after the monitor has found the
// service in one message for too long.
func apiEndless(L *lua.LState) int {
	L.Push(lua.LBool(taskOf(L).service.endless.Swap(false)))
	return 1
}

// apiStat is skynet.stat(what): a number of the service's statistics; 0 for what
// isn't one.
func apiStat(L *lua.LState) int {
	s := taskOf(L).service
	switch what := checkString(L, 1); what {
	case "mqlen":
		L.Push(lua.LNumber(s.actor.Mailbox.Len()))
	case "message":
		L.Push(lua.LNumber(s.actor.Mailbox.Look().Messages))
	case "cpu":
		L.Push(value.OfFloat(s.actor.Mailbox.Look().CPU.Seconds()))
	case "endless":
		n := 0
		if s.endless.Swap(false) {
			n = 1
		}
		L.Push(lua.LNumber(n))
	case "time":
		L.Push(value.OfFloat((s.node.elapsed() - s.worker.Since()).Seconds()))
	default:
		L.Push(lua.LNumber(0))
	}
	return 1
}

// apiInfoFunc is skynet.info_func(fn): fn answers the console's info command; with
// nil, nothing does.
func apiInfoFunc(L *lua.LState) int {
	g := taskOf(L).gen
	g.infoFunc = nil
	if L.Get(1) != lua.LNil {
		g.infoFunc = checkCallable(L, 1)
	}
	return 0
}
