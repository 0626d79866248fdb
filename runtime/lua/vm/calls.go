package vm

import (
	"reflect"
	"unsafe"

	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/lua/bytecode"
	"devnode/runtime/lua/value"
)

// segment is a part of a thread's call stack.
type segment [lua.FramesPerSegment]frame

// upvalue mirrors the beginning of lua.Upvalue.
type upvalue struct {
	next  *upvalue
	_     unsafe.Pointer // the registers it is in
	index int
}

// upvaluesKnown tells whether it does.
var upvaluesKnown = func() bool {
	got := reflect.TypeFor[lua.Upvalue]()
	next, ok1 := got.FieldByName("next")
	index, ok2 := got.FieldByName("index")
	return ok1 && ok2 && next.Type == reflect.TypeFor[*lua.Upvalue]() && index.Type.Kind() == reflect.Int &&
		next.Offset == unsafe.Offsetof(upvalue{}.next) && index.Offset == unsafe.Offsetof(upvalue{}.index)
}()

// shortcuts tells whether gopher-lua's threads, tables and captured locals are
// laid out as the loop has them. If not, it leaves all instructions to gopher-lua.
var shortcuts = registers.ok && registers.array == unsafe.Offsetof(registry{}.array) && registers.top == unsafe.Offsetof(registry{}.top) &&
	upvaluesKnown

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
		open: (**upvalue)(unsafe.Add(unsafe.Pointer(L), layout.open)),
	}
}

// enter is OP_CALL of a Lua function with a fixed number of parameters, where the
// stack and the registers have room.
func (c *calls) enter(cf *frame, inst uint32) bool {
	rg, stack := c.rg, c.stack
	ra := cf.LocalBase + bytecode.A(inst)
	fn, ok := rg.array[ra].(*lua.LFunction)
	if !ok || fn.IsG || fn.Proto.IsVarArg&lua.VarArgIsVarArg != 0 || stack.segSp >= lua.FramesPerSegment {
		return false
	}
	nargs := bytecode.B(inst) - 1
	if nargs < 0 {
		nargs = rg.top - (ra + 1)
	}
	base := ra + 1
	parameters, used := int(fn.Proto.NumParameters), int(fn.Proto.NumUsedRegisters)
	end := base + max(nargs, parameters, used)
	if end > len(rg.array) {
		return false
	}
	for i := base + min(nargs, parameters); i < end; i++ {
		rg.array[i] = lua.LNil
	}
	rg.top = base + used
	callee := &(*segment)(stack.segments[stack.segIdx])[stack.segSp]
	*callee = frame{
		Idx: int(stack.segSp) + lua.FramesPerSegment*int(stack.segIdx), Fn: fn, Parent: cf,
		Base: ra, LocalBase: base, ReturnBase: ra, NArgs: nargs, NRet: bytecode.C(inst) - 1,
	}
	stack.segSp++
	*c.current = callee
	return true
}

// callGo is OP_CALL of a Go function, where the stack has room. Two frames of it
// have to be free in this part of the stack: then it is this part again when the
// function returns, whatever that has called.
func (c *calls) callGo(L *lua.LState, cf *frame, inst uint32) bool {
	rg, stack := c.rg, c.stack
	ra := cf.LocalBase + bytecode.A(inst)
	fn, ok := rg.array[ra].(*lua.LFunction)
	if !ok || !fn.IsG || stack.segSp >= lua.FramesPerSegment-1 {
		return false
	}
	base, nargs := ra+1, bytecode.B(inst)-1
	if nargs < 0 {
		nargs = rg.top - base
	}
	if base+nargs > len(rg.array) {
		return false
	}
	rg.setTop(base + nargs)
	if !value.Knows(fn) {
		plainNumbers(rg.array[base : base+nargs])
	} else if otherForms != 0 {
		changeForms(rg.array[base:base+nargs], cf.Pc)
	}
	callee := &(*segment)(stack.segments[stack.segIdx])[stack.segSp]
	*callee = frame{
		Idx: int(stack.segSp) + lua.FramesPerSegment*int(stack.segIdx), Fn: fn, Parent: cf,
		Base: ra, LocalBase: base, ReturnBase: ra, NArgs: nargs, NRet: bytecode.C(inst) - 1,
	}
	stack.segSp++
	*c.current = callee
	given := fn.GFunction(L)
	if given < 0 {
		L.RaiseError("can not yield from outside of a coroutine")
	}
	if !value.Knows(fn) {
		fromForeign(rg.array[max(0, rg.top-given):rg.top])
	}
	to, wanted := callee.ReturnBase, callee.NRet // a patch may have changed them
	if wanted == lua.MultRet {
		wanted = given
	}
	if to+wanted > len(rg.array) {
		L.SetTop(L.GetTop() + wanted) // it grows
		L.SetTop(L.GetTop() - wanted)
	}
	rg.hand(rg.top-given, given, to, wanted)
	stack.segSp--
	*c.current = cf
	return true
}

// leave is OP_RETURN to a Lua function, where no captured local has to be closed.
func (c *calls) leave(cf, base *frame, inst uint32) bool {
	rg, stack := c.rg, c.stack
	if cf == base || stack.segSp < 2 {
		return false
	}
	caller := &(*segment)(stack.segments[stack.segIdx])[stack.segSp-2]
	if caller.Fn.IsG {
		return false
	}
	for uv := *c.open; uv != nil; uv = uv.next {
		if uv.index >= cf.LocalBase {
			return false
		}
	}
	ra := cf.LocalBase + bytecode.A(inst)
	given := bytecode.B(inst) - 1
	if given < 0 {
		given = rg.top - ra
	}
	wanted := cf.NRet
	if wanted == lua.MultRet {
		wanted = given
	}
	to := cf.ReturnBase
	if to+wanted > len(rg.array) || ra+given > rg.top {
		return false
	}
	rg.hand(ra, given, to, wanted)
	stack.segSp--
	*c.current = caller
	return true
}
