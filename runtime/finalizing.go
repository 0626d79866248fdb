package runtime

import "devnode/runtime/lua/stdlib"

// runFinalizers runs the __gc methods of what is left in g's VM, at the end of
// the generation or of its service, however that ended. They may use skynet, but
// can't wait for anything; what they fork, or have a timer do, doesn't come about.
// Those that take too long all together are cut (limitFinalizers).
func (g *Generation) runFinalizers() {
	s, v := g.service, g.vm
	t := &Task{service: s, gen: g, kind: taskFork, state: taskActive, shared: true}
	t.fiber = v.NewFiber(t)
	limit := g.limitFinalizers()
	defer limit.Stop()
	outer := s.running
	s.running, g.finalizing = t, true
	stdlib.Finalize(v, t.fiber)
	s.running, g.finalizing = outer, false
	t.state = taskOver
	for _, left := range g.tasks() {
		s.kill(left, "")
	}
}
