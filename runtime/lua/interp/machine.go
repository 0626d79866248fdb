package interp

import (
	"context"
	"errors"
	"io"
	"sync"

	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/lua/stdlib"
	"devnode/runtime/lua/value"
	"devnode/runtime/lua/vm"
)

// Streams are the standard streams of a program, and what else it is given.
type Streams struct {
	In       io.Reader
	Out, Err io.Writer
	// Attach, if set, gives the loaders of modules that the program may require beside the
	// standard library; files come first. block runs work while the program waits. done is
	// called when the program has ended.
	Attach func(block func(f *vm.Fiber, work func())) (loaders map[string]lua.LGFunction, done func())
}

// machine is a VM with a fiber, and what a run on it needs.
type machine struct {
	pool  *vm.Pool
	vm    *vm.VM
	fiber *vm.Fiber
	ended chan struct{} // tells that blocking work has ended
	err   io.Writer
	done  func() // ends what was attached

	mu    sync.Mutex
	cause error // why the run is to be interrupted
}

// interruption is the error of a run that was interrupted, in the words of lua.c.
type interruption struct{}

func (interruption) Error() string { return "interrupted!" }

var (
	errInterrupted = interruption{}
	errKilled      = errors.New("killed")
)

// exit is the error that os.exit ends a run with.
type exit struct{ code int }

func (exit) Error() string { return "exit" }

func newMachine(s Streams) *machine {
	m := &machine{pool: vm.NewPool(), ended: make(chan struct{}, 1), err: s.Err}
	m.vm = vm.New(m.pool)
	m.vm.OnInterrupt = func(*vm.Fiber) error {
		m.mu.Lock()
		defer m.mu.Unlock()
		err := m.cause
		m.cause = nil
		return err
	}
	var loaders map[string]lua.LGFunction
	m.done = func() {}
	if s.Attach != nil {
		loaders, m.done = s.Attach(m.block)
	}
	stdlib.Open(m.vm, stdlib.Options{
		Stdin: s.In, Stdout: s.Out, Stderr: s.Err,
		Exit:     func(f *vm.Fiber, code int) { f.Unwind(exit{code}) },
		Block:    m.block,
		Fallback: stdlib.NewModule("", loaders, nil),
		Path:     "./?.lua;./?/init.lua",
	})
	m.fiber = m.vm.NewFiber(nil)
	return m
}

// block runs work on a goroutine of its own, so that the run can be ended while
// it reads from a terminal.
func (m *machine) block(f *vm.Fiber, work func()) {
	if f.Closing() { // it can't park
		work()
		return
	}
	go func() {
		work()
		m.ended <- struct{}{}
	}()
	f.Park()
}

// interrupt has the running code end with err.
func (m *machine) interrupt(err error) {
	m.mu.Lock()
	m.cause = err
	m.mu.Unlock()
	m.vm.Interrupt()
}

// run calls fn with args on the fiber and gives its results. The error of a
// program is a *failure, the end by os.exit an exit.
func (m *machine) run(ctx context.Context, fn lua.LValue, args ...lua.LValue) ([]lua.LValue, error) {
	m.mu.Lock()
	m.cause = nil // an interrupt of what has ended meanwhile
	m.mu.Unlock()
	stop := context.AfterFunc(ctx, func() { m.interrupt(errInterrupted) })
	defer stop()
	var failed *failure
	body := m.vm.NewFunction(func(L *lua.LState) int {
		n := vm.Of(L).ProtectedCall(L, 1, m.vm.NewFunction(handleMessage))
		if at := L.GetTop() - n + 1; L.Get(at) == lua.LFalse {
			failed = &failure{value.String(L.Get(at + 1))}
			return 0
		}
		return n - 1
	})
	m.fiber.Start(body, append([]lua.LValue{fn}, args...)...)
	for m.fiber.Resume() == vm.Parked {
		select {
		case <-m.ended:
		case <-ctx.Done():
			m.fiber.Kill()
			return nil, &failure{errInterrupted.Error()}
		}
	}
	var code exit
	switch e := m.fiber.Failure(); {
	case errors.As(m.fiber.Dying(), &code):
		return nil, code
	case e != nil:
		return nil, &failure{e.Error()}
	case failed != nil:
		return nil, failed
	}
	return m.fiber.Results(), nil
}

// failure is the message of a program that failed, with its traceback.
type failure struct{ text string }

func (f *failure) Error() string { return f.text }

// handleMessage makes the message of an error, as lua.c does.
func handleMessage(L *lua.LState) int {
	v := L.Get(1)
	if v.Type() != lua.LTString && !value.IsNumber(v) {
		if mm := vm.MetaField(L, v, "__tostring"); mm != lua.LNil {
			L.Push(mm)
			L.Push(v)
			vm.Call(L, 1, 1)
			if s, ok := L.Get(-1).(lua.LString); ok {
				L.Push(s)
				return 1
			}
		}
		v = lua.LString("(error object is a " + v.Type().String() + " value)")
	}
	L.Push(lua.LString(vm.Of(L).Traceback(value.String(v), 1)))
	return 1
}

// close runs the __gc methods and ends the VM.
func (m *machine) close() {
	m.fiber.Release()
	m.vm.OnInterrupt = func(*vm.Fiber) error { return errKilled }
	stdlib.Finalize(m.vm, m.vm.NewFiber(nil))
	m.done()
	m.vm.Close()
	m.pool.Close()
}
