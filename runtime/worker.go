package runtime

import (
	"devnode/runtime/internal/actor"
	"devnode/runtime/lua/vm"
)

// worker is what one of the node's workers keeps for the services whose turns it gives.
type worker struct {
	*actor.Worker
	spare     []*Task        // ended ones, for reuse
	data      actor.FreeList // messages, for reuse
	box       actor.Boxer
	host      *vm.Host // of its loop
	inMessage bool     // the service in hand is in the middle of a message
}

// newScheduler makes the node's scheduler.
func newScheduler(n *Node) *actor.Scheduler {
	return actor.NewScheduler(actor.Options{
		Workers: n.config.Workers,
		Epoch:   n.epoch,
		Own:     func(w *actor.Worker) any { return &worker{Worker: w, host: n.pool.NewHost()} },
		Serve: func(w *actor.Worker, loop func()) {
			own := w.Own.(*worker)
			own.host.Serve(loop)
			own.releaseSpare()
		},
		Tidy: func(w *actor.Worker) { w.Own.(*worker).releaseSpare() },
	})
}

// push puts a message into a service's mailbox. from is the worker that the
// caller runs on, if any. It is false when the service is gone.
func (n *Node) push(s *Service, m Message, from *worker) bool {
	return n.sched.Push(&s.actor, m, from.itself())
}

// itself is the worker as the scheduler knows it, nil for nil.
func (w *worker) itself() *actor.Worker {
	if w == nil {
		return nil
	}
	return w.Worker
}
