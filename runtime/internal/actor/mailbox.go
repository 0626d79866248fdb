package actor

import (
	"sync"
	"time"
)

// Mailbox is a service's queue of messages (message_queue of skynet_mq.c). It
// is also what makes a service ready: a service is in a ready queue, or in a
// worker's hands, exactly while queued is true.
type Mailbox struct {
	mu        sync.Mutex
	ring      []Message
	head      int
	length    int
	queued    bool
	threshold int  // of the next warning of overload
	overload  int  // the length that has passed it, to be reported
	closed    bool // the service is gone: nothing is taken any more
	aside     int  // messages that were taken out and wait still, see PutAside
	Figures

	// The message that has made a service ready, where that is a service that
	// only its worker closes. No other message is in its way, so whoever has the
	// service takes it without the lock.
	first    Message
	hasFirst bool
	Owned    bool // only its worker closes it
}

// Figures are what the service tells of itself from outside. They are kept
// under the mailbox's lock, since that is taken for each message anyway.
type Figures struct {
	Messages uint64        // taken out so far
	Taken    uint64        // the same, with work of the node's own
	Source   Handle        // of the last one
	Type     PType         // of the last one
	Tasks    int32         // that lived when the last one was taken
	CPU      time.Duration // spent in turns, as the workers' clocks saw it
}

// Look is a copy of the figures.
func (q *Mailbox) Look() Figures {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.Figures
}

// OverloadThreshold is how many messages wait before the log says so
// (MQ_OVERLOAD). It doubles with each warning, until the mailbox is empty.
const OverloadThreshold = 1024

// mailboxStart is the room of a new mailbox, in messages.
const mailboxStart = 4

// Push appends m. ready is true when the service must now be put into a ready
// queue; ok is false when the service is gone, and m still belongs to the
// caller.
func (q *Mailbox) Push(m Message) (ready, ok bool) {
	q.mu.Lock()
	if q.closed {
		q.mu.Unlock()
		return false, false
	}
	ready = !q.queued
	q.queued = true
	if ready && q.Owned {
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

func (q *Mailbox) countLocked(m Message) {
	q.Taken++
	q.Source, q.Type = m.Source, m.Type
	if m.Type != PTypeControl {
		q.Messages++
	}
}

func (q *Mailbox) grow() {
	ring := make([]Message, max(mailboxStart, 2*len(q.ring)))
	n := copy(ring, q.ring[q.head:])
	copy(ring[n:], q.ring[:q.head])
	q.ring, q.head = ring, 0
}

// Pop takes the first message. When there is none the service is no longer
// queued. tasks is how many live now.
func (q *Mailbox) Pop(tasks int32) (m Message, ok bool) {
	if q.hasFirst {
		m, q.first, q.hasFirst = q.first, Message{}, false
		return m, true
	}
	q.mu.Lock()
	q.Tasks = tasks
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
		return Message{}, false
	}
	m = q.ring[q.head]
	q.ring[q.head].Data = nil
	q.head++
	if q.head == len(q.ring) {
		q.head = 0
	}
	q.length--
	q.countLocked(m)
	if q.length+q.aside > max(q.threshold, OverloadThreshold) {
		q.overloaded()
	}
	q.mu.Unlock()
	return m, true
}

// overloaded notes a length to be reported, and doubles the threshold.
func (q *Mailbox) overloaded() {
	q.overload = q.length + q.aside
	q.threshold = max(q.threshold, OverloadThreshold)
	for q.overload > q.threshold {
		q.threshold *= 2
	}
}

// Len is how many messages wait.
func (q *Mailbox) Len() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.length + q.aside
}

// PutAside counts messages that were taken out and wait still.
func (q *Mailbox) PutAside(n int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.aside += n
}

// Close empties the mailbox for good and returns what was in it, in order.
func (q *Mailbox) Close() []Message {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.closed = true
	left := make([]Message, 0, q.length)
	for i := range q.length {
		left = append(left, q.ring[(q.head+i)%len(q.ring)])
	}
	q.ring, q.head, q.length = nil, 0, 0
	return left
}

// TakeOverload is the length to be reported as an overload, once; 0 for none. It is for
// whoever has the service in hand.
func (q *Mailbox) TakeOverload() int {
	n := q.overload
	if n > 0 {
		q.overload = 0
	}
	return n
}
