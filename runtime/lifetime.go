package runtime

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"devnode/runtime/internal/attach"
)

// lifetime is what a node is ended by, and what its end waits for.
type lifetime struct {
	ctx     context.Context // ends when the node closes
	cancel  context.CancelFunc
	natives sync.WaitGroup // blocking work in progress
	living  sync.WaitGroup // services with code, until nothing of them is left
	epoch   time.Time
	closing atomic.Bool
	aborted chan struct{}
	quiet   chan struct{} // see Quiet
	abort   sync.Once
	status  int // set before aborted is closed
}

// Aborted is closed when a service has asked for the end of the node
// (skynet.abort). The owner of the node then calls Close.
func (n *Node) Aborted() <-chan struct{} { return n.aborted }

// Abort asks the owner of the node to close it.
func (n *Node) Abort() { n.abortWith(0) }

// abortWith is Abort with a status for the process: os.exit of a service.
func (n *Node) abortWith(status int) {
	n.abort.Do(func() {
		n.status = status
		close(n.aborted)
	})
}

// Status is what a service has given os.exit as the status of the process. It is
// valid once Aborted is closed.
func (n *Node) Status() int { return n.status }

// Close ends all services, then the node. It waits for the handlers that run;
// one that doesn't end is interrupted. The last lines of the log are written
// when it returns. Closing twice does nothing.
func (n *Node) Close() {
	if n.closing.Swap(true) {
		return
	}
	n.Abort()
	for n.closeServices() {
	}
	n.living.Wait() // also those that were killed a moment ago
	n.monitor.halt()
	n.reclaim.Halt()
	n.timers.Halt()
	n.cancel()
	n.states.Tell(attach.Ended, nil)
	n.natives.Wait()
	n.sched.Halt()
	close(n.quiet)
	n.logger.flushFrom(n)
	n.events.close()
	n.pool.Close()
}

// closePatience is how long the __gc methods of services have when the node closes.
const closePatience = 300 * time.Millisecond

// closeServices ends the services there are and waits for them. It is false
// when there were none.
func (n *Node) closeServices() bool {
	var ending []*Service
	for _, s := range append(n.services(), n.leaving()...) {
		if s.native == nil {
			n.terminate(s, ErrClosed)
			ending = append(ending, s)
		}
	}
	patience := time.NewTimer(closePatience)
	defer patience.Stop()
	for _, s := range ending {
		select {
		case <-s.over:
			continue
		case <-patience.C:
		}
		for _, s := range ending {
			s.cutItsEnd(ErrClosed)
		}
		<-s.over
	}
	return len(ending) > 0
}

// elapsed is the time since the node was made.
func (n *Node) elapsed() time.Duration { return time.Since(n.epoch) }

// Kill ends a service at once, also one that is in an endless loop: callers
// get an error.
func (n *Node) Kill(h Handle) error {
	s, err := n.endingService(h)
	if err != nil {
		return err
	}
	if s.native != nil {
		return fmt.Errorf("%s (%s) is one of the node's own services: it can't be killed", h, s.script)
	}
	if n.grab(h) != s {
		s.cutItsEnd(s.killed())
		return nil
	}
	n.terminate(s, s.killed())
	return nil
}

// killed is why a service is gone that was killed.
func (s *Service) killed() error { return fmt.Errorf("%s (%s) was killed", s.actor.Handle(), s.script) }

// terminate ends a service from outside, whatever it does. From now on nobody
// finds it any more.
func (n *Node) terminate(s *Service, why error) {
	s.doomed.CompareAndSwap(nil, &why)
	n.handles.Retire(s.actor.Handle())
	n.do(s, func(s *Service) { s.leave(why) })
	s.interrupt()
}

// gone is called once a service has ended.
func (n *Node) gone(s *Service) {
	n.handles.Ended(s.actor.Handle())
	n.unique.forget(s.actor.Handle())
	if s.actor.Handle() == handleLogScript {
		n.handles.Name(".logger", handleLogger)
	}
	n.tellExitMonitor(s)
	n.events.emit(Event{Kind: EventExited, Service: s.actor.Handle(), Script: s.script})
	close(s.over)
	n.living.Done()
}
