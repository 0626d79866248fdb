package attach

import (
	"context"
	"io"

	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/internal/actor"
	"devnode/runtime/lua/value"
	"devnode/runtime/lua/vm"
)

// Node is a running node. Its methods are safe for concurrent use, but for those
// with an LState, which code that this runs calls.
type Node interface {
	// Task is the task that L runs in. It raises an error where there is none, as in
	// a __gc method.
	Task(L *lua.LState) Task
	// Service finds a live service, nil if there is none.
	Service(h actor.Handle) Service
	// Services are all that live, by handle.
	Services() []Service
	// Message makes the value by which Lua holds a message of bytes, and Bytes reads
	// one.
	Message(L *lua.LState, bytes string) lua.LValue
	Bytes(v lua.LValue) (string, bool)
	// Copy makes the value that a receiver gets where this one is sent. It raises skynet's
	// errors for what can't be sent.
	Copy(L *lua.LState, v lua.LValue) lua.LValue
	// Go runs fn on a goroutine that the node waits for when it closes.
	Go(fn func())
	// Context ends when the node closes.
	Context() context.Context
	// Stdin is the node's standard input, nil if it has none.
	Stdin() io.Reader
	States() *States
}

// Task is a running task. Its methods are called by its own code.
type Task interface {
	// Await runs work on a goroutine while the task waits, and Alone does while the
	// service handles no other message.
	Await(f *vm.Fiber, work func())
	Alone(f *vm.Fiber, work func())
	// NewSession is a session that the task can wait for, by Park.
	NewSession() int32
	// Park waits until the session is woken.
	Park(f *vm.Fiber, session int32)
	// Waits tells whether the task waits for the session now. Code on the service's own
	// worker calls it.
	Waits(session int32) bool
	Generation() Generation
}

// Service is an actor. Its methods are safe for concurrent use, but for Serving and
// States, which code on the service's own worker calls.
type Service interface {
	Handle() actor.Handle
	// Do runs fn on the service's worker between two messages. It is false when the
	// service is gone; one that ends meanwhile doesn't run fn.
	Do(fn func()) bool
	// Post delivers a message of bytes in the name of source.
	Post(source actor.Handle, ptype actor.PType, session int32, bytes string) bool
	// Wake has the task go on that waits for a session.
	Wake(session int32)
	Log(text string)
	// Messages counts those that the service has begun to handle.
	Messages() uint64
	// Weight is what the service took in bytes when it was weighed last, 0 if it never was. Weigh
	// weighs it: code on the service's own worker calls it.
	Weight() int64
	Weigh() int64
	Node() Node
	Serving() Generation
	States() *States
	// Exchange puts other values into the place of frozen tables, wherever the service's code
	// holds them: by gives nil (Lua's) for what is to be gone, Go's for what stays. Code on the service's own worker calls it.
	Exchange(by func(*value.Table) lua.LValue)
}

// Generation is one version of a service's code. Its methods are called on the
// service's own worker.
type Generation interface {
	Number() int
	Preparing() bool
	// Start runs a function of the generation in a task of its own.
	Start(fn lua.LValue, args []lua.LValue)
	// Deliver has the generation handle a message of bytes, in a task of its own after the
	// one that runs.
	Deliver(source actor.Handle, ptype actor.PType, session int32, bytes string)
	// OnAbort has undo called should the generation, which is being prepared, never serve.
	OnAbort(undo func())
	Service() Service
	States() *States
}
