package vm

import (
	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/lua/bytecode"
	"devnode/runtime/lua/layout"
	"devnode/runtime/lua/value"
)

// callOp is OP_CALL.
func callOp(L *lua.LState, inst uint32, _ *frame) int {
	cf := currentFrame(L)
	ra := cf.LocalBase + bytecode.A(inst)
	nargs := arguments(L, ra, bytecode.B(inst))
	fn := called(L, ra)
	fr := push(L, frame{Fn: fn, Parent: cf, Base: ra, LocalBase: ra + 1, ReturnBase: ra, NArgs: nargs, NRet: bytecode.C(inst) - 1})
	if fn.IsG {
		finishGo(L, fr, cf, runGo(L, fr))
	}
	return 0
}

// tailCallOp is OP_TAILCALL: a Lua function takes the place of the one that calls
// it, and a Go function returns to where that would have.
func tailCallOp(L *lua.LState, inst uint32, base *frame) int {
	cf := currentFrame(L)
	ra := cf.LocalBase + bytecode.A(inst)
	nargs := arguments(L, ra, bytecode.B(inst))
	fn := called(L, ra)
	layout.CloseUpvalues(L, cf.LocalBase)
	if fn.IsG {
		fr := push(L, frame{Fn: fn, Parent: cf, Base: ra, LocalBase: ra + 1, ReturnBase: cf.ReturnBase, NArgs: nargs, NRet: cf.NRet})
		given := runGo(L, fr)
		callStackOf(L).Pop()
		finishGo(L, fr, cf.Parent, given)
		return ended(L, cf == base)
	}
	rg := registryOf(L)
	to := cf.Base // of the function, and its arguments behind it
	ensureRegisters(L, registersEndOf(fn, to+1, nargs))
	for i := range nargs + 1 {
		rg.Array[to+i] = rg.get(ra + i)
	}
	rg.setTop(to + 1 + nargs)
	cf.Fn, cf.Pc, cf.LocalBase, cf.NArgs = fn, 0, to+1, nargs
	cf.TailCall++
	giveRegisters(L, cf)
	return 0
}

// arguments is how many there are for what is in register ra: b-1, or, for a b of 0,
// all up to the top. Values of the chain of its __call are put before them.
func arguments(L *lua.LState, ra, b int) int {
	rg := registryOf(L)
	if b != 0 {
		ensureRegisters(L, ra+b)
		rg.setTop(ra + b)
	}
	for n, mm := 0, chained(L, rg.get(ra)); mm != nil; n, mm = n+1, chained(L, mm) {
		if n == maxCallChain {
			L.RaiseError("%s", errStackOverflow.Error())
		}
		ensureRegisters(L, rg.Top+1)
		copy(rg.Array[ra+1:rg.Top+1], rg.Array[ra:rg.Top])
		rg.Top++
		rg.Array[ra] = mm
	}
	return rg.Top - (ra + 1)
}

// called is the function in a register.
func called(L *lua.LState, register int) *lua.LFunction {
	fn, ok := registryOf(L).get(register).(*lua.LFunction)
	if !ok {
		L.RaiseError("attempt to call a non-function object")
	}
	return fn
}

// push begins a call.
func push(L *lua.LState, fr frame) *frame {
	if !fr.Fn.IsG {
		ensureRegisters(L, registersEndOf(fr.Fn, fr.LocalBase, fr.NArgs))
	}
	at := callStackOf(L).Push(fr)
	if at == nil {
		L.RaiseError("%s", errStackOverflow.Error())
	}
	*currentFrameOf(L) = at
	if !fr.Fn.IsG {
		giveRegisters(L, at)
	}
	return at
}

// registersEndOf is the register behind those of a Lua function whose arguments begin
// at one.
func registersEndOf(fn *lua.LFunction, from, nargs int) int {
	params, used := int(fn.Proto.NumParameters), int(fn.Proto.NumUsedRegisters)
	if fn.Proto.IsVarArg&lua.VarArgIsVarArg == 0 {
		return from + max(nargs, params, used)
	}
	return from + max(nargs, params) + max(params, used)
}

// giveRegisters gives a Lua function its registers, where its arguments are. The
// variable ones stay below them.
func giveRegisters(L *lua.LState, fr *frame) {
	rg, p := registryOf(L), fr.Fn.Proto
	params, used := int(p.NumParameters), int(p.NumUsedRegisters)
	if p.IsVarArg&lua.VarArgIsVarArg == 0 {
		rg.setTop(fr.LocalBase + min(fr.NArgs, params))
		rg.setTop(fr.LocalBase + used)
		return
	}
	from := fr.LocalBase
	local := from + max(fr.NArgs, params)
	rg.setTop(local)
	fr.LocalBase = local
	rg.setTop(local + used)
	for i := range params {
		rg.Array[local+i], rg.Array[from+i] = rg.Array[from+i], lua.LNil
	}
}

// runGo runs the Go function of a frame, and tells how many results are on top.
func runGo(L *lua.LState, fr *frame) int {
	rg, fn := registryOf(L), fr.Fn
	known := value.Knows(fn)
	if !known {
		plainNumbers(rg.Array[fr.LocalBase : fr.LocalBase+fr.NArgs])
		foreignFunctions(rg.Array[fr.LocalBase : fr.LocalBase+fr.NArgs])
	} else if otherForms != 0 {
		changeForms(rg.Array[fr.LocalBase:fr.LocalBase+fr.NArgs], fr.LocalBase)
	}
	given := enterFunction(L, fr)
	if given < 0 {
		L.RaiseError("can not yield from outside of a coroutine")
	}
	if !known {
		fromForeign(rg.Array[max(0, rg.Top-given):rg.Top])
	}
	return given
}

// finishGo ends the call of a Go function: its results go to where they are wanted,
// and the frame below goes on.
func finishGo(L *lua.LState, fr, below *frame, given int) {
	rg := registryOf(L)
	to, wanted := fr.ReturnBase, fr.NRet // a patch may have changed them
	if wanted == lua.MultRet {
		wanted = given
	}
	ensureRegisters(L, to+wanted)
	rg.hand(rg.Top-given, given, to, wanted)
	callStackOf(L).Pop()
	*currentFrameOf(L) = below
}

// returnOp is OP_RETURN.
func returnOp(L *lua.LState, inst uint32, base *frame) int {
	cf, rg := currentFrame(L), registryOf(L)
	ra := cf.LocalBase + bytecode.A(inst)
	given := bytecode.B(inst) - 1
	if given < 0 {
		given = rg.Top - ra
	}
	wanted := cf.NRet
	if wanted == lua.MultRet {
		wanted = given
	}
	layout.CloseUpvalues(L, cf.LocalBase)
	ensureRegisters(L, cf.ReturnBase+wanted)
	rg.setTop(max(rg.Top, ra+given))
	rg.hand(ra, given, cf.ReturnBase, wanted)
	callStackOf(L).Pop()
	*currentFrameOf(L) = callStackOf(L).Last()
	return ended(L, cf == base)
}

// callRegisters calls what is in a register, with all that is above it as arguments.
// The results are there then, up to the top.
func callRegisters(L *lua.LState, register int) {
	nargs := arguments(L, register, 0)
	fn := called(L, register)
	run := *layout.LoopOf(L)
	run(L, push(L, frame{
		Fn: fn, Parent: currentFrame(L), Base: register, LocalBase: register + 1,
		ReturnBase: register, NArgs: nargs, NRet: lua.MultRet,
	}))
}

// ended is 1 where the loop has nothing more to run: what it was called for has
// returned, or what called that is Go code.
func ended(L *lua.LState, base bool) int {
	if cf := currentFrame(L); base || cf == nil || cf.Fn.IsG {
		return 1
	}
	return 0
}
