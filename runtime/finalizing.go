package runtime

import (
	"errors"
	"time"

	"devnode/runtime/stdlib"
)

// finalizingPatience is how long the __gc methods at the end of a generation may
// take, all together.
const finalizingPatience = 5 * time.Second

var errFinalizing = errors.New("the __gc methods at the end took longer than " + finalizingPatience.String())

// runFinalizers runs the __gc methods of what is left in g's VM, at the end of
// the generation or of its service, however that ended. They may use skynet, but
// can't wait for anything; what they fork, or have a timer do, doesn't come about.
func (g *Generation) runFinalizers() {
	s, v := g.service, g.vm
	t := &Task{service: s, gen: g, kind: taskFork, state: taskActive, shared: true}
	t.fiber = v.NewFiber(t)
	overdue := time.AfterFunc(finalizingPatience, func() {
		g.overdue.Store(true)
		v.Interrupt()
	})
	defer overdue.Stop()
	outer := s.running
	s.running, g.finalizing = t, true
	stdlib.Finalize(v, t.fiber)
	s.running, g.finalizing = outer, false
	t.state = taskOver
	if g.overdue.Load() {
		g.log("error: %s: the rest was left out", errFinalizing)
	}
	for _, left := range g.tasks() {
		s.kill(left, "")
	}
}
