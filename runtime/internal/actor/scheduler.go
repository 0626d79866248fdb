package actor

import (
	"sync"
	"sync/atomic"
	"time"
)

// Scheduler drives the ready services with a fixed set of workers, and with one
// more for each that doesn't come out of a message.
type Scheduler struct {
	options Options
	workers []*Worker     // those in use, and then those that may stand in for them
	used    atomic.Int32  // how many are in use; they stay
	next    atomic.Uint32 // spreads what comes from outside over the workers
	idle    atomic.Int32
	stopped atomic.Bool
	done    sync.WaitGroup
	tick    chan struct{} // wakes the balancer
	stop    chan struct{}
}

// Options are what a scheduler is made of.
type Options struct {
	Workers int       // how many are to be free to take services
	Epoch   time.Time // from which times are counted
	// Own makes what a worker keeps for those whose turns it gives (Worker.Own).
	Own func(*Worker) any
	// Serve calls loop until it returns by itself; it may call it again, on another
	// goroutine, where Owner.Run was false. It runs on the worker's goroutine.
	Serve func(w *Worker, loop func())
	// Tidy has a worker let go of what it keeps for reuse (Scheduler.TidyAll).
	Tidy func(*Worker)
}

// NewScheduler makes a scheduler. It runs from Start to Halt.
func NewScheduler(o Options) *Scheduler {
	sc := &Scheduler{options: o, tick: make(chan struct{}, 1), stop: make(chan struct{})}
	for range o.Workers + maxStandIns {
		w := &Worker{scheduler: sc, wake: make(chan struct{}, 1)}
		w.Own = o.Own(w)
		sc.workers = append(sc.workers, w)
	}
	sc.used.Store(int32(o.Workers))
	return sc
}

// Elapsed is the time since the epoch.
func (sc *Scheduler) Elapsed() time.Duration { return time.Since(sc.options.Epoch) }

// Push puts a message into an actor's mailbox. from is the worker that the caller runs
// on, nil for any other goroutine. It is false when the actor is gone.
func (sc *Scheduler) Push(a *Actor, m Message, from *Worker) bool {
	ready, ok := a.Mailbox.Push(m)
	if ready {
		sc.put(a, from)
	}
	return ok
}

// Start starts the workers.
func (sc *Scheduler) Start() {
	for _, w := range sc.InUse() {
		sc.done.Go(w.serve)
	}
	sc.done.Go(sc.balance)
}

// Halt ends the workers after the messages they are handling, and waits.
func (sc *Scheduler) Halt() {
	if sc.stopped.Swap(true) {
		return
	}
	close(sc.stop)
	for _, w := range sc.InUse() { // one that comes after this sees that it has stopped
		w.nudge()
	}
	sc.done.Wait()
}

// put makes a service ready. from is the worker that the caller runs on, nil
// for any other goroutine.
func (sc *Scheduler) put(s *Actor, from *Worker) {
	w := from
	if w == nil {
		w = sc.pick()
	} else if (w.chain < maxChain || w.length.Load() == 0) && w.next.CompareAndSwap(nil, s) {
		return
	}
	n := w.enqueue(s)
	if from == nil {
		w.nudge()
		return
	}
	// The worker itself takes the one service that is ready next: waking
	// another for it would cost more than it brings. The balancer looks after
	// the case that the worker stays busy for long.
	if n > 0 && sc.idle.Load() > 0 {
		sc.wakeOne()
	}
}

// putLast makes a service ready whose turn on w is over: it goes behind all that
// wait there.
func (sc *Scheduler) putLast(s *Actor, w *Worker) {
	if n := w.enqueue(s); (n > 1 || w.next.Load() != nil) && sc.idle.Load() > 0 {
		sc.wakeOne()
	}
}

// TidyAll has all workers let go of what they keep for reuse, before they next
// look for work.
func (sc *Scheduler) TidyAll() {
	for _, w := range sc.InUse() {
		w.stale.Store(true)
		w.nudge()
	}
}

// pick chooses the worker for work from outside: an idle one if there is one, else
// one that isn't in a long turn.
func (sc *Scheduler) pick() *Worker {
	workers := sc.InUse()
	for _, w := range workers {
		if w.idle.Load() {
			return w
		}
	}
	next := int(sc.next.Add(1))
	for i := range workers {
		if w := workers[(next+i)%len(workers)]; w.long.Load() == nil {
			return w
		}
	}
	return workers[next%len(workers)]
}

func (sc *Scheduler) wakeOne() {
	for _, w := range sc.InUse() {
		if w.idle.Load() {
			w.nudge()
			return
		}
	}
}

func (sc *Scheduler) anyReady() bool {
	for _, w := range sc.InUse() {
		if w.hasReady() {
			return true
		}
	}
	return false
}

// InUse are the workers that have been started.
func (sc *Scheduler) InUse() []*Worker { return sc.workers[:sc.used.Load()] }

// Workers is how many workers are free to take services.
func (sc *Scheduler) Workers() int { return sc.options.Workers }
