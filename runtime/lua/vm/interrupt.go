package vm

import (
	"errors"
	"time"
)

// tickLength is how many instructions run between two looks at the world. An
// instruction pushes at most three frames, so a look in time always finds the
// call stack with room left (stackMargin).
const tickLength = 128

var errStackOverflow = errors.New("stack overflow")

var closed = func() chan struct{} {
	c := make(chan struct{})
	close(c)
	return c
}()

// Done is part of context.Context. gopher-lua's own loop calls it before every
// instruction, on the goroutine that runs the VM, and raises Err once the
// channel is closed. The loop of this package does the same by itself.
func (f *Fiber) Done() <-chan struct{} {
	f.ticks--
	if f.ticks > 0 {
		return nil
	}
	return f.tick()
}

func (f *Fiber) tick() <-chan struct{} {
	f.ticks = tickLength
	if f.hooks() {
		f.ticks = 1
	}
	if f.dying != nil && !f.closing {
		f.fault = f.dying
		return closed
	}
	if !f.ensureFrames() {
		f.fault = errStackOverflow
		return closed
	}
	var err error
	if f.vm.interrupt.Load() {
		f.vm.interrupt.Store(false)
		if f.vm.OnInterrupt != nil {
			err = f.vm.OnInterrupt(f)
		}
	}
	if err == nil && f.vm.Meter != nil {
		err = f.vm.Meter(f, 0)
	}
	if err == nil {
		return nil
	}
	f.end(err)
	return closed
}

// end has the fiber, and those that resumed it, unwind. A __close method that
// runs is ended like any other code, and no more of them run: they could catch
// the error, and go on for ever.
func (f *Fiber) end(why error) {
	for g := f; g != nil; g = g.parent {
		g.dying, g.closing = why, false
	}
	f.fault = why
}

// Poll is for Go code that works long without running Lua: it does what happens
// every few hundred instructions, and so raises an error if the fiber has to
// end. It takes some nanoseconds; a call for every few thousand steps is enough.
func (f *Fiber) Poll() {
	if f.tick() != nil && len(f.threads) > 0 {
		f.threads[len(f.threads)-1].RaiseError("%s", f.fault.Error())
	}
}

// ManyBytes is the size from which on a string is announced by Making.
const ManyBytes = 64 << 10

// Making is called by Go code before it makes a string of n bytes, where these
// are many. It raises an error if the VM isn't to have as much, or, as Poll, if the
// fiber has to end: a loop of some instructions around a function that moves hundreds of
// megabytes takes long to come to its next look at the world.
func (f *Fiber) Making(n int) {
	if n < ManyBytes {
		return
	}
	f.Poll()
	if f.vm.Meter == nil || f.dying != nil && !f.closing {
		return
	}
	if err := f.vm.Meter(f, n); err != nil && len(f.threads) > 0 {
		f.end(err)
		f.threads[len(f.threads)-1].RaiseError("%s", err.Error())
	}
}

// Err is part of context.Context: why Done's channel is closed.
func (f *Fiber) Err() error { return f.fault }

// Deadline is part of context.Context; a fiber has none.
func (f *Fiber) Deadline() (time.Time, bool) { return time.Time{}, false }

// Value is part of context.Context; a fiber carries none.
func (f *Fiber) Value(any) any { return nil }
