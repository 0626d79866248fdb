// Package plainlua runs Lua scripts in devnode's Lua, without services: the
// stand-alone interpreter lua.c, as far as a script can tell. There is no
// skynet to require, and nothing that blocks gives way to anything else.
package plainlua

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/stdlib"
	"devnode/runtime/vm"
)

// Streams are the three files of a script.
type Streams struct {
	In       io.Reader
	Out, Err io.Writer
}

// Machine is one interpreter. It belongs to one goroutine, but for Interrupt.
type Machine struct {
	streams Streams
	pool    *vm.Pool
	vm      *vm.VM
	code    int  // of os.exit
	exited  bool // by os.exit, which runs no __gc methods
}

var errExit = errors.New("os.exit")

// ErrInterrupted is why a script ended that Interrupt has ended.
var ErrInterrupted = errors.New("interrupted!")

// New makes an interpreter. args becomes the table arg, from index first on: 0
// is the script.
func New(streams Streams, args []string, first int) *Machine {
	m := &Machine{streams: streams, pool: vm.NewPool()}
	m.vm = vm.New(m.pool)
	m.vm.OnInterrupt = func(*vm.Fiber) error { return ErrInterrupted }
	stdlib.Open(m.vm, stdlib.Options{
		Stdin: streams.In, Stdout: streams.Out, Stderr: streams.Err, Path: os.Getenv("LUA_PATH"),
		Exit: func(f *vm.Fiber, code int) { m.code, m.exited = code, true; f.Unwind(errExit) },
	})
	t := m.vm.State().CreateTable(len(args), 1)
	for i, a := range args {
		t.RawSetInt(first+i, lua.LString(a))
	}
	m.vm.Globals().RawSetString("arg", t)
	return m
}

// Interrupt ends what runs, with ErrInterrupted. It may be called by any
// goroutine.
func (m *Machine) Interrupt() { m.vm.Interrupt() }

// Run runs a chunk to its end and returns the exit status that lua has for it:
// what os.exit says, 1 after an error, which goes to the error stream with its
// traceback.
func (m *Machine) Run(ctx context.Context, source []byte, chunk string, args []string) int {
	proto, err := compile(source, chunk, m.warn)
	if err != nil {
		m.complain(err.Error())
		return 1
	}
	stop := context.AfterFunc(ctx, m.Interrupt)
	defer stop()
	values := make([]lua.LValue, len(args))
	for i, a := range args {
		values[i] = lua.LString(a)
	}
	_, err = m.call(m.vm.NewClosure(proto), values)
	switch {
	case errors.Is(err, errExit):
		return m.code
	case err != nil:
		m.complain(err.Error())
		return 1
	}
	return 0
}

// call runs a function on a fiber of its own.
func (m *Machine) call(fn *lua.LFunction, args []lua.LValue) ([]lua.LValue, error) {
	f := m.vm.NewFiber(nil)
	defer f.Release()
	f.Start(fn, args...)
	f.Resume()
	failure := f.Failure()
	switch {
	case f.Dying() != nil:
		return nil, f.Dying()
	case failure != nil:
		return nil, failure
	}
	return f.Results(), nil
}

// Close runs the __gc methods that are left, unless os.exit was called, and frees
// the interpreter.
func (m *Machine) Close() {
	if !m.exited {
		f := m.vm.NewFiber(nil)
		stdlib.Finalize(m.vm, f)
		f.Release()
	}
	m.vm.Close()
	m.pool.Close()
}

func (m *Machine) complain(text string) { fmt.Fprintln(m.streams.Err, "lua: "+text) }

func (m *Machine) warn(line string) { fmt.Fprintln(m.streams.Err, "Lua warning: "+line) }
