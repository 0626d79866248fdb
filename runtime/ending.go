package runtime

import (
	"fmt"
	"slices"
	"time"

	"devnode/runtime/internal/actor"
)

// A service ends with code of its own: the __close methods of its tasks and the
// __gc methods of its VM. Nobody finds the service any more by then, but it is
// listed as ending where that takes long, a signal or a kill ends what it runs, and
// there is a deadline (Config.EndTimeout).

// listEndingAfter is how long an end takes before the service is listed.
const listEndingAfter = 100 * time.Millisecond

// endingService finds a live service, or one that is ending.
func (n *Node) endingService(h Handle) (*Service, error) {
	if s := n.grabEnding(h); s != nil {
		return s, nil
	}
	return nil, fmt.Errorf("%s: %w", h, ErrNoService)
}

// slowEndings are the services whose end takes long.
func (n *Node) slowEndings() []*Service {
	return slices.DeleteFunc(n.leaving(), func(s *Service) bool { return s.progress().Since < listEndingAfter })
}

// cutItsEnd has what a service that ends still runs end at once.
func (s *Service) cutItsEnd(why error) {
	s.cutEnd.CompareAndSwap(nil, &why)
	s.doomed.CompareAndSwap(nil, &why)
	s.interrupt()
}

// limitEnd has a service that ends by its own code end at once when that takes
// longer than the deadline.
func (s *Service) limitEnd() {
	if s.endDeadline != nil {
		return
	}
	n := s.node
	s.endDeadline = actor.SetAlarm(n.config.EndTimeout, func() {
		s.tooLong("__close")
		n.terminate(s, s.outlasts("__close"))
	})
}

// limitFinalizers has the __gc methods of g be cut when they take longer than the
// deadline.
func (g *Generation) limitFinalizers() *actor.Alarm {
	s, machine := g.service, g.vm
	return actor.SetAlarm(s.node.config.EndTimeout, func() {
		s.tooLong("__gc")
		why := s.outlasts("__gc")
		g.cutOff.Store(&why)
		machine.Interrupt()
	})
}

func (s *Service) outlasts(method string) error {
	return fmt.Errorf("%s (%s): its %s methods outlast %s", s.actor.Handle(), s.script, method, s.node.config.EndTimeout)
}

// tooLong says what the service does at its deadline.
func (s *Service) tooLong(method string) {
	where := ""
	if doing, ok := s.doing(); ok {
		where = ", it is running " + doing.String()
	}
	s.node.logLine(s.actor.Handle(), s.edition(), fmt.Sprintf("error: the %s methods of %s outlast %s%s: they are ended", method, s.script, s.node.config.EndTimeout, where))
}
