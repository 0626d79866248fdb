package watch

import (
	"sync"
	"time"
)

// op is what a source saw happen to a directory entry.
type op uint8

const (
	opWrite  op = 1 << iota // bytes or attributes
	opCreate                // made, or moved here
	opGone                  // removed, or moved away
	opAgain                 // nothing that can be seen, but look again
)

// event says that something happened to a directory entry. It is a hint where
// to look: what is true is read from the disk.
type event struct {
	path string // of the entry, free of symlinks but for its last element
	op   op
	at   time.Time
}

// maxQueued bounds the queue; beyond it the events are worth less than a look
// at everything.
const maxQueued = 1 << 16

// queue passes events from the sources to the loop. Putting never waits, so
// that the system's own queues stay short while the loop reads files.
type queue struct {
	mu     sync.Mutex
	events []event
	lost   bool
	faults []error
	signal chan struct{} // has an element when there is something to take
}

func newQueue() *queue { return &queue{signal: make(chan struct{}, 1)} }

// put adds an event. A repetition of the last one is dropped: a long write
// raises thousands.
func (q *queue) put(path string, what op) {
	q.mu.Lock()
	n := len(q.events)
	switch {
	case n > 0 && q.events[n-1].path == path && q.events[n-1].op == what:
	case n >= maxQueued:
		q.lost = true
	default:
		q.events = append(q.events, event{path, what, time.Now()})
	}
	q.mu.Unlock()
	q.wake()
}

// lose records that events were lost, so that everything has to be looked at;
// err says why, unless it is the plain case of too many.
func (q *queue) lose(err error) {
	q.mu.Lock()
	q.lost = true
	if err != nil {
		q.faults = append(q.faults, err)
	}
	q.mu.Unlock()
	q.wake()
}

func (q *queue) wake() {
	select {
	case q.signal <- struct{}{}:
	default:
	}
}

// take returns what has come since the last time.
func (q *queue) take() (events []event, lost bool, faults []error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	events, lost, faults = q.events, q.lost, q.faults
	q.events, q.lost, q.faults = nil, false, nil
	return events, lost, faults
}
