package runtime

// The message that a service handles is kept until that is over: if it fails, the
// log says how large it was.

// inFlight is what a service is in the middle of: a message, what runs for it, and what
// waits for its end.
type inFlight struct {
	message    Message // what is being handled, for the log; without data once others have that
	handedOver bool    // its values were handed over
	running    *Task
	forks      []*Task
	blocked    *Task     // that runs something outside, as os.execute: nothing else is handled
	aside      []Message // that came meanwhile
	living     int32     // tasks of all generations
}

// markHandedOver is told that the values of a message were handed over to Lua.
func (s *Service) markHandedOver(d *Data) {
	if d != nil && d == s.message.Data {
		s.handedOver = true
		return
	}
	s.worker.data.Recycle(d)
}

// letGo takes a message from Lua, to be sent: it is the receiver's.
func (s *Service) letGo(d *Data) {
	if d == s.message.Data {
		s.message.Data = nil
	}
	d.LeaveLua()
}

// handled ends the handling of a message.
func (s *Service) handled() {
	if s.handedOver {
		s.handedOver = false
		s.worker.data.Recycle(s.message.Data)
	}
	s.message.Data = nil
}
