package runtime

import (
	"time"

	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/lua/value"
)

const centisecond = 10 * time.Millisecond

// timeFunctions tell the time.
func timeFunctions() map[string]lua.LGFunction {
	return map[string]lua.LGFunction{
		"now":       apiNow,
		"starttime": apiStartTime,
		"time":      apiTime,
		"hpc":       apiHPC,
	}
}

// expireIn has session expire in ti centiseconds: at once, that is in a later
// message, when ti isn't positive.
func (s *Service) expireIn(session int32, ti int64) {
	if ti <= 0 {
		s.node.push(s, Message{Session: session, Type: ptypeTimer}, s.worker)
		return
	}
	s.node.timers.Add(&s.actor, session, time.Duration(min(ti, 1<<40))*centisecond)
}

// apiNow is skynet.now(): centiseconds since the node's start.
func apiNow(L *lua.LState) int {
	L.Push(lua.LNumber(taskOf(L).service.node.elapsed() / centisecond))
	return 1
}

// apiStartTime is skynet.starttime(): when the node started, in seconds of
// Unix time.
func apiStartTime(L *lua.LState) int {
	L.Push(lua.LNumber(taskOf(L).service.node.epoch.Unix()))
	return 1
}

// apiTime is skynet.time(): seconds of Unix time, to the centisecond.
func apiTime(L *lua.LState) int {
	n := taskOf(L).service.node
	at := n.epoch.Add(n.elapsed())
	L.Push(value.OfFloat(float64(at.UnixMilli()/10) / 100))
	return 1
}

// apiHPC is skynet.hpc(): a clock in nanoseconds.
func apiHPC(L *lua.LState) int {
	L.Push(lua.LNumber(taskOf(L).service.node.elapsed()))
	return 1
}
