package runtime

import (
	"errors"
	"fmt"
	"slices"
	"sync/atomic"
	"time"

	"devnode/runtime/internal/actor"
	"devnode/runtime/internal/attach"
	"devnode/runtime/internal/logshare"
)

// A service ends with code of its own: the __close methods of its tasks and the
// __gc methods of its VM. Nobody finds the service any more by then, but it is
// listed as ending where that takes long, a signal or a kill ends what it runs, and
// there is a deadline (Config.EndTimeout).

// endState is what is known of the end of a service.
type endState struct {
	endDeadline *actor.Alarm          // of what an exit runs
	leaving     error                 // set: the service ends once the running task is out
	over        chan struct{}         // closed once the service has ended
	doomed      atomic.Pointer[error] // set from outside: it has to end, and why
	cutEnd      atomic.Pointer[error] // set from outside: its end is to end, and why
}

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

// end takes the service down: everybody who waits for it gets an answer, and
// nothing of it is left. It runs between two tasks.
func (s *Service) end() {
	s.closeTasks()
	s.endDeadline.Stop()
	reason := s.leaving.Error()
	s.node.handles.Retire(s.actor.Handle())
	dropped := s.upgrade
	if dropped != nil {
		dropped.drop(errors.New(reason))
	}
	peers := map[Handle]bool{}
	for _, w := range s.waits.all() {
		if w.peer != 0 {
			peers[w.peer] = true
		}
	}
	s.forks = nil
	for _, g := range s.generations() {
		g.close(reason, false)
	}
	for _, g := range s.ending {
		g.finalize()
	}
	s.keptResponses.fail(s, reason)
	s.code, s.draining, s.ending, s.keptResponses = nil, nil, nil, nil
	s.publish()
	s.tellReady()
	s.waits = sessions{}
	s.sleepers, s.woken, s.failed, s.kept, s.classes = nil, nil, nil, nil, nil
	for peer := range peers {
		s.node.send(s, peer, PTypeError, 0, nil)
	}
	s.hasRun()
	if n := s.logged.LeftOut.Swap(0); n > 0 {
		s.log("%s", logshare.LeftOutText(n))
	}
	s.states.Tell(attach.Ended, nil) // who is told next may want the same address
	s.states = nil
	s.opened.close()
	if dropped != nil {
		dropped.tellFailed(errors.New(reason))
	}
	if s.launched != nil {
		s.launched(s.leaving)
		s.launched = nil
	}
	for _, m := range slices.Concat(s.held, s.aside, s.actor.Mailbox.Close()) {
		s.discard(m, reason)
	}
	s.held, s.aside = nil, nil
	s.mail.Swap(nil).close()
	s.node.gone(s)
}

// discard is for a message that comes too late: its sender is told.
func (s *Service) discard(m Message, reason string) {
	if m.Type == ptypeControl {
		m.Data.RunControl()
	} else {
		s.refuse(m, reason)
	}
}

// leave has the service end as soon as the running task is out of the way.
func (s *Service) leave(why error) {
	if s.leaving == nil {
		s.leaving = why
	}
}
