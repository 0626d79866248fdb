package runtime

import (
	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/lua/vm"
)

// taskWait is what a task waits for, and how that ended.
type taskWait struct {
	session int32 // that it waits for, 0 if none
	token   lua.LValue
	below   *Task // that sleeps on the same token
	reply   *Data
	woken   bool   // by skynet.wakeup, not by what it waited for
	failure string // why the answer will not come
	broken  bool   // the answer will not come
}

// awaited is what the tasks of a service wait for: answers, timers and wakeups.
type awaited struct {
	lastSession int32
	waits       sessions
	sleepers    map[lua.LValue]*Task // by token
	woken       []wakeup             // in the order of skynet.wakeup
	failed      []int32              // sessions whose peer is gone
	unnamed     map[int32]string     // sessions of requests to names that nobody has yet
	launchWaits []int32              // sessions of tasks that wait to launch a service
}

// wait is what a session is for.
type wait struct {
	task *Task
	peer Handle // who is to answer; 0 for a timer
}

// forget takes a task out of everything it waits for.
func (s *Service) forget(t *Task) {
	if w := s.waits.get(t.session); w.task == t {
		delete(s.unnamed, t.session)
		if w.peer == 0 {
			s.waits.take(t.session)
		} else {
			s.dropAnswer(t.session, w.peer)
		}
	}
	s.removeSleeper(t)
}

// dropAnswer has an answer that will come be dropped without a word.
func (s *Service) dropAnswer(session int32, peer Handle) {
	s.waits.put(session, wait{task: &Task{state: taskOver}, peer: peer})
}

// await registers the task as the one to resume when session is answered by
// peer, and parks it until then. f is the fiber that runs.
func (t *Task) await(f *vm.Fiber, session int32, peer Handle) {
	if f.Closing() {
		if peer != 0 {
			t.service.dropAnswer(session, peer)
		}
		f.Park() // raises
	}
	t.expect(session, peer)
	f.Park()
}

func (t *Task) expect(session int32, peer Handle) {
	s := t.service
	t.session, t.reply, t.woken, t.broken, t.failure = session, nil, false, false, ""
	s.waits.put(session, wait{task: t, peer: peer})
}

// respond gives the task that asked its answer.
func (s *Service) respond(m Message) *Task {
	t := s.waits.take(m.Session).task
	if t == nil {
		return s.unknownResponse(m)
	}
	t.reply = m.Data
	return t
}

func (s *Service) unknownResponse(m Message) *Task {
	if t := s.unknownAnswerTask(m); t != nil {
		return t
	}
	s.log("Response message : %s", m.Data.Text())
	s.log("Unknown session : %d from %x", m.Session, uint32(m.Source))
	return nil
}

// peerFailed notes the tasks that will get no answer, and gives the first of
// them. They are resumed one after another, as in skynet.
func (s *Service) peerFailed(m Message) *Task {
	if m.Session == 0 {
		for session, w := range s.waits.all() {
			if w.peer == m.Source {
				s.failed = append(s.failed, session)
				w.task.failure = "the service is gone"
			}
		}
	} else if w := s.waits.get(m.Session); w.task != nil {
		w.task.failure = m.Data.Text()
		s.failed = append(s.failed, m.Session)
	}
	return s.nextWoken()
}

// nextWoken is the next task to run because of a wakeup or a lost answer.
func (s *Service) nextWoken() *Task {
	if s.blocked != nil {
		return nil
	}
	for len(s.woken) > 0 {
		t, token := s.woken[0].task, s.woken[0].token
		s.woken = s.woken[1:]
		if t.token != nil && t.token == token {
			s.removeSleeper(t)
			s.waits.take(t.session)
			t.woken = true
			return t
		}
	}
	for len(s.failed) > 0 {
		session := s.failed[0]
		s.failed = s.failed[1:]
		if w := s.waits.take(session); w.task != nil {
			w.task.broken = true
			return w.task
		}
	}
	return nil
}

func (s *Service) newSession() int32 {
	for {
		s.lastSession++
		if s.lastSession <= 0 {
			s.lastSession = 1
		}
		if s.waits.get(s.lastSession).task == nil {
			return s.lastSession
		}
	}
}
