package runtime

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

// logShare is what of a service's lines is on the way to the log.
type logShare struct {
	waiting atomic.Int64 // what the lines that wait cost
	leftOut atomic.Int64 // lines since the log was full
}

const (
	// logShareFull is what the waiting lines of one service cost at the most.
	logShareFull = 4 << 20
	// logLineCost is what a line costs beside its bytes.
	logLineCost = 128
	// logPatience is how long a service waits for a log that isn't written.
	logPatience = time.Second
)

func logCost(text string) int64 { return int64(len(text)) + logLineCost }

// takes tells whether there is room for one more line. One that is larger than all
// of the share has to be alone.
func (l *logShare) takes(cost int64) bool {
	waiting := l.waiting.Load()
	return waiting == 0 || waiting+cost <= logShareFull
}

// admit waits until there is room for a line, and is false if there will be none:
// the line is left out. It doesn't park, since skynet.error doesn't; what the fiber
// is asked meanwhile it answers.
func (l *logShare) admit(f *vm.Fiber, cost int64) bool {
	last, moved := l.waiting.Load(), time.Now()
	for !l.takes(cost) {
		if l.leftOut.Load() > 0 || time.Since(moved) > logPatience {
			l.leftOut.Add(1)
			return false
		}
		time.Sleep(time.Millisecond / 4)
		if f != nil {
			f.Poll()
		}
		if now := l.waiting.Load(); now != last {
			last, moved = now, time.Now()
		}
	}
	l.waiting.Add(cost)
	return true
}

// written is told that a line has been written. It is how many were left out
// before, once there is room again.
func (l *logShare) written(cost int64) (leftOut int64) {
	if l.waiting.Add(-cost) > logShareFull/2 || l.leftOut.Load() == 0 {
		return 0
	}
	return l.leftOut.Swap(0)
}

// leftOutText says how many lines the log lacks.
func leftOutText(n int64) string {
	lines := "lines were"
	if n == 1 {
		lines = "line was"
	}
	return fmt.Sprintf("%d %s left out: the log was full", n, lines)
}
