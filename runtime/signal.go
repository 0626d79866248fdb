package runtime

import (
	"fmt"
	"time"

	"devnode/runtime/lua/vm"
)

// signalPatience is how long Lua code has to tell what a signal ends.
const signalPatience = time.Second

// Signal breaks what a service runs at this moment, as skynet's signal does, and
// tells what that was. It never ends what comes after: where the service runs
// nothing the error is ErrIdle. What runs no Lua at this moment is broken once it
// does; then the activity has no line.
func (n *Node) Signal(h Handle, signal int) (Activity, error) {
	s, err := n.endingService(h)
	if err != nil {
		return Activity{}, err
	}
	var met Activity
	p := s.progress()
	q := s.signal(signal)
	q.answer = func(g *Generation, f *vm.Fiber) {
		met = s.runs(f)
		g.log("recv a signal %d", signal)
	}
	if s.askRunning(q, signalPatience) {
		met.For = p.Since
		return met, nil
	}
	now := s.progress()
	if !now.Running || now.Message != p.Message || s.native != nil {
		return Activity{}, fmt.Errorf("signal %s (%s): %w", h, s.script, ErrIdle)
	}
	later := s.signal(signal)
	later.message = p.Message
	later.answer = func(g *Generation, _ *vm.Fiber) { g.log("recv a signal %d", signal) }
	s.pose(later)
	met = s.handledNow()
	met.For = now.Since
	return met, nil
}

func (s *Service) signal(signal int) *question {
	return &question{fail: fmt.Errorf("signal %d", signal)}
}

// unspin breaks the endless loop that a service was found in, if it is in it
// still.
func (s *Service) unspin() {
	if found := s.spinning.Load(); found != 0 && s.spinsStill() {
		q := s.signal(0)
		q.message = found
		q.answer = func(g *Generation, _ *vm.Fiber) { g.log("recv a signal 0") }
		s.pose(q)
	}
}
