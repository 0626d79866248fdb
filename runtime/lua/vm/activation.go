package vm

import (
	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/lua/bytecode"
	"devnode/runtime/lua/layout"
)

// An Activation is a call of a Lua function that is on a fiber's stack. It is
// good for as long as none of the VM's code runs.
type Activation struct {
	Fiber *Fiber

	thread *lua.LState
	frame  *frame
	above  *frame // that of what it has called on the same thread, nil for none
}

// Activations lists the activations of Lua functions on the fiber's stack, the
// innermost first. A coroutine that has ended has none.
func (f *Fiber) Activations() []Activation {
	var list []Activation
	for i := len(f.threads) - 1; i >= 0; i-- {
		th := f.threads[i]
		var above *frame
		for fr := currentFrame(th); fr != nil; fr = fr.Parent {
			if !fr.Fn.IsG {
				list = append(list, Activation{f, th, fr, above})
			}
			above = fr
		}
	}
	return list
}

// Fn is the function.
func (a Activation) Fn() *lua.LFunction { return a.frame.Fn }

// SetFn has the activation go on as one of a function with the same code.
func (a Activation) SetFn(fn *lua.LFunction) { a.frame.Fn = fn }

// Line is the line that it is at.
func (a Activation) Line() int { return lineOf(a.frame) }

// Pc is the instruction that it is at.
func (a Activation) Pc() int { return a.frame.Pc - 1 }

// Waiting is what an activation does while what it has called runs.
type Waiting uint8

const (
	InCode Waiting = iota // it runs, or waits in a metamethod
	InCall                // it waits in a call of its text, or for the iterator of a loop
	InTail                // it has nothing more to do: it has returned what a Go function gives
)

// Waiting tells where it waits.
func (a Activation) Waiting() Waiting {
	if a.above == nil {
		return InCode
	}
	switch inst := instructionAt(a.frame); bytecode.Opcode(inst) {
	case lua.OP_CALL:
		if a.above.ReturnBase == a.frame.LocalBase+bytecode.A(inst) {
			return InCall
		}
	case lua.OP_TFORLOOP:
		if a.above.ReturnBase == a.frame.LocalBase+calledAt(inst) && a.above.NRet == lua.MultRet && !isForeign(a.above.Fn) {
			return InCall
		}
	case lua.OP_TAILCALL:
		if a.above.Fn.IsG && a.above.ReturnBase == a.frame.ReturnBase {
			return InTail
		}
	}
	return InCode
}

// calledAt is the register of what a calling instruction calls.
func calledAt(inst uint32) int {
	if bytecode.Opcode(inst) == lua.OP_TFORLOOP {
		return bytecode.A(inst) + 3
	}
	return bytecode.A(inst)
}

// instructionAt is what fr executes.
func instructionAt(fr *frame) uint32 {
	if fr.Pc < 1 || fr.Pc > len(fr.Fn.Proto.Code) {
		return 0
	}
	return fr.Fn.Proto.Code[fr.Pc-1]
}

// openUpvalues are the captured locals of a thread that are still in registers,
// in the order of these.
func openUpvalues(th *lua.LState) **upvalue { return layout.OpenUpvalues(th) }
