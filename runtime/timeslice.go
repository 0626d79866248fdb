package runtime

import "devnode/runtime/lua/vm"

// run handles messages until there are none, or others have waited long
// enough (actor.Owner). It is false where a task has parked that ran on this goroutine:
// the turn goes on elsewhere.
func (s *Service) run(w *worker) bool {
	s.worker = w
	if t := s.running; t != nil { // that is how the turn goes on
		s.suspended(t)
	}
	for {
		t := s.nextTask(w)
		switch {
		case t == nil:
			return true
		case s.mayRunHere(t):
			t.state = taskActive
			s.running = t
			if !w.host.Run(t.fiber) {
				return false
			}
			s.suspended(t)
			s.finish(t)
		case t.state != taskOver && s.resume(t) == vm.Dead:
			s.finish(t)
		}
	}
}

// mayRunHere tells whether a task can run on the goroutine of the worker's loop:
// one that is new, and needs nothing done around it.
func (s *Service) mayRunHere(t *Task) bool {
	return t.state == taskReady && t.pause == notPaused && s.upgrade == nil
}

// nextTask finds out which task is to run next in the worker's turn: one that was
// woken, a fork, or that of the next message. It is nil at the end of the turn.
func (s *Service) nextTask(w *worker) *Task {
	for {
		if w.inMessage {
			if s.leaving == nil {
				if t := s.nextWoken(); t != nil {
					return t
				}
				if t := s.nextFork(); t != nil {
					return t
				}
			}
			w.inMessage = false
			s.handled()
			if !s.goesOn(w) {
				return nil
			}
		}
		m, ok := s.nextMessage()
		if !ok {
			return nil
		}
		w.inMessage = true
		if why := s.doomed.Load(); why != nil {
			s.leave(*why)
			s.discard(m, (*why).Error())
		} else if t := s.taskFor(m); t != nil {
			return t
		}
	}
}

// goesOn does what is left to do after a message, and is false when the turn is
// over.
func (s *Service) goesOn(w *worker) bool {
	if n := s.actor.Mailbox.TakeOverload(); n > 0 {
		s.log("error: May overload, message queue length = %d", n)
	}
	if s.leaving != nil {
		s.end()
		return false
	}
	return w.GoesOn()
}

// nextFork is the next of the tasks that the handler forked, and that these
// fork, in order.
func (s *Service) nextFork() *Task {
	if s.blocked != nil {
		return nil
	}
	for len(s.forks) > 0 {
		t := s.forks[0]
		s.forks[0] = nil
		s.forks = s.forks[1:]
		if t.state == taskReady {
			return t
		}
	}
	s.forks = nil
	return nil
}
