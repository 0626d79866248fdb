package runtime

// Between the end of its start function and the switch a new generation doesn't
// run: its loops and timers would do what those of the old generation still do, on
// kept state that may yet be migrated. The switch may be seconds away, where other
// services of a batch take long to prepare, or the old generation to finish.

type taskPause uint8

const (
	notPaused taskPause = iota
	paused              // not to run before the switch
	pausedDue           // it would run if it were not for that
)

// pauseTasks pauses the tasks that the start function has left.
func (u *upgrade) pauseTasks() {
	for t := u.next.first; t != nil; t = t.next {
		t.pause = paused
	}
}

// noteDue notes that a paused task would run.
func (s *Service) noteDue(t *Task) {
	if t.pause == paused && s.upgrade != nil {
		t.pause = pausedDue
		s.upgrade.due = append(s.upgrade.due, t)
	}
}

// resumePaused runs those that would have run meanwhile, in that order.
func (u *upgrade) resumePaused() {
	for t := u.next.first; t != nil; t = t.next {
		t.pause = notPaused
	}
	for _, t := range u.due {
		u.service.step(t)
	}
	u.due = nil
}
