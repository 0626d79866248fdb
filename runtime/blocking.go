package runtime

import "devnode/runtime/lua/vm"

// What the standard library does outside of Lua, as os.execute, io.popen and the
// reading of files, keeps a service of skynet from all else: no message overtakes
// it. Here it takes no worker, but the service handles no other message either:
// they are put aside in order. What is asked of the service from outside (info,
// kill, a reload) is done all the same.

// awaitAlone is awaitWork, except that the service does nothing else meanwhile. A
// generation that is being prepared doesn't hold up the one that serves.
func (t *Task) awaitAlone(f *vm.Fiber, work func()) {
	s := t.service
	if f.Closing() || t.gen.preparing() || s.blocked != nil {
		t.awaitWork(f, work)
		return
	}
	s.blocked = t
	defer func() { s.blocked = nil }() // also where the task is killed
	t.awaitWork(f, work)
}

// nextMessage takes the next message that may be handled.
func (s *Service) nextMessage() (Message, bool) {
	if len(s.aside) > 0 && s.blocked == nil {
		return s.takeAside(), true
	}
	for {
		m, ok := s.actor.Mailbox.Pop(s.living)
		if !ok || s.blocked == nil || s.handlesBlocked(m) {
			return m, ok
		}
		s.putAside(m)
	}
}

// handlesBlocked tells whether a message is handled while a task blocks the
// service: that the task goes on, what is asked from outside, and all once the
// service is to end.
func (s *Service) handlesBlocked(m Message) bool {
	return m.Type == ptypeControl || m.Type == ptypeTimer && m.Session == s.blocked.session || s.doomed.Load() != nil
}

func (s *Service) putAside(m Message) {
	s.aside = append(s.aside, m)
	s.actor.Mailbox.PutAside(1)
}

func (s *Service) takeAside() Message {
	m := s.aside[0]
	s.aside[0] = Message{}
	s.aside = s.aside[1:]
	s.actor.Mailbox.PutAside(-1)
	return m
}

// waitsItsTurn has code that came as a control message, but is the service's own,
// wait while a task blocks the service. It is false when it may run now.
func (s *Service) waitsItsTurn(fn func(*Service)) bool {
	if s.blocked == nil {
		return false
	}
	s.putAside(s.controlMessage(fn))
	return true
}
