package runtime

import (
	"context"
	"fmt"

	lua "github.com/yuin/gopher-lua"
)

// Trace turns the trace of a service's messages of one protocol on or off: the
// console's trace, and skynet.traceproto from outside. A traced request writes
// a line to the log wherever it calls, sleeps, answers or ends.
func (n *Node) Trace(ctx context.Context, h Handle, proto string, on bool) error {
	s, err := n.Service(h)
	if err != nil {
		return err
	}
	asked := n.ask(ctx, s, func(s *Service) {
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
