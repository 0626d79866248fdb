// Package logshare bounds what a service has on the way to the log.
package logshare

import (
	"fmt"
	"sync/atomic"
	"time"

	"devnode/runtime/lua/vm"
)

// What a service logs waits in the logger's mailbox until it is written. A service
// that logs faster than that waits for its own lines, so that it neither fills the
// memory nor takes the turns of others. Where nothing is written any more, as in a
// pipe that nobody reads, its lines are left out, and counted.

// Share is what of a service's lines is on the way to the log.
type Share struct {
	Waiting atomic.Int64 // what the lines that wait cost
	LeftOut atomic.Int64 // lines since the log was full
}

const (
	// full is what the waiting lines of one service cost at the most.
	full = 4 << 20
	// lineCost is what a line costs beside its bytes.
	lineCost = 128
	// patience is how long a service waits for a log that isn't written.
	patience = time.Second
)

// Cost is what a line costs.
func Cost(text string) int64 { return int64(len(text)) + lineCost }

// takes tells whether there is room for one more line. One that is larger than all
// of the share has to be alone.
func (l *Share) takes(cost int64) bool {
	waiting := l.Waiting.Load()
	return waiting == 0 || waiting+cost <= full
}

// Admit waits until there is room for a line, and is false if there will be none:
// the line is left out. It doesn't park, since skynet.error doesn't; what the fiber
// is asked meanwhile it answers.
func (l *Share) Admit(f *vm.Fiber, cost int64) bool {
	last, moved := l.Waiting.Load(), time.Now()
	for !l.takes(cost) {
		if l.LeftOut.Load() > 0 || time.Since(moved) > patience {
			l.LeftOut.Add(1)
			return false
		}
		time.Sleep(time.Millisecond / 4)
		if f != nil {
			f.Poll()
		}
		if now := l.Waiting.Load(); now != last {
			last, moved = now, time.Now()
		}
	}
	l.Waiting.Add(cost)
	return true
}

// Written is told that a line has been written. It is how many were left out
// before, once there is room again.
func (l *Share) Written(cost int64) (leftOut int64) {
	if l.Waiting.Add(-cost) > full/2 || l.LeftOut.Load() == 0 {
		return 0
	}
	return l.LeftOut.Swap(0)
}

// LeftOutText says how many lines the log lacks.
func LeftOutText(n int64) string {
	lines := "lines were"
	if n == 1 {
		lines = "line was"
	}
	return fmt.Sprintf("%d %s left out: the log was full", n, lines)
}
