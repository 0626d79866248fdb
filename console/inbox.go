package console

import (
	"context"
	"sync"
)

// inbox holds the lines that a connection has sent and that haven't run yet. The
// goroutine that reads adds, the one that runs commands takes.
type inbox struct {
	mu     sync.Mutex
	lines  []string
	bytes  int
	ended  error         // why no more lines come, nil while they may
	change chan struct{} // closed at the next change, nil when nobody waits
}

// add appends the lines of one read. It waits while too much lies unread, so
// that a flood stays in the network, and returns when ctx ends.
func (q *inbox) add(ctx context.Context, lines []string) {
	q.mu.Lock()
	for q.bytes > maxAhead && ctx.Err() == nil {
		q.waitLocked(ctx)
	}
	for _, l := range lines {
		q.bytes += len(l)
	}
	q.lines = append(q.lines, lines...)
	q.changedLocked()
	q.mu.Unlock()
}

// end says that no more lines follow; those that are there still run.
func (q *inbox) end(err error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.ended == nil {
		q.ended = err
	}
	q.changedLocked()
}

// drop is end, and forgets the lines that haven't run.
func (q *inbox) drop(err error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.lines, q.bytes, q.ended = nil, 0, err
	q.changedLocked()
}

// next returns the next line, or why there is none.
func (q *inbox) next(ctx context.Context) (string, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for {
		switch {
		case ctx.Err() != nil:
			return "", context.Cause(ctx)
		case len(q.lines) > 0:
			line := q.lines[0]
			q.lines = q.lines[1:]
			q.bytes -= len(line)
			q.changedLocked()
			return line, nil
		case q.ended != nil:
			return "", q.ended
		}
		q.waitLocked(ctx)
	}
}

// arrived returns a channel that is closed once a line is there or none will be.
func (q *inbox) arrived() <-chan struct{} {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.lines) > 0 || q.ended != nil {
		closed := make(chan struct{})
		close(closed)
		return closed
	}
	return q.changingLocked()
}

func (q *inbox) changingLocked() <-chan struct{} {
	if q.change == nil {
		q.change = make(chan struct{})
	}
	return q.change
}

func (q *inbox) changedLocked() {
	if q.change != nil {
		close(q.change)
		q.change = nil
	}
}

// waitLocked lets go of the lock until something changes or ctx ends.
func (q *inbox) waitLocked(ctx context.Context) {
	change := q.changingLocked()
	q.mu.Unlock()
	select {
	case <-change:
	case <-ctx.Done():
	}
	q.mu.Lock()
}
