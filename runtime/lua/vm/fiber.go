package vm

import (
	"errors"
	"fmt"
	"weak"

	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/lua/layout"
)

// State is where a fiber stands.
type State uint8

// The states of a fiber.
const (
	Ready     State = iota // not started, or between two bodies
	Running                // its code runs
	Parked                 // it waits for its owner (Park)
	Suspended              // a coroutine that yielded
	Normal                 // it has resumed another, which runs
	Dead                   // its body has ended
)

// ErrKilled is the error of a fiber that was killed.
var ErrKilled = errors.New("killed")

// maxNesting bounds how deep protected calls and coroutines nest, as
// LUAI_MAXCCALLS does in C Lua: each level is a Go stack frame and a thread.
const maxNesting = 195

// Fiber runs one function at a time in a VM, on a goroutine of its own that
// runs only while Resume is waiting. It is also the context of the Lua threads
// it uses, and so is found from any Go function that Lua calls (Of).
type Fiber struct {
	// Owner is the owner's own: the task that this fiber runs. A coroutine
	// has the owner of the fiber that made it run.
	Owner any

	vm      *VM
	runner  *runner
	state   State
	outside bool  // what runs is no coroutine for Lua: see StartOutside
	nested  int   // Go functions that are calling Lua, one inside another
	spare   int   // how much deeper an error handler may go
	ticks   int32 // instructions until the next look at the world
	fault   error // what Done's closed channel means
	box     Boxer
	hook    *hooked // debug.sethook's, nil for none

	fiberCall      // what it runs
	earlyEnd       // how that ends before its time
	luaThreads     // what it runs on
	coroutineState // what Lua sees of it, if it is one
}

// fiberCall is the function that a fiber runs.
type fiberCall struct {
	fn  lua.LValue
	in  []lua.LValue // arguments, or what resume passes in
	out []lua.LValue // results, or what yield passes out
	err *Error
}

// earlyEnd is what has a fiber end before its function has returned.
type earlyEnd struct {
	dying    error       // set: unwind, whatever Lua wants to catch
	closing  bool        // dying by coroutine.close, Close or Leave: __close methods run
	thrown   bool        // the error being raised is a script's own
	closeErr lua.LValue  // raised by a __close method while closing
	fallen   *lua.LState // the thread on which an error ended a coroutine
}

// luaThreads are gopher-lua's threads that a fiber runs on, and its protected calls.
type luaThreads struct {
	base    *lua.LState   // kept for the next body
	catches *catch        // unused ones
	idle    *lua.LState   // kept for the next protected call
	threads []*lua.LState // the thread of each protected call, innermost last
	catch   *catch        // the innermost protected call
	body    catch         // the outermost one
}

// coroutineState is what there is of a fiber for Lua that resumes it.
type coroutineState struct {
	parent   *Fiber                   // a coroutine's resumer, while it runs
	co       bool                     // a Lua coroutine, not an owner's fiber
	watched  bool                     // its Lua value is watched by the collector
	orphan   bool                     // a coroutine that no Lua value stands for any more
	self     weak.Pointer[lua.LState] // a coroutine's identity
	identity *lua.LState              // what Lua sees as the coroutine
}

// Of returns the fiber that L runs on, nil if L is not a thread of a Fiber.
func Of(L *lua.LState) *Fiber {
	f, _ := layout.ContextOf(L).(*Fiber)
	return f
}

// NewFiber makes a fiber that is ready to Start.
func (v *VM) NewFiber(owner any) *Fiber {
	return &Fiber{vm: v, Owner: owner}
}

// VM is the machine that the fiber belongs to.
func (f *Fiber) VM() *VM { return f.vm }

// State tells where the fiber stands.
func (f *Fiber) State() State { return f.state }

// Start gives the fiber its next body: fn with args. It doesn't run yet.
// The fiber must be Ready or Dead. Start takes args over.
func (f *Fiber) Start(fn lua.LValue, args ...lua.LValue) {
	f.fn, f.in, f.out, f.err, f.dying, f.closing = fn, args, nil, nil, nil, false
	f.outside = false
	f.identity, f.closeErr, f.hook = nil, nil, nil
	f.state = Ready
}

// StartOutside is Start, for code that C Lua runs outside of any coroutine, as the
// __gc methods at the end of a state: it can't wait, and Park raises.
func (f *Fiber) StartOutside(fn lua.LValue, args ...lua.LValue) {
	f.Start(fn, args...)
	f.outside = true
}

// Reset hands a fiber that is Ready or Dead to another VM and owner.
func (f *Fiber) Reset(v *VM, owner any) {
	if f.base != nil {
		f.base.G, f.base.Env = v.main.G, v.main.Env
	}
	f.vm, f.Owner = v, owner
	f.fn, f.in, f.out, f.err, f.identity = nil, nil, nil, nil, nil
	f.state = Ready
}

// Resume runs the fiber until it parks (Parked) or its body ends (Dead).
func (f *Fiber) Resume() State {
	if f.runner == nil {
		f.runner = f.vm.pool.runner()
		f.runner.fiber = f
	}
	f.state = Running
	sig, _ := f.runner.next()
	if sig == sigPark {
		f.state = Parked
		return Parked
	}
	f.ended()
	return Dead
}

// ended is called when the body has come to its end. An owner's fiber keeps its
// goroutine and its thread for the next body.
func (f *Fiber) ended() {
	f.state = Dead
	if f.co {
		f.Release()
	}
}

// Release gives the goroutine and the thread of a fiber that is Ready or Dead
// back to the pool. It may be started again.
func (f *Fiber) Release() {
	pool := f.vm.pool
	if f.runner != nil {
		pool.putRunner(f.runner)
		f.runner = nil
	}
	if f.base != nil {
		forget(f.base)
		pool.putThread(f.base)
		f.base = nil
	}
}

// Seen tells whether Lua code may hold the fiber's Identity, so that the fiber
// must not be given another body.
func (f *Fiber) Seen() bool { return f.identity != nil }

// Results are what the body returned. They are the caller's.
func (f *Fiber) Results() []lua.LValue { return f.out }

// Failure is the error that ended the body, nil if it returned.
func (f *Fiber) Failure() *Error { return f.err }

// Park waits until the owner resumes the fiber. It is called on the fiber's
// own goroutine, by a Go function that Lua called; inside a coroutine it parks
// the coroutine's owner. When the fiber is killed meanwhile it doesn't return.
// A __close method of a fiber that is being closed can't wait: Park raises the
// error that it raises in C Lua.
func (f *Fiber) Park() {
	if f.Closing() {
		f.cannotYield()
	}
	if !f.wait(sigPark, Parked) {
		panic(unwinding)
	}
}

// wait hands control to the resumer. It is false when the fiber has to unwind.
func (f *Fiber) wait(s signal, as State) bool {
	f.state = as
	if !f.runner.yield(s) && f.dying == nil {
		f.dying = ErrKilled
	}
	f.state = Running
	return f.dying == nil
}

// Kill ends a parked, suspended or unstarted fiber: it unwinds without running
// any more Lua. A fiber that runs is ended by VM.Interrupt instead.
func (f *Fiber) Kill() {
	switch f.state {
	case Parked, Suspended:
		f.unwind(ErrKilled)
	case Ready:
		f.state, f.err = Dead, &Error{Value: lua.LString(ErrKilled.Error()), Killed: true}
	}
}

// Close is Kill, except that the __close methods of the to-be-closed variables
// in scope run, as by coroutine.close. They can't park. An interrupt that ends
// one of them ends them all. The error that one has raised is the fiber's
// Failure.
func (f *Fiber) Close() {
	f.closing = f.state == Parked
	f.Kill()
}

// unwind has a stopped fiber leave its body.
func (f *Fiber) unwind(why error) {
	delete(f.vm.fibers, f)
	f.dying = why
	f.state = Running
	// Whatever it waits for on the way out, nobody would wake it: it goes on.
	for sig, ok := f.runner.next(); ok && sig != sigDone; sig, ok = f.runner.next() {
	}
	f.ended()
}

// run is the body's frame: it ends whatever happens in it.
func (f *Fiber) run() {
	if f.dying != nil {
		f.err = &Error{Value: lua.LString(f.dying.Error()), Killed: true}
		return
	}
	th := f.base
	if th == nil {
		th = f.enter()
	}
	f.base = nil
	c := &f.body
	*c = catch{base: true}
	defer f.dropIdle()
	defer f.survive() // from here on: the arguments may be more than a thread can have
	th.Push(f.fn)
	pushValues(th, f.in)
	n := len(f.in)
	f.fn, f.in = nil, nil
	if f.err = f.call(th, n, c); f.err != nil {
		return
	}
	if n := th.GetTop(); n > 0 {
		f.out = make([]lua.LValue, n)
		for i := range f.out {
			f.out[i] = th.Get(i + 1)
		}
		th.SetTop(0)
	}
	if isSmall(th) {
		f.base = th
	}
}

// survive ends the body where a panic got past its protected call: one in a
// __close method or a message handler that ran on the way out. Nothing that a
// script does may reach the goroutine that resumed the fiber.
func (f *Fiber) survive() {
	r := recover()
	switch {
	case r == nil:
	case f.dying != nil:
		f.err = &Error{Value: lua.LString(f.dying.Error()), Traceback: f.body.traceback, Killed: true}
	case r == unwinding:
		f.err = &Error{Value: lua.LString(ErrKilled.Error()), Killed: true}
	default:
		f.err = &Error{Value: lua.LString(fmt.Sprint(r)), Traceback: f.body.traceback}
	}
}

// dropIdle gives back the thread that was kept for protected calls.
func (f *Fiber) dropIdle() {
	if f.idle != nil {
		forget(f.idle)
		f.vm.pool.putThread(f.idle)
		f.idle = nil
	}
}

// Identity is the value that stands for the fiber in Lua (coroutine.running).
// A coroutine doesn't hold its own: see orphan.go.
func (f *Fiber) Identity() *lua.LState {
	if f.co {
		return f.coroutineIdentity()
	}
	if f.identity == nil {
		f.identity = &lua.LState{G: f.vm.main.G, Env: f.vm.main.Env}
		f.identity.SetContext(f)
	}
	return f.identity
}

// Root is the owner's fiber at the bottom of a chain of running coroutines.
func (f *Fiber) Root() *Fiber {
	for f.parent != nil {
		f = f.parent
	}
	return f
}

// IsCoroutine tells whether the fiber is a Lua coroutine.
func (f *Fiber) IsCoroutine() bool { return f.co }

// IsMain tells whether the fiber is what Lua calls the main thread.
func (f *Fiber) IsMain() bool { return !f.co && (f.vm.Main == nil || f.vm.Main(f)) }

// Dying tells why the fiber is being unwound, nil if it isn't. Code that
// catches panics or runs clean-up asks it.
func (f *Fiber) Dying() error { return f.dying }

// Unwind ends the running fiber, and those that resumed it, with why. Lua code
// can't catch it. It is called on the fiber's own goroutine and doesn't return.
func (f *Fiber) Unwind(why error) {
	f.end(why)
	panic(unwinding)
}

// Leave is Unwind, except that __close methods run on the way. It must not be
// called while the fiber is Closing.
func (f *Fiber) Leave(why error) {
	f.end(why)
	for g := f; g != nil; g = g.parent {
		g.closing = true
	}
	panic(unwinding)
}

// KeepScope makes the fiber a syntax.ScopeKeeper: it hands over to the VM's hook.
func (f *Fiber) KeepScope(main *lua.FunctionProto, cells []*lua.Upvalue, value lua.LValue) {
	if f.vm.KeepScope != nil {
		f.vm.KeepScope(main, cells, value)
	}
}
