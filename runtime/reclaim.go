package runtime

import (
	"runtime/debug"
	"sync"
	"time"
)

// reclaimer gives the memory of retired generations back to the system. Left to
// itself, Go's collector would let the heap grow to twice what is in use, and old
// and new code side by side are what is in use during a reload.
type reclaimer struct {
	wake chan struct{} // a token when a generation has retired
	stop chan struct{}
	done sync.WaitGroup
}

const (
	// reclaimDelay lets generations that retire together be one collection.
	reclaimDelay = 10 * time.Millisecond
	// reclaimShare bounds the time that collecting takes: after each one it rests
	// so many times as long.
	reclaimShare = 4
)

func newReclaimer() *reclaimer {
	return &reclaimer{wake: make(chan struct{}, 1), stop: make(chan struct{})}
}

func (r *reclaimer) start() { r.done.Go(r.loop) }

func (r *reclaimer) halt() {
	close(r.stop)
	r.done.Wait()
}

// soon has memory given back in a moment.
func (r *reclaimer) soon() {
	select {
	case r.wake <- struct{}{}:
	default:
	}
}

func (r *reclaimer) loop() {
	for {
		select {
		case <-r.stop:
			return
		case <-r.wake:
		}
		if !r.pause(reclaimDelay) {
			return
		}
		began := time.Now()
		debug.FreeOSMemory()
		if !r.pause(reclaimShare * time.Since(began)) {
			return
		}
	}
}

// pause waits for d. It is false when the node ends meanwhile.
func (r *reclaimer) pause(d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-r.stop:
		return false
	case <-timer.C:
		return true
	}
}
