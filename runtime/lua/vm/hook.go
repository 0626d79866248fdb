package vm

import (
	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/lua/bytecode"
)

// Hook is what a fiber calls while its code runs, as debug.sethook has it.
type Hook struct {
	Fn                 lua.LValue
	Call, Return, Line bool
	Count              int // every so many instructions; 0 for never
}

// hooked is the state of a fiber that has a hook.
type hooked struct {
	Hook
	left    int    // instructions until the next count event
	frame   *frame // which has run the last instruction
	pc      int    // and which that was
	calling *frame // for which the hook runs now, nil while it doesn't
}

// SetHook gives the fiber a hook, or takes it away (nil). The hook is looked for
// where the world is, in tick: a fiber that has none does nothing for it.
func (f *Fiber) SetHook(h *Hook) {
	var calling *frame
	if f.hook != nil {
		calling = f.hook.calling
	}
	f.hook = nil
	if h != nil {
		f.hook = &hooked{Hook: *h, left: h.Count, calling: calling}
	}
	f.ticks = 0
}

// Hook is the fiber's hook, nil if it has none.
func (f *Fiber) Hook() *Hook {
	if f.hook == nil {
		return nil
	}
	return &f.hook.Hook
}

// HookReturn tells a hook that was set just now of the end of the Go function that
// has set it.
func (f *Fiber) HookReturn(L *lua.LState) {
	if f.hooks() && f.hook.Return {
		f.callHook(L, currentFrame(L), "return", -1)
	}
}

// hooks tells whether events are to be told of: those of the hook itself aren't.
func (f *Fiber) hooks() bool { return f.hook != nil && f.hook.calling == nil }

// hookLoop runs the frames above base, as the loop does, while the fiber has a
// hook. It is true where base has returned.
func hookLoop(L *lua.LState, base *frame, f *Fiber) bool {
	current := currentFrameOf(L)
	if cf := *current; cf.Pc == 0 && f.hooks() {
		f.entered(L, cf, "call")
	}
	for f.hook != nil {
		cf := *current
		if f.ticks--; f.ticks <= 0 && f.tick() != nil {
			L.RaiseError("%s", f.fault.Error())
		}
		cf.Pc++
		if f.hooks() {
			f.beforeInstruction(L, cf)
		}
		inst := instructionAt(cf)
		op := bytecode.Opcode(inst)
		if f.hooks() {
			switch op {
			case lua.OP_RETURN:
				if f.hook.Return {
					f.callHook(L, cf, "return", -1)
				}
			case lua.OP_CALL, lua.OP_TAILCALL:
				f.wrapGo(L, cf, inst)
			}
		}
		fn := cf.Fn
		if execute[op](L, inst, base) == 1 {
			return true
		}
		if !f.hooks() {
			continue
		}
		if now := *current; op == lua.OP_CALL && now != cf && now.Parent == cf {
			f.entered(L, now, "call")
		} else if op == lua.OP_TAILCALL && now == cf && now.Pc == 0 && !fn.IsG {
			f.entered(L, now, "tail call")
		}
	}
	return false
}

// entered tells of a Lua function that begins.
func (f *Fiber) entered(L *lua.LState, fr *frame, event string) {
	f.hook.frame, f.hook.pc = nil, 0
	if f.hook.Call {
		fr.Pc++ // where it is, is the first instruction
		f.callHook(L, fr, event, -1)
		fr.Pc--
	}
}

// beforeInstruction tells of an instruction, and of the line that begins with it.
func (f *Fiber) beforeInstruction(L *lua.LState, cf *frame) {
	h := f.hook
	if h.Count > 0 {
		if h.left--; h.left <= 0 {
			h.left = h.Count
			if f.callHook(L, cf, "count", -1); f.hook != h {
				return
			}
		}
	}
	if !h.Line {
		return
	}
	pc, lines := cf.Pc-1, cf.Fn.Proto.DbgSourcePositions
	was := h.pc
	if h.frame != cf {
		was = pc - 1 // it was called just now, or what it has called has returned
	}
	h.frame, h.pc = cf, pc
	if pc >= len(lines) {
		return
	}
	if pc == 0 || pc <= was || was >= len(lines) || lines[pc] != lines[was] {
		f.callHook(L, cf, "line", lines[pc])
	}
}

// callHook calls the hook for the function that runs in fr. Registers in use stay
// as they are.
func (f *Fiber) callHook(L *lua.LState, fr *frame, event string, line int) {
	h := f.hook
	h.calling = fr
	rg := registryOf(L)
	top := rg.Top
	defer func() {
		h.calling = nil
		if f.hook != nil {
			f.hook.calling = nil
		}
		f.ticks = 0
	}()
	L.Push(h.Fn)
	L.Push(lua.LString(event))
	if line >= 0 {
		L.Push(lua.LNumber(line))
	} else {
		L.Push(lua.LNil)
	}
	Call(L, 2, 0)
	rg.setTop(top)
}

// wrapGo has a call of a Go function tell of its beginning and its end.
func (f *Fiber) wrapGo(L *lua.LState, cf *frame, inst uint32) {
	if !f.hook.Call && !f.hook.Return {
		return
	}
	array, at := registryOf(L).Array, cf.LocalBase+bytecode.A(inst)
	fn, ok := array[at].(*lua.LFunction)
	if !ok || !fn.IsG {
		return
	}
	if _, helper := f.helper(fn); helper {
		return
	}
	array[at] = f.wrapped(fn, bytecode.Opcode(inst) == lua.OP_TAILCALL)
}

// wrapped is a Go function that tells the hook of its call. For all who look at
// the stack it is the function itself.
func (f *Fiber) wrapped(fn *lua.LFunction, tail bool) *lua.LFunction {
	run := func(L *lua.LState) int {
		fr := currentFrame(L)
		fr.Fn = fn
		if f.hooks() && f.hook.Call {
			f.callHook(L, fr, "call", -1)
		}
		n := fn.GFunction(L)
		if f.hooks() && f.hook.Return {
			f.callHook(L, fr, "return", -1)
			if tail && fr.Parent != nil && !fr.Parent.Fn.IsG {
				at := currentFrameOf(L)
				*at = fr.Parent
				f.callHook(L, fr.Parent, "return", -1)
				*at = fr
			}
		}
		return n
	}
	return &lua.LFunction{IsG: true, GFunction: run, Env: fn.Env, Upvalues: fn.Upvalues}
}
