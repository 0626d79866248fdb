package runtime

import (
	"context"
	"fmt"
	"sync/atomic"
	"time"

	"devnode/runtime/lua/vm"
)

// inspect runs look on the service, between two messages, or between two
// instructions where it is in one for long: then running is what it runs. look
// must change nothing.
func (n *Node) inspect(ctx context.Context, s *Service, look func(s *Service, running *vm.Fiber)) error {
	return n.inquire(ctx, s, func() { look(s, nil) }, func(f *vm.Fiber) { look(s, f) })
}

// askNow is ask of somebody who doesn't wait for a service that is in one message
// for long: that is a BusyError.
func (n *Node) askNow(ctx context.Context, s *Service, fn func(*Service)) error {
	return n.inquire(ctx, s, func() { fn(s) }, nil)
}

// inquire runs one of two functions on the service, once: idle between two
// messages, or within, if it isn't nil, in the middle of a message that takes long.
// Neither runs after it has returned.
func (n *Node) inquire(ctx context.Context, s *Service, idle func(), within func(*vm.Fiber)) error {
	var begun atomic.Bool
	done := make(chan struct{})
	once := func(fn func()) {
		if begun.CompareAndSwap(false, true) {
			fn()
			close(done)
		}
	}
	if !n.do(s, func(*Service) { once(idle) }) {
		return fmt.Errorf("%s: %w", s.actor.Handle(), ErrNoService)
	}
	look := time.NewTicker(sampleAfter)
	defer look.Stop()
	for {
		var err error
		select {
		case <-done:
			return nil
		case <-ctx.Done():
			err = fmt.Errorf("%s (%s): no answer: %w; %s", s.actor.Handle(), s.script, ctx.Err(), s.busyWith())
		case <-look.C:
			if within != nil && s.progress().Since >= sampleAfter {
				s.askRunning(&question{answer: func(_ *Generation, f *vm.Fiber) { once(func() { within(f) }) }}, answerPatience)
			}
			busy := s.busy()
			if busy == nil {
				continue
			}
			err = busy
		}
		if begun.CompareAndSwap(false, true) {
			return err
		}
		<-done
		return nil
	}
}
