package library

import (
	"sync/atomic"

	"devnode/runtime/internal/attach"
	"devnode/runtime/lua/vm"
)

// Await runs work on a goroutine of its own while the calling task waits, and returns
// when it has returned. The service handles other messages meanwhile. work must not
// touch Lua values; it may set variables, which the caller then reads. Where the task
// is killed meanwhile Await doesn't return (deferred functions run), and work runs on
// to its end, for which the node waits when it closes.
func (c Call) Await(work func()) { c.task().Await(vm.Of(c.state), work) }

// Block is Await, but the service handles no other message meanwhile: they wait in
// order. Killing it, or asking it from the console, is done all the same.
func (c Call) Block(work func()) { c.task().Alone(vm.Of(c.state), work) }

// Wait is one wait of a task for Go code to wake it.
type Wait struct {
	c       Call
	task    attach.Task
	service attach.Service
	session int32
	woken   atomic.Bool
}

// NewWait makes a wait for the calling task, which begins with Park. It is given to
// the goroutine, timer or table that is to wake the task.
func (c Call) NewWait() *Wait {
	t := c.task()
	return &Wait{c: c, task: t, service: t.Generation().Service(), session: t.NewSession()}
}

// Park has the task wait until Wake was called. It returns at once if that was before.
// Where the task is killed it doesn't return; deferred functions run.
func (w *Wait) Park() {
	if !w.woken.Load() {
		w.task.Park(vm.Of(w.c.state), w.session)
	}
}

// Waiting tells whether the task is in Park. It is for calls of the task's service, and
// functions that Service.Do runs.
func (w *Wait) Waiting() bool { return w.task.Waits(w.session) }

// Wake ends the wait. It may be called by any goroutine; only the first call counts.
// It is safe, and does nothing, once the task or the service is gone.
func (w *Wait) Wake() {
	if !w.woken.Swap(true) {
		w.service.Wake(w.session)
	}
}

// Yield has the calling task wait until the messages that the service has now were
// handled.
func (c Call) Yield() {
	wait := c.NewWait()
	wait.service.Wake(wait.session)
	wait.Park()
}

// Closing tells whether the task is being ended, and runs its __close methods: it can't
// wait for anything.
func (c Call) Closing() bool { return vm.Of(c.state).Closing() }
