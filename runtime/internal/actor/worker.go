package actor

import (
	"sync"
	"sync/atomic"
	"time"
)

// batch is how many messages of one service a worker handles before it looks
// after the others.
const batch = 64

// Worker is one of the node's threads: it takes ready services, one at a time,
// and handles their messages. Each has a ready queue of its own, so that two
// services that talk to each other stay on one processor; a worker with
// nothing to do takes from the others, and so does one that has much less to do
// than another.
type Worker struct {
	// Own is what Options.Own has made.
	Own any

	scheduler *Scheduler
	mu        sync.Mutex
	ready     readyQueue
	length    atomic.Int32
	wake      chan struct{} // a token when there may be work
	idle      atomic.Bool
	current   atomic.Pointer[Actor]
	next      atomic.Pointer[Actor] // ready, and first in turn: a place that needs no lock
	stale     atomic.Bool           // it is to tidy
	since     atomic.Int64          // when it last read the clock, nanoseconds since the node's start
	due       atomic.Bool           // it is to read the clock at the end of its turn
	long      atomic.Pointer[longMessage]
	slice     timeSlice
	turns     uint32 // that it has given
	chain     int    // how many of the last ones were by next
}

// timeSlice is a worker's turn on one service. It isn't on the stack of the worker's
// loop, since that moves to another goroutine when a task parks.
type timeSlice struct {
	actor *Actor // nil between two turns
	left  int    // how many messages it may still handle
}

// maxChain bounds how many services, each made ready by the one before, go ahead
// of those in the ready queue. Two that talk to each other are several times as
// fast while the processor's caches have them at hand.
const maxChain = 8

func (w *Worker) nudge() {
	select {
	case w.wake <- struct{}{}:
	default:
	}
}

// serve is the worker's goroutine.
func (w *Worker) serve() {
	w.scheduler.options.Serve(w, w.loop)
}

// loop gives one service after another its turn, until the node halts or a task
// that it has started parks: then it is called again, on another goroutine.
func (w *Worker) loop() {
	sc := w.scheduler
	for w.slice.actor != nil || !sc.stopped.Load() {
		s := w.slice.actor
		if s == nil {
			if s = w.find(); s == nil {
				w.sleep()
				continue
			}
			w.current.Store(s)
			w.slice = timeSlice{actor: s, left: batch}
		}
		if !s.Owner.Run(w) {
			return
		}
		w.slice.actor = nil
		if w.due.Load() {
			w.account(s)
		}
	}
}

// find is the next service in turn, nil if none is ready.
func (w *Worker) find() *Actor {
	if w.stale.Load() {
		w.stale.Store(false)
		w.scheduler.options.Tidy(w)
	}
	w.turns++
	if w.turns%lookAround == 0 {
		if s := w.relieve(); s != nil {
			return s
		}
	}
	if s := w.takeNext(); s != nil {
		w.chain++
		return s
	}
	w.chain = 0
	if s := w.takeReady(); s != nil {
		return s
	}
	return w.steal()
}

// lookAround is after how many turns a worker looks whether another has more to
// do. Services that keep each other busy stay on the worker that took them: two
// could have a processor for themselves while dozens share the other.
const lookAround = 64

// relieve takes a service from a worker that has at least two more of them ready,
// or that is in a long turn: it hasn't read the clock since it was asked to. It is
// nil if there is none.
func (w *Worker) relieve() *Actor {
	for _, other := range w.scheduler.InUse() {
		stuck := other.due.Load()
		if other == w || !stuck && other.length.Load() <= w.length.Load()+1 {
			continue
		}
		if s := other.takeReady(); s != nil {
			return s
		}
		if stuck {
			if s := other.takeNext(); s != nil {
				return s
			}
		}
	}
	return nil
}

// account puts the time since the last reading of the clock down to the service
// that had the turn just now. Reading it costs as much as pushing a message, so
// that is done when the balancer asks, and before the worker sleeps: turns much
// shorter than its period are charged by chance, long ones in full.
func (w *Worker) account(s *Actor) {
	w.due.Store(false)
	s.Mailbox.mu.Lock()
	now := int64(w.scheduler.Elapsed())
	s.Mailbox.CPU += time.Duration(now - w.since.Swap(now))
	s.Mailbox.mu.Unlock()
}

func (w *Worker) takeNext() *Actor {
	if w.next.Load() == nil {
		return nil
	}
	return w.next.Swap(nil)
}

// takeReady takes the first service of the ready queue.
func (w *Worker) takeReady() *Actor {
	if w.length.Load() == 0 {
		return nil
	}
	w.mu.Lock()
	s := w.ready.pop()
	w.length.Store(int32(w.ready.n))
	w.mu.Unlock()
	return s
}

func (w *Worker) steal() *Actor {
	for _, other := range w.scheduler.InUse() {
		if other == w {
			continue
		}
		if s := other.takeReady(); s != nil {
			return s
		}
		if s := other.takeNext(); s != nil {
			return s
		}
	}
	return nil
}

// sleep waits for work. It announces itself before it looks a last time, so
// that whoever makes a service ready either sees it idle or is seen.
func (w *Worker) sleep() {
	sc := w.scheduler
	if s := w.current.Swap(nil); s != nil {
		w.account(s)
	}
	w.idle.Store(true)
	sc.idle.Add(1)
	if !sc.anyReady() && !sc.stopped.Load() {
		<-w.wake
	}
	w.idle.Store(false)
	sc.idle.Add(-1)
	w.since.Store(int64(w.scheduler.Elapsed()))
	select {
	case sc.tick <- struct{}{}:
	default:
	}
}

func (w *Worker) hasReady() bool { return w.next.Load() != nil || w.length.Load() > 0 }

// enqueue puts a service into the ready queue, and returns its length.
func (w *Worker) enqueue(s *Actor) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.ready.push(s)
	w.length.Store(int32(w.ready.n))
	return w.ready.n
}

// GoesOn is told that a message of the turn was handled, and is false when the turn is
// over: the service is ready still, and others have waited for long.
func (w *Worker) GoesOn() bool {
	w.slice.left--
	if w.slice.left == 0 || w.due.Load() && w.hasReady() {
		w.scheduler.putLast(w.slice.actor, w)
		return false
	}
	return true
}
