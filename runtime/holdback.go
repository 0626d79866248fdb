package runtime

// Between the end of its start function and the switch a new generation doesn't
// run: its loops and timers would do what those of the old generation still do, on
// kept state that may yet be migrated. The switch may be seconds away, where other
// services of a batch take long to prepare, or the old generation to finish.

type taskHold uint8

const (
	holdNot taskHold = iota
	holdOn           // not to run before the switch
	holdDue          // it would run if it were not for that
)

// holdTasks holds back the tasks that the start function has left.
func (u *upgrade) holdTasks() {
	for t := u.next.first; t != nil; t = t.next {
		t.hold = holdOn
	}
}

// holdBack notes that a task which is held back would run.
func (s *Service) holdBack(t *Task) {
	if t.hold == holdOn && s.upgrade != nil {
		t.hold = holdDue
		s.upgrade.due = append(s.upgrade.due, t)
	}
}

// letTasksGo runs those that would have run meanwhile, in that order.
func (u *upgrade) letTasksGo() {
	for t := u.next.first; t != nil; t = t.next {
		t.hold = holdNot
	}
	for _, t := range u.due {
		u.service.step(t)
	}
	u.due = nil
}
