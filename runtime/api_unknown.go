package runtime

import (
	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/lua/value"
)

// What a service does with messages that it has no use for: requests of a type
// that it doesn't handle, and answers that nobody waits for. By default both are
// logged.

// apiUnknownRequest is skynet.dispatch_unknown_request(func): func(session,
// source, msg, sz, type) is called with what was sent and isn't handled; calls
// are refused anyway. It returns the former function.
func apiUnknownRequest(L *lua.LState) int {
	g := taskOf(L).gen
	g.unknownRequest = replaceFunction(L, g.unknownRequest, defaultUnknownRequest)
	return 1
}

// apiUnknownResponse is skynet.dispatch_unknown_response(func): func(session,
// source, msg, sz) is called with answers that nobody waits for. It returns the
// former function.
func apiUnknownResponse(L *lua.LState) int {
	g := taskOf(L).gen
	g.unknownAnswer = replaceFunction(L, g.unknownAnswer, defaultUnknownResponse)
	return 1
}

// replaceFunction pushes old, or what stands for it, and gives the first argument.
func replaceFunction(L *lua.LState, old, standard lua.LValue) lua.LValue {
	fn := checkCallable(L, 1)
	if old == nil {
		old = standard
	}
	L.Push(old)
	return fn
}

var (
	defaultUnknownRequest  = value.Function(logUnknownRequest)
	defaultUnknownResponse = value.Function(logUnknownResponse)
)

func logUnknownRequest(L *lua.LState) int {
	taskOf(L).gen.log("Unknown request (%s): %s", toText(L, L.Get(5)), dataArgument(L, 3).Text())
	return raiseUnknown(L)
}

func logUnknownResponse(L *lua.LState) int {
	taskOf(L).gen.log("Response message : %s", dataArgument(L, 3).Text())
	return raiseUnknown(L)
}

func raiseUnknown(L *lua.LState) int {
	raise(L, "Unknown session : %d from %x", checkInteger(L, 1), checkInteger(L, 2))
	return 0
}

// unknownAnswerTask runs the service's function for answers that nobody waits
// for; nil if it has none.
func (s *Service) unknownAnswerTask(m Message) *Task {
	g := s.code
	if g == nil || g.unknownAnswer == nil {
		return nil
	}
	return g.newTask(taskFork, g.unknownAnswer, s.unknownArgs(m))
}

// unknownArgs are the arguments of both functions: session, source, msg, sz.
func (s *Service) unknownArgs(m Message) []lua.LValue {
	data := m.Data
	if data == nil {
		data = RawData("")
	}
	return []lua.LValue{lua.LNumber(m.Session), lua.LNumber(m.Source), s.worker.box.Userdata(data), lua.LNumber(data.Size())}
}
