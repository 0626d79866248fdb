package vm

import (
	"fmt"
	"iter"
	"runtime/debug"
)

// signal is what a fiber tells the one that resumed it.
type signal uint8

const (
	sigDone  signal = iota // the body has ended
	sigPark                // it waits for something outside its VM
	sigYield               // coroutine.yield: the values are in the fiber
)

// runner is a Go coroutine that runs the bodies of fibers one after another, or
// the loop of a Host.
type runner struct {
	fiber *Fiber
	host  *Host // whose loop it runs, nil if it doesn't
	serve func()
	yield func(signal) bool
	next  func() (signal, bool)
	stop  func()
}

func newRunner() *runner {
	r := &runner{}
	r.next, r.stop = iter.Pull(r.loop)
	return r
}

func (r *runner) loop(yield func(signal) bool) {
	r.yield = yield
	for {
		if r.host != nil {
			r.serveTraced()
		} else {
			r.fiber.run()
		}
		if !yield(sigDone) {
			return
		}
	}
}

// serveTraced runs the loop. A panic in it ends the process by way of Serve, on
// another goroutine: it takes along where it was raised, which would be lost.
func (r *runner) serveTraced() {
	defer func() {
		if p := recover(); p != nil {
			panic(fmt.Sprintf("%v\n\n%s", p, debug.Stack()))
		}
	}()
	r.serve()
}
