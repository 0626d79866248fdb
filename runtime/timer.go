package runtime

import (
	"container/heap"
	"sync"
	"time"
)

// timers delivers the expiry of sessions to services (skynet_timer.c). Times
// are centiseconds at the API and kept exactly inside; two timers that expire
// at the same moment do so in the order in which they were set.
type timers struct {
	node *Node
	mu   sync.Mutex
	heap timerHeap
	seq  uint64
	wake chan struct{}
	stop chan struct{}
	done sync.WaitGroup
}

type timerEntry struct {
	at      time.Duration // since the node's start
	seq     uint64
	service *Service
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

func newTimers(n *Node) *timers {
	return &timers{node: n, wake: make(chan struct{}, 1), stop: make(chan struct{})}
}

// add has session expire in s after d.
func (ts *timers) add(s *Service, session int32, d time.Duration) {
	at := ts.node.elapsed() + d
	ts.mu.Lock()
	ts.seq++
	heap.Push(&ts.heap, timerEntry{at: at, seq: ts.seq, service: s, session: session})
	first := ts.heap[0].seq == ts.seq
	ts.mu.Unlock()
	if first {
		select {
		case ts.wake <- struct{}{}:
		default:
		}
	}
}

func (ts *timers) start() { ts.done.Go(ts.loop) }

func (ts *timers) halt() {
	close(ts.stop)
	ts.done.Wait()
}

func (ts *timers) loop() {
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
func (ts *timers) expire() (next time.Duration, any bool) {
	for {
		now := ts.node.elapsed()
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
		ts.node.push(e.service, message{session: e.session, ptype: ptypeTimer}, nil)
	}
}
