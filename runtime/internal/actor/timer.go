package actor

import (
	"container/heap"
	"sync"
	"time"
)

// Timers delivers the expiry of sessions to services (skynet_timer.c). Times
// are centiseconds at the API and kept exactly inside; two timers that expire
// at the same moment do so in the order in which they were set.
type Timers struct {
	scheduler *Scheduler
	mu        sync.Mutex
	heap      timerHeap
	seq       uint64
	wake      chan struct{}
	stop      chan struct{}
	done      sync.WaitGroup
}

type timerEntry struct {
	at      time.Duration // since the node's start
	seq     uint64
	actor   *Actor
	session int32
}

type timerHeap []timerEntry

func (h timerHeap) Len() int { return len(h) }
func (h timerHeap) Less(i, j int) bool {
	if h[i].at != h[j].at {
		return h[i].at < h[j].at
	}
	return h[i].seq < h[j].seq
}
func (h timerHeap) Swap(i, j int) { h[i], h[j] = h[j], h[i] }
func (h *timerHeap) Push(x any)   { *h = append(*h, x.(timerEntry)) }
func (h *timerHeap) Pop() any {
	old := *h
	x := old[len(old)-1]
	old[len(old)-1] = timerEntry{}
	*h = old[:len(old)-1]
	return x
}

// NewTimers makes timers that expire by messages. They run from Start to Halt.
func NewTimers(sc *Scheduler) *Timers {
	return &Timers{scheduler: sc, wake: make(chan struct{}, 1), stop: make(chan struct{})}
}

// Add has session expire in a after d.
func (ts *Timers) Add(a *Actor, session int32, d time.Duration) {
	at := ts.scheduler.Elapsed() + d
	ts.mu.Lock()
	ts.seq++
	heap.Push(&ts.heap, timerEntry{at: at, seq: ts.seq, actor: a, session: session})
	first := ts.heap[0].seq == ts.seq
	ts.mu.Unlock()
	if first {
		select {
		case ts.wake <- struct{}{}:
		default:
		}
	}
}

// Due is how long it is until a session of a expires; 0 where it won't.
func (ts *Timers) Due(a *Actor, session int32) time.Duration {
	ts.mu.Lock()
	defer ts.mu.Unlock()
	for _, e := range ts.heap {
		if e.actor == a && e.session == session {
			return max(1, e.at-ts.scheduler.Elapsed())
		}
	}
	return 0
}

// Start begins to deliver.
func (ts *Timers) Start() { ts.done.Go(ts.loop) }

// Halt ends that, and waits.
func (ts *Timers) Halt() {
	close(ts.stop)
	ts.done.Wait()
}

func (ts *Timers) loop() {
	clock := time.NewTimer(time.Hour)
	defer clock.Stop()
	for {
		if d, any := ts.expire(); any {
			clock.Reset(d)
		} else {
			clock.Stop()
		}
		select {
		case <-ts.stop:
			return
		case <-ts.wake:
		case <-clock.C:
		}
	}
}

// expire delivers what is due, and tells how long it is to the next one.
func (ts *Timers) expire() (next time.Duration, any bool) {
	for {
		now := ts.scheduler.Elapsed()
		ts.mu.Lock()
		if len(ts.heap) == 0 {
			ts.mu.Unlock()
			return 0, false
		}
		if d := ts.heap[0].at - now; d > 0 {
			ts.mu.Unlock()
			return d, true
		}
		e := heap.Pop(&ts.heap).(timerEntry)
		ts.mu.Unlock()
		ts.scheduler.Push(e.actor, Message{Session: e.session, Type: PTypeTimer}, nil)
	}
}
