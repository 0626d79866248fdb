package vm

import (
	lua "github.com/yuin/gopher-lua"
)

// NewCoroutine makes a Lua coroutine of fn. Its Identity is the thread that
// Lua code sees.
func (v *VM) NewCoroutine(fn *lua.LFunction) *Fiber {
	v.Reap()
	return &Fiber{vm: v, state: Suspended, fiberCall: fiberCall{fn: fn}, coroutineState: coroutineState{co: true}}
}

// CoroutineOf returns the fiber that the Lua value th stands for, nil if th is
// no coroutine of this package.
func CoroutineOf(th *lua.LState) *Fiber { return Of(th) }

// Status is coroutine.status as seen by the running fiber f.
func (f *Fiber) Status(co *Fiber) string {
	switch {
	case co == f:
		return "running"
	case co.state == Dead:
		return "dead"
	case co.state == Suspended, co.state == Ready, co.state == Parked:
		return "suspended"
	default:
		return "normal"
	}
}

// ResumeCoroutine runs co until it yields or ends, and returns what it yielded
// or returned. If co parks, so does f, and whoever wakes f wakes co. It takes
// args over.
func (f *Fiber) ResumeCoroutine(co *Fiber, args []lua.LValue) ([]lua.LValue, *Error) {
	if problem := f.cannotResume(co); problem != "" {
		return nil, &Error{Value: lua.LString(problem)}
	}
	if co.runner == nil {
		if len(f.vm.fibers) >= maxCoroutines {
			return nil, &Error{Value: lua.LString("too many coroutines")}
		}
		co.vm = f.vm // whoever begins it has it
		co.runner = f.vm.pool.runner()
		co.runner.fiber = co
		f.vm.fibers[co] = struct{}{}
	}
	co.in, co.parent, co.Owner = args, f, f.Owner
	co.state, f.state = Running, Normal
	sig := f.drive(co)
	f.state = Running
	co.parent = nil
	if f.dying != nil && (co.dying != nil || !f.closing) {
		panic(unwinding) // and not because a __close method of f has resumed co
	}
	out := co.out
	co.out = nil
	if sig == sigYield {
		co.state = Suspended
		co.watch()
		return out, nil
	}
	return out, co.err
}

func (f *Fiber) cannotResume(co *Fiber) string {
	switch {
	case co.state == Dead:
		return "cannot resume dead coroutine"
	case !co.co || co.state != Suspended:
		return "cannot resume non-suspended coroutine"
	case f.Nesting() >= maxNesting:
		return errGoOverflow
	}
	return ""
}

// drive resumes co until it yields or ends, passing its parks outwards.
func (f *Fiber) drive(co *Fiber) signal {
	for {
		sig, _ := co.runner.next()
		switch sig {
		case sigYield:
			return sig
		case sigDone:
			delete(co.vm.fibers, co)
			co.ended()
			return sig
		}
		if !f.wait(sigPark, Parked) {
			co.unwind(f.dying)
			return sigDone
		}
		f.state, co.state = Normal, Running
	}
}

// Yield passes values to the resumer of the coroutine f and returns what the
// next resume passes in. It is false where f is not a coroutine.
func (f *Fiber) Yield(values []lua.LValue) ([]lua.LValue, bool) {
	if !f.co {
		return nil, false
	}
	if f.closing {
		f.cannotYield()
	}
	f.out = values
	if !f.wait(sigYield, Suspended) {
		panic(unwinding)
	}
	in := f.in
	f.in = nil
	return in, true
}

// CloseCoroutine is coroutine.close on a suspended or dead coroutine: pending
// __close methods run, then it is dead. It returns the error that the
// coroutine ended with, if any, once.
func (f *Fiber) CloseCoroutine(co *Fiber) *Error {
	if co.state == Suspended && co.runner != nil {
		co.closing = true
		co.parent = f
		co.unwind(ErrKilled)
		co.parent = nil
	}
	co.state = Dead
	err := co.err
	co.err = nil
	if err != nil && err.Killed {
		return nil
	}
	return err
}

// Closing tells whether the fiber, or one that resumed it, is being closed, or
// runs outside of coroutines: what runs is one of its __close methods, or a __gc
// method at the end, which can't wait for anything.
func (f *Fiber) Closing() bool {
	for g := f; g != nil; g = g.parent {
		if g.closing || g.outside {
			return true
		}
	}
	return false
}

// cannotYield raises the error of code that would have to stop where it can't.
func (f *Fiber) cannotYield() {
	text := "attempt to yield across a C-call boundary"
	if f.outside {
		text = "attempt to yield from outside a coroutine"
	}
	Throw(f.threads[len(f.threads)-1], lua.LString(text))
}
