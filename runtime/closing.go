package runtime

import (
	"errors"

	"devnode/runtime/lua/value"
	"devnode/runtime/lua/vm"
)

// Where a service, or a task of it, ends by its own code (skynet.exit,
// skynet.killthread), the __close methods of the to-be-closed variables of its
// tasks run, as in skynet. They can't wait for anything. Where it is ended from
// outside, no more of its code runs.

// killClosing is kill, with the task's __close methods.
func (s *Service) killClosing(t *Task, reason string) {
	s.killBy((*vm.Fiber).Close, t, reason)
	if s.doomed.Load() != nil { // which may have ended the __close method only
		s.interrupt()
	}
	if err := t.fiber.Failure(); err != nil {
		t.gen.errorText(err)
		t.gen.reportClosing(err)
	}
}

// reportClosing logs the error of a __close method of a task that was ended.
func (g *Generation) reportClosing(err *vm.Error) {
	if err != nil && !err.Killed {
		g.log("error in a __close method of a task that was ended: %s", value.String(err.Value))
	}
}

// quits tells whether the service ends by skynet.exit, and nobody from outside
// wants it to end at once.
func (s *Service) quits() bool {
	return errors.Is(s.leaving, errExited) && s.doomed.Load() == nil
}

// closeTasks ends the tasks of a service that has called skynet.exit, but for
// the one that runs. All who wait for them are told before the first __close
// method runs, and the service can still be found, for a signal or a kill, should
// one never end.
func (s *Service) closeTasks() {
	if !s.quits() {
		return
	}
	s.limitEnd()
	reason := s.leaving.Error()
	var tasks []*Task
	for _, g := range s.generations() {
		if !g.preparing() {
			tasks = append(tasks, g.tasks()...)
		}
	}
	for _, t := range tasks {
		if t.kind == taskRequest && !t.own.deferred {
			t.own.fail(s, reason)
		}
	}
	for _, t := range tasks {
		if t != s.running && s.quits() {
			s.killClosing(t, reason)
		}
	}
}
