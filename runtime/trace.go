package runtime

import (
	"context"
	"fmt"

	lua "github.com/yuin/gopher-lua"
)

// taskTrace is what is noted of a task for traces and profiles.
type taskTrace struct {
	trace    string   // its tag, if it is traced
	traceOff bool     // it may not be traced
	origin   string   // of a timer: from where it was started, if that is wanted
	profile  *profile // of skynet.profile
}

// tracing is what a service knows of the traces that it takes part in (skynet.trace).
type tracing struct {
	traceID int               // of the last trace that began here
	tags    map[Handle]string // of the trace of a sender's next request
}

// Trace turns the trace of a service's messages of one protocol on or off: the
// console's trace, and skynet.traceproto from outside. A traced request writes
// a line to the log wherever it calls, sleeps, answers or ends.
func (n *Node) Trace(ctx context.Context, h Handle, proto string, on bool) error {
	s, err := n.Service(h)
	if err != nil {
		return err
	}
	asked := n.askNow(ctx, s, func(s *Service) {
		if s.code == nil {
			err = fmt.Errorf("trace %s: %s has no Lua code", h, s.script)
			return
		}
		p := s.code.protos[proto]
		if p == nil {
			err = fmt.Errorf("trace %s: %s has no protocol %q", h, s.script, proto)
			return
		}
		s.code.setTrace(p, lua.LBool(on))
	})
	if asked != nil {
		return asked
	}
	return err
}
