package actor

// readyQueue holds the services that wait for a turn, in a ring.
type readyQueue struct {
	ring []*Actor
	head int
	n    int
}

func (q *readyQueue) push(s *Actor) {
	if q.n == len(q.ring) {
		ring := make([]*Actor, max(16, 2*len(q.ring)))
		k := copy(ring, q.ring[q.head:])
		copy(ring[k:], q.ring[:q.head])
		q.ring, q.head = ring, 0
	}
	q.ring[(q.head+q.n)%len(q.ring)] = s
	q.n++
}

func (q *readyQueue) pop() *Actor {
	if q.n == 0 {
		return nil
	}
	s := q.ring[q.head]
	q.ring[q.head] = nil
	q.head = (q.head + 1) % len(q.ring)
	q.n--
	return s
}
