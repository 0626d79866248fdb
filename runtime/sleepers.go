package runtime

import lua "github.com/yuin/gopher-lua"

// Tasks that skynet.wakeup can wake are found by token. Two of one generation
// can't have the same, but code that waits on a string goes on doing so under
// the next generation: the newer task lies above the older one.

// wakeup is one that was asked for, of a task that slept on a token then.
type wakeup struct {
	task  *Task
	token lua.LValue
}

// sleeper is the task that sleeps on a token: that of g if it has one, or else
// that of the newest generation.
func (s *Service) sleeper(token lua.LValue, g *Generation) *Task {
	for t := s.sleepers[token]; t != nil; t = t.below {
		if t.gen == g {
			return t
		}
	}
	return s.sleepers[token]
}

// addSleeper has a task found by its token.
func (s *Service) addSleeper(t *Task, token lua.LValue) {
	if s.sleepers == nil {
		s.sleepers = make(map[lua.LValue]*Task)
	}
	t.token, t.below = token, s.sleepers[token]
	s.sleepers[token] = t
}

// removeSleeper ends what addSleeper began. It is nothing for a task that doesn't sleep.
func (s *Service) removeSleeper(t *Task) {
	if t.token == nil {
		return
	}
	switch first := s.sleepers[t.token]; {
	case first != t:
		above := first
		for above != nil && above.below != t {
			above = above.below
		}
		if above != nil {
			above.below = t.below
		}
	case t.below == nil:
		delete(s.sleepers, t.token)
	default:
		s.sleepers[t.token] = t.below
	}
	t.token, t.below = nil, nil
}

// wake notes that a task is to be woken once the one that runs suspends.
func (s *Service) wake(t *Task) { s.woken = append(s.woken, wakeup{t, t.token}) }
