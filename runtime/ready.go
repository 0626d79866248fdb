package runtime

import (
	"context"
	"fmt"
)

// awaitReady waits until a service can take requests: its start function has
// returned, or has registered who handles lua messages. A service that ends
// meanwhile counts as ready. Services don't wait for each other like this: where
// two start at once, both would wait for ever.
func (n *Node) awaitReady(ctx context.Context, s *Service) error {
	if s.native != nil {
		return nil
	}
	ready := make(chan struct{})
	if !n.do(s, func(s *Service) { s.whenReady(func() { close(ready) }) }) {
		return fmt.Errorf("%s: %w", s.handle, ErrNoService)
	}
	select {
	case <-ready:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("%s (%s): has not finished its start function yet: %w; %s", s.handle, s.script, ctx.Err(), s.busyWith())
	}
}

func (s *Service) whenReady(fn func()) {
	g := s.code
	if g == nil || g.started || s.leaving != nil {
		fn()
		return
	}
	if p := g.protocolOf(PTypeLua); p != nil && p.dispatch != nil {
		fn()
		return
	}
	s.unready = append(s.unready, fn)
}

// tellReady tells those who wait for the service to be ready.
func (s *Service) tellReady() {
	for _, fn := range s.unready {
		fn()
	}
	s.unready = nil
}
