package vm

import (
	_ "unsafe" // for go:linkname

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

// instructions are gopher-lua's functions for the instructions. Its own loop
// asks a context before each of them, through two calls and a select; this one
// counts down, and so is about as fast as its loop without a context.
//
//go:linkname instructions github.com/yuin/gopher-lua.jumpTable
var instructions [lua.OP_NOP + 1]func(*lua.LState, uint32, *frame) int

// useLoop has th run by the loop below. SetContext undoes it.
func useLoop(th *lua.LState) {
	if layout.ok {
		*mainLoopOf(th, layout.loop) = loop
	}
}

// loop runs the frame that was pushed on L by a call from Go, until it returns.
// An error passes it by; Fiber.call resets the count then.
func loop(L *lua.LState, base *frame) {
	f := L.Context().(*Fiber)
	f.nested++
	if f.nested > maxNested+f.spare {
		Throw(L, lua.LString(f.Where(1)+errGoOverflow))
	}
	current := currentFrameOf(L)
	if (*current).Fn.IsG {
		layout.run(L, base)
		f.nested--
		return
	}
	for {
		cf := *current
		inst := cf.Fn.Proto.Code[cf.Pc]
		cf.Pc++
		if f.ticks--; f.ticks <= 0 && f.tick() != nil {
			L.RaiseError("%s", f.fault.Error())
		}
		if execute[inst>>26](L, inst, base) == 1 {
			break
		}
	}
	f.nested--
}
