package runtime

import (
	"context"
	"fmt"
	"sync/atomic"
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
	var starting atomic.Bool
	if !n.do(s, func(s *Service) { starting.Store(!s.whenReady(func() { close(ready) })) }) {
		return fmt.Errorf("%s: %w", s.actor.Handle(), ErrNoService)
	}
	select {
	case <-ready:
		return nil
	case <-ctx.Done():
		what := "no answer"
		if starting.Load() {
			what = "it has not finished its start function yet"
		}
		return fmt.Errorf("%s (%s): %s: %w; %s", s.actor.Handle(), s.script, what, ctx.Err(), s.busyWith())
	}
}

// whenReady calls fn at once, and is true, if the service is ready; else later.
func (s *Service) whenReady(fn func()) bool {
	g := s.code
	ready := s.leaving != nil || g != nil && g.started
	if !ready && g != nil {
		p := g.protocolOf(PTypeLua)
		ready = p != nil && p.dispatch != nil
	}
	if ready {
		fn()
	} else {
		s.unready = append(s.unready, fn)
	}
	return ready
}

// tellReady tells those who wait for the service to be ready.
func (s *Service) tellReady() {
	for _, fn := range s.unready {
		fn()
	}
	s.unready = nil
}
