package runtime

import (
	"sync"
	"time"
)

// mailbox is a service's queue of messages (message_queue of skynet_mq.c). It
// is also what makes a service ready: a service is in a ready queue, or in a
// worker's hands, exactly while queued is true.
type mailbox struct {
	mu        sync.Mutex
	ring      []message
	head      int
	length    int
	queued    bool
	threshold int  // of the next warning of overload
	overload  int  // the length that has passed it, to be reported
	closed    bool // the service is gone: nothing is taken any more
	aside     int  // messages that were taken out and wait still, see Service.blocked
	figures

	// The message that has made a service ready, where that is a service that
	// only its worker closes. No other message is in its way, so whoever has the
	// service takes it without the lock.
	first    message
	hasFirst bool
	owned    bool
}

// figures are what the service tells of itself from outside. They are kept
// under the mailbox's lock, since that is taken for each message anyway.
type figures struct {
	messages uint64        // taken out so far
	taken    uint64        // the same, with work of the node's own
	source   Handle        // of the last one
	ptype    PType         // of the last one
	tasks    int32         // that lived when the last one was taken
	cpu      time.Duration // spent in turns, as the workers' clocks saw it
}

// look is a copy of the figures.
func (q *mailbox) look() figures {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.figures
}

// overloadThreshold is how many messages wait before the log says so
// (MQ_OVERLOAD). It doubles with each warning, until the mailbox is empty.
const overloadThreshold = 1024

// mailboxStart is the room of a new mailbox, in messages.
const mailboxStart = 4

// push appends m. ready is true when the service must now be put into a ready
// queue; ok is false when the service is gone, and m still belongs to the
// caller.
func (q *mailbox) push(m message) (ready, ok bool) {
	q.mu.Lock()
	if q.closed {
		q.mu.Unlock()
		return false, false
	}
	ready = !q.queued
	q.queued = true
	if ready && q.owned {
		q.first, q.hasFirst = m, true
		q.countLocked(m)
		q.mu.Unlock()
		return true, true
	}
	if q.length == len(q.ring) {
		q.grow()
	}
	i := q.head + q.length
	if i >= len(q.ring) {
		i -= len(q.ring)
	}
	q.ring[i] = m
	q.length++
	q.mu.Unlock()
	return ready, true
}

func (q *mailbox) countLocked(m message) {
	q.taken++
	q.source, q.ptype = m.source, m.ptype
	if m.ptype != ptypeControl {
		q.messages++
	}
}

func (q *mailbox) grow() {
	ring := make([]message, max(mailboxStart, 2*len(q.ring)))
	n := copy(ring, q.ring[q.head:])
	copy(ring[n:], q.ring[:q.head])
	q.ring, q.head = ring, 0
}

// pop takes the first message. When there is none the service is no longer
// queued. tasks is how many live now.
func (q *mailbox) pop(tasks int32) (m message, ok bool) {
	if q.hasFirst {
		m, q.first, q.hasFirst = q.first, message{}, false
		return m, true
	}
	q.mu.Lock()
	q.tasks = tasks
	if q.length == 0 {
		q.queued = false
		if len(q.ring) > 1024 {
			q.ring = nil
			q.head = 0
		}
		if q.aside == 0 {
			q.threshold = 0
		}
		q.mu.Unlock()
		return message{}, false
	}
	m = q.ring[q.head]
	q.ring[q.head].data = nil
	q.head++
	if q.head == len(q.ring) {
		q.head = 0
	}
	q.length--
	q.countLocked(m)
	if q.length+q.aside > max(q.threshold, overloadThreshold) {
		q.overloaded()
	}
	q.mu.Unlock()
	return m, true
}

// overloaded notes a length to be reported, and doubles the threshold.
func (q *mailbox) overloaded() {
	q.overload = q.length + q.aside
	q.threshold = max(q.threshold, overloadThreshold)
	for q.overload > q.threshold {
		q.threshold *= 2
	}
}

// len is how many messages wait.
func (q *mailbox) len() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.length + q.aside
}

// putAside counts messages that were taken out and wait still.
func (q *mailbox) putAside(n int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.aside += n
}

// close empties the mailbox for good and returns what was in it, in order.
func (q *mailbox) close() []message {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.closed = true
	left := make([]message, 0, q.length)
	for i := range q.length {
		left = append(left, q.ring[(q.head+i)%len(q.ring)])
	}
	q.ring, q.head, q.length = nil, 0, 0
	return left
}
