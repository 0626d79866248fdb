package vm

import (
	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/lua/bytecode"
	"devnode/runtime/lua/value"
)

// calls is what the loop needs of a thread for calls between Lua functions.
type calls struct {
	rg      *registry
	stack   *callStack
	current **frame
	open    **upvalue
}

func callsOf(L *lua.LState) calls {
	return calls{
		rg: registryOf(L), stack: callStackOf(L), current: currentFrameOf(L),
		open: openUpvalues(L),
	}
}

// enter is OP_CALL of a Lua function with a fixed number of parameters, where the
// stack and the registers have room.
func (c *calls) enter(cf *frame, inst uint32) bool {
	rg, stack := c.rg, c.stack
	ra := cf.LocalBase + bytecode.A(inst)
	fn, ok := rg.Array[ra].(*lua.LFunction)
	if !ok || fn.IsG || fn.Proto.IsVarArg&lua.VarArgIsVarArg != 0 || stack.SegSp >= lua.FramesPerSegment {
		return false
	}
	nargs := bytecode.B(inst) - 1
	if nargs < 0 {
		nargs = rg.Top - (ra + 1)
	}
	base := ra + 1
	parameters, used := int(fn.Proto.NumParameters), int(fn.Proto.NumUsedRegisters)
	end := base + max(nargs, parameters, used)
	if end > len(rg.Array) {
		return false
	}
	for i := base + min(nargs, parameters); i < end; i++ {
		rg.Array[i] = lua.LNil
	}
	rg.Top = base + used
	callee := &stack.Segments[stack.SegIdx][stack.SegSp]
	*callee = frame{
		Idx: int(stack.SegSp) + lua.FramesPerSegment*int(stack.SegIdx), Fn: fn, Parent: cf,
		Base: ra, LocalBase: base, ReturnBase: ra, NArgs: nargs, NRet: bytecode.C(inst) - 1,
	}
	stack.SegSp++
	*c.current = callee
	return true
}

// callGo is OP_CALL of a Go function, where the stack has room. Two frames of it
// have to be free in this part of the stack: then it is this part again when the
// function returns, whatever that has called.
func (c *calls) callGo(L *lua.LState, cf *frame, inst uint32) bool {
	rg, stack := c.rg, c.stack
	ra := cf.LocalBase + bytecode.A(inst)
	fn, ok := rg.Array[ra].(*lua.LFunction)
	if !ok || !fn.IsG || stack.SegSp >= lua.FramesPerSegment-1 {
		return false
	}
	base, nargs := ra+1, bytecode.B(inst)-1
	if nargs < 0 {
		nargs = rg.Top - base
	}
	if base+nargs > len(rg.Array) {
		return false
	}
	rg.setTop(base + nargs)
	if !value.Knows(fn) {
		plainNumbers(rg.Array[base : base+nargs])
	} else if otherForms != 0 {
		changeForms(rg.Array[base:base+nargs], cf.Pc)
	}
	callee := &stack.Segments[stack.SegIdx][stack.SegSp]
	*callee = frame{
		Idx: int(stack.SegSp) + lua.FramesPerSegment*int(stack.SegIdx), Fn: fn, Parent: cf,
		Base: ra, LocalBase: base, ReturnBase: ra, NArgs: nargs, NRet: bytecode.C(inst) - 1,
	}
	stack.SegSp++
	*c.current = callee
	given := fn.GFunction(L)
	if given < 0 {
		L.RaiseError("can not yield from outside of a coroutine")
	}
	if !value.Knows(fn) {
		fromForeign(rg.Array[max(0, rg.Top-given):rg.Top])
	}
	to, wanted := callee.ReturnBase, callee.NRet // a patch may have changed them
	if wanted == lua.MultRet {
		wanted = given
	}
	if to+wanted > len(rg.Array) {
		L.SetTop(L.GetTop() + wanted) // it grows
		L.SetTop(L.GetTop() - wanted)
	}
	rg.hand(rg.Top-given, given, to, wanted)
	stack.SegSp--
	*c.current = cf
	return true
}

// leave is OP_RETURN to a Lua function, where no captured local has to be closed.
func (c *calls) leave(cf, base *frame, inst uint32) bool {
	rg, stack := c.rg, c.stack
	if cf == base || stack.SegSp < 2 {
		return false
	}
	caller := &stack.Segments[stack.SegIdx][stack.SegSp-2]
	if caller.Fn.IsG {
		return false
	}
	for uv := *c.open; uv != nil; uv = uv.Next {
		if uv.Index >= cf.LocalBase {
			return false
		}
	}
	ra := cf.LocalBase + bytecode.A(inst)
	given := bytecode.B(inst) - 1
	if given < 0 {
		given = rg.Top - ra
	}
	wanted := cf.NRet
	if wanted == lua.MultRet {
		wanted = given
	}
	to := cf.ReturnBase
	if to+wanted > len(rg.Array) || ra+given > rg.Top {
		return false
	}
	rg.hand(ra, given, to, wanted)
	stack.SegSp--
	*c.current = caller
	return true
}
