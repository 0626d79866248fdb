package vm

import (
	_ "unsafe" // for go:linkname

	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/bytecode"
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
//
// The commonest instructions are done here where their operands are of the
// commonest kinds. What they do is gopher-lua's, to the letter: all else, errors
// and metamethods with it, is left to the functions in execute. No instruction
// that is done here calls anything, so frame and code stay the same until one is
// left to these.
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
	if !registers.ok || !upvaluesKnown || L.Parent != nil {
		plainLoop(L, base, f)
		f.nested--
		return
	}
	c := callsOf(L)
	rg := c.rg
	for {
		cf := *current
		proto := cf.Fn.Proto
		inst := proto.Code[cf.Pc]
		cf.Pc++
		if f.ticks--; f.ticks <= 0 && f.tick() != nil {
			L.RaiseError("%s", f.fault.Error())
		}
		r, a := rg.array[cf.LocalBase:], bytecode.A(inst)
		switch int(inst >> 26) {
		case lua.OP_MOVE:
			rg.set(cf.LocalBase+a, r[bytecode.B(inst)])
			continue
		case lua.OP_LOADK:
			rg.set(cf.LocalBase+a, proto.Constants[bytecode.Bx(inst)])
			continue
		case lua.OP_GETUPVAL:
			rg.set(cf.LocalBase+a, cf.Fn.Upvalues[bytecode.B(inst)].Value())
			continue
		case lua.OP_JMP:
			cf.Pc += bytecode.SBx(inst)
			continue
		case lua.OP_TEST:
			if lua.LVAsBool(r[a]) == (bytecode.C(inst) == 0) {
				cf.Pc++
			}
			continue
		case lua.OP_EQ:
			if same, known := equalPlain(rk(r, proto, bytecode.B(inst)), rk(r, proto, bytecode.C(inst))); known {
				test(cf, inst, same)
				continue
			}
		case lua.OP_LT:
			if x, y, ok := numbers(rk(r, proto, bytecode.B(inst)), rk(r, proto, bytecode.C(inst))); ok {
				test(cf, inst, x < y)
				continue
			}
		case lua.OP_LE:
			if x, y, ok := numbers(rk(r, proto, bytecode.B(inst)), rk(r, proto, bytecode.C(inst))); ok {
				test(cf, inst, x <= y)
				continue
			}
		case lua.OP_ADD:
			if x, y, ok := numbers(rk(r, proto, bytecode.B(inst)), rk(r, proto, bytecode.C(inst))); ok {
				rg.set(cf.LocalBase+a, f.box.number(x+y))
				continue
			}
		case lua.OP_SUB:
			if x, y, ok := numbers(rk(r, proto, bytecode.B(inst)), rk(r, proto, bytecode.C(inst))); ok {
				rg.set(cf.LocalBase+a, f.box.number(x-y))
				continue
			}
		case lua.OP_MUL:
			if x, y, ok := numbers(rk(r, proto, bytecode.B(inst)), rk(r, proto, bytecode.C(inst))); ok {
				rg.set(cf.LocalBase+a, f.box.number(x*y))
				continue
			}
		case lua.OP_CALL:
			if c.enter(cf, inst) || c.callGo(L, cf, inst) {
				continue
			}
		case lua.OP_RETURN:
			if c.leave(cf, base, inst) {
				continue
			}
		case lua.OP_FORLOOP:
			if f.forLoop(rg, cf, r[a:], a, inst) {
				continue
			}
		case lua.OP_GETTABLEKS:
			if v, ok := getString(r[bytecode.B(inst)], rk(r, proto, bytecode.C(inst))); ok {
				rg.set(cf.LocalBase+a, v)
				continue
			}
		case lua.OP_GETTABLE:
			if v, ok := getAny(r[bytecode.B(inst)], rk(r, proto, bytecode.C(inst))); ok {
				rg.set(cf.LocalBase+a, v)
				continue
			}
		case lua.OP_SELF:
			self := r[bytecode.B(inst)]
			if v, ok := getString(self, rk(r, proto, bytecode.C(inst))); ok {
				rg.set(cf.LocalBase+a, v)
				rg.set(cf.LocalBase+a+1, self)
				continue
			}
		case lua.OP_SETTABLEKS:
			if setString(r[a], rk(r, proto, bytecode.B(inst)), rk(r, proto, bytecode.C(inst))) {
				continue
			}
		case lua.OP_SETTABLE:
			if setAny(r[a], rk(r, proto, bytecode.B(inst)), rk(r, proto, bytecode.C(inst))) {
				continue
			}
		}
		if execute[inst>>26](L, inst, base) == 1 {
			break
		}
	}
	f.nested--
}

// plainLoop is loop for a gopher-lua whose registers aren't known.
func plainLoop(L *lua.LState, base *frame, f *Fiber) {
	current := currentFrameOf(L)
	for {
		cf := *current
		inst := cf.Fn.Proto.Code[cf.Pc]
		cf.Pc++
		if f.ticks--; f.ticks <= 0 && f.tick() != nil {
			L.RaiseError("%s", f.fault.Error())
		}
		if execute[inst>>26](L, inst, base) == 1 {
			return
		}
	}
}
