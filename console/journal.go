package console

import (
	"sync"
	"time"
)

// LogLine is one line of the node's log.
type LogLine struct {
	Time    time.Time
	Level   string  // "error", "warn", "info", "debug"; empty counts as info
	Address Address // who wrote it, 0 for the node itself
	Text    string
	// Of an event only: what happened, to what script, in which generation.
	Kind       string
	Script     string
	Generation int
	// Of an event that is an error in a script: where.
	File string
	Line int
	// Of an event that a reload made: what came of it.
	Outcome Outcome
}

// Journal keeps the last lines of the log, for `tail`. Append never waits: a
// reader that falls behind loses lines and is told how many. It is safe for
// concurrent use.
type Journal struct {
	mu      sync.Mutex
	lines   []LogLine // a ring, the line number n at n modulo its length
	total   uint64    // lines ever appended
	changed chan struct{}
}

// NewJournal makes a journal of the last size lines.
func NewJournal(size int) *Journal {
	return &Journal{lines: make([]LogLine, max(size, 1))}
}

// Append adds a line.
func (j *Journal) Append(l LogLine) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.lines[j.total%uint64(len(j.lines))] = l
	j.total++
	if j.changed != nil {
		close(j.changed)
		j.changed = nil
	}
}

// since returns the lines from number from on, the number to go on with, how
// many were lost before them, and a channel that closes when there are more.
func (j *Journal) since(from uint64) (lines []LogLine, next uint64, lost uint64, more <-chan struct{}) {
	j.mu.Lock()
	defer j.mu.Unlock()
	size := uint64(len(j.lines))
	if j.total > size && from < j.total-size {
		lost = j.total - size - from
		from = j.total - size
	}
	for n := from; n < j.total; n++ {
		lines = append(lines, j.lines[n%size])
	}
	if j.changed == nil {
		j.changed = make(chan struct{})
	}
	return lines, j.total, lost, j.changed
}
