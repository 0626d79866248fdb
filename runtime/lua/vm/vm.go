package vm

import (
	"sync/atomic"

	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/lua/layout"
	"devnode/runtime/lua/value"
)

// VM is one Lua machine. Owner and the hooks are set by whoever made it,
// before any Lua runs; they are never called concurrently.
type VM struct {
	// Owner is the VM's owner's own; stdlib and the runtime find their state
	// by it.
	Owner any

	// Lib is the library's own: runtime/lua/stdlib keeps its record of the VM here.
	Lib any

	// OnInterrupt runs on the VM's own goroutine, between two instructions,
	// after Interrupt was called. A nil result lets the code go on; an error
	// ends the fiber that runs (and the fibers that resumed it) with that
	// error, which Lua code can't catch.
	OnInterrupt func(f *Fiber) error

	// Meter, when set, is called as OnInterrupt is, every few hundred
	// instructions, and before a string of many bytes is made (Fiber.Making),
	// with how many. The results mean what OnInterrupt's do.
	Meter func(f *Fiber, bytes int) error

	// Explain, when set, rewrites the message of an error that gopher-lua
	// itself raised at the running instruction of L.
	Explain func(L *lua.LState, msg string) string

	// CloseFrames, when set, closes the to-be-closed variables in the frames
	// of th, which an error with the value err has ended (failed), or which is
	// being ended (not failed). It calls each __close method by way of pcall,
	// and returns the error that is left, and whether there is one.
	CloseFrames func(th *lua.LState, failed bool, err lua.LValue, pcall func(fn, value, err lua.LValue) (lua.LValue, bool)) (lua.LValue, bool)

	// Helper, when set, tells of a Go function whether it is one that compiled
	// code calls where C Lua has an instruction, and which metamethod that may
	// call. Its frames are no levels.
	Helper func(fn *lua.LFunction) (event string, ok bool)

	// Main, when set, tells whether an owner's fiber is what Lua calls the main
	// thread. By default all of them are.
	Main func(f *Fiber) bool

	// Edition, when set, says which version of a program the VM runs, for the
	// head of tracebacks; an empty text says nothing.
	Edition func() string

	// KeepScope, when set, is told of the top-level locals of each chunk of a file
	// that has run (syntax.ScopeKeeper).
	KeepScope func(main *lua.FunctionProto, cells []*lua.Upvalue, value lua.LValue)

	// NameFunc, when set, names a function that anybody can reach, such as
	// "print" or "string.rep", for tracebacks and messages. It returns an
	// empty text for all others.
	NameFunc func(fn *lua.LFunction) string

	pool      *Pool
	main      *lua.LState
	interrupt atomic.Bool
	fibers    map[*Fiber]struct{} // coroutines in progress, to be ended with the VM
	orphans   orphans
	closers   []func()
	closed    bool
	basic     [lua.LTChannel + 1]*value.Table // metatables of basic types
}

// New makes a VM with an empty table of globals.
func New(pool *Pool) *VM {
	return &VM{pool: pool, main: newMainState(), fibers: make(map[*Fiber]struct{})}
}

// newMainState makes the state that holds a VM's globals. It runs no code, so
// it has neither registers nor a call stack, only what the threads share.
func newMainState() *lua.LState {
	G := layout.NewGlobal()
	main := &lua.LState{G: G}
	G.Global, G.Registry = value.NewTable(0, 0).Carrier(), value.NewTable(0, 0).Carrier()
	main.Env = G.Global
	// Where there is a main thread, a call takes a shorter path, and none writes
	// to what the threads share.
	G.MainThread, G.CurrentThread = main, main
	return main
}

// Globals is the table of globals.
func (v *VM) Globals() *value.Table { return value.Globals(v.main) }

// SetGlobals replaces the table of globals. It comes before the first function
// is made and the first fiber is started.
func (v *VM) SetGlobals(t *value.Table) {
	v.main.G.Global = t.Carrier()
	v.main.Env = v.main.G.Global
}

// Registry is Lua's registry: a table that scripts don't see.
func (v *VM) Registry() *value.Table { return value.Registry(v.main) }

// State is the VM's base state. It can't run code: it has no stack. It is for
// making functions and tables, and for the metatables of basic types.
func (v *VM) State() *lua.LState { return v.main }

// Interrupt makes the VM call OnInterrupt before its next instruction. It may
// be called from any goroutine, at any time.
func (v *VM) Interrupt() { v.interrupt.Store(true) }

// AtClose has fn called by Close, last added first.
func (v *VM) AtClose(fn func()) { v.closers = append(v.closers, fn) }

// Close ends the VM: suspended coroutines are killed, then the functions given
// to AtClose run. No fiber of the VM may be running. A closed VM may still be
// read; it must not run code. Closing twice does nothing.
func (v *VM) Close() {
	if v.closed {
		return
	}
	v.closed = true
	v.killFibers()
	for i := len(v.closers) - 1; i >= 0; i-- {
		v.closers[i]()
	}
	v.killFibers()
	v.closers = nil
}

func (v *VM) killFibers() {
	for len(v.fibers) > 0 {
		for f := range v.fibers {
			f.Kill()
			delete(v.fibers, f)
		}
	}
}

// NewFunction makes a Lua function of a Go one that knows all kinds of numbers
// (value.Function).
func (v *VM) NewFunction(fn lua.LGFunction) *lua.LFunction {
	return value.Know(v.main.NewFunction(fn))
}

// NewClosure makes a Lua function that runs proto with the VM's globals, in a
// variable _ENV of its own. A chunk has no other upvalues.
func (v *VM) NewClosure(proto *lua.FunctionProto) *lua.LFunction {
	fn := newClosure(proto, nil)
	value.SetEnv(fn, v.Globals())
	return fn
}
