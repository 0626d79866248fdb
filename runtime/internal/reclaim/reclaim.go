// Package reclaim gives memory that is free back to the system.
package reclaim

import (
	"runtime/debug"
	"sync"
	"time"
)

// Reclaimer gives the memory of retired generations back to the system. Left to
// itself, Go's collector would let the heap grow to twice what is in use, and old
// and new code side by side are what is in use during a reload.
type Reclaimer struct {
	wake chan struct{} // a token when a generation has retired
	stop chan struct{}
	done sync.WaitGroup
}

const (
	// delay lets generations that retire together be one collection.
	delay = 10 * time.Millisecond
	// share bounds the time that collecting takes: after each one it rests
	// so many times as long.
	share = 4
)

// New makes one that does nothing before Start.
func New() *Reclaimer {
	return &Reclaimer{wake: make(chan struct{}, 1), stop: make(chan struct{})}
}

// Start begins its work, until Halt.
func (r *Reclaimer) Start() { r.done.Go(r.loop) }

// Halt ends its goroutine, and waits for that.
func (r *Reclaimer) Halt() {
	close(r.stop)
	r.done.Wait()
}

// Soon has memory given back in a moment.
func (r *Reclaimer) Soon() {
	select {
	case r.wake <- struct{}{}:
	default:
	}
}

func (r *Reclaimer) loop() {
	for {
		select {
		case <-r.stop:
			return
		case <-r.wake:
		}
		if !r.pause(delay) {
			return
		}
		began := time.Now()
		debug.FreeOSMemory()
		if !r.pause(share * time.Since(began)) {
			return
		}
	}
}

// pause waits for d. It is false when the node ends meanwhile.
func (r *Reclaimer) pause(d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-r.stop:
		return false
	case <-timer.C:
		return true
	}
}
