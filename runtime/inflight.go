package runtime

// The message that a service handles is kept until that is over: if it fails, the
// log says how large it was.

// inFlight is what a service is in the middle of: a message, what runs for it, and what
// waits for its end.
type inFlight struct {
	handling Message // what is being handled, for the log; without data once others have that
	spent    bool    // its values were handed over
	running  *Task
	forks    []*Task
	blocked  *Task     // that runs something outside, as os.execute: nothing else is handled
	aside    []Message // that came meanwhile
	living   int32     // tasks of all generations
}

// spend is told that the values of a message were handed over to Lua.
func (s *Service) spend(d *Data) {
	if d != nil && d == s.handling.Data {
		s.spent = true
		return
	}
	s.worker.data.Recycle(d)
}

// letGo takes a message from Lua, to be sent: it is the receiver's.
func (s *Service) letGo(d *Data) {
	if d == s.handling.Data {
		s.handling.Data = nil
	}
	d.LeaveLua()
}

// handled ends the handling of a message.
func (s *Service) handled() {
	if s.spent {
		s.spent = false
		s.worker.data.Recycle(s.handling.Data)
	}
	s.handling.Data = nil
}
