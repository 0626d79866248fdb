package vm

import (
	lua "github.com/yuin/gopher-lua"
)

// Whatever calls Lua from Go (a metamethod, an iterator, a callback of sort)
// does it on Go's stack, which ends the process when it has grown to a
// gigabyte. So these calls are counted, and bounded as LUAI_MAXCCALLS bounds
// them in C Lua.

const (
	maxNested   = 200
	spareNested = 30 // for the handler of the error
)

// errGoOverflow is C Lua's text for too many calls inside one another.
const errGoOverflow = "C stack overflow"

// countCalls has the calls from Go on th counted. SetContext undoes it.
func countCalls(th *lua.LState) {
	if layout.ok {
		*mainLoopOf(th, layout.loop) = countedLoop
	}
}

// countedLoop is gopher-lua's main loop, which every call from Go enters anew.
// An error passes it by; Fiber.call resets the count then.
func countedLoop(L *lua.LState, base *frame) {
	f := L.Context().(*Fiber)
	f.nested++
	if f.nested > maxNested+f.spare {
		Throw(L, lua.LString(f.Where(1)+errGoOverflow))
	}
	layout.run(L, base)
	f.nested--
}
