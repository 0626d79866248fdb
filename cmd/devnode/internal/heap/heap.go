// Package heap has Go's collector run as rarely as a server wants it.
//
// Go collects when the heap has doubled. A node of a few services has a heap of
// some megabytes, so a service that sends large messages would have it collected
// hundreds of times a second, at up to half of the processor's time.
package heap

import (
	"os"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"sync/atomic"
)

// Headroom is how many bytes may be allocated before the heap is collected, at
// the least. A heap that is larger than it is collected when it has doubled.
const Headroom = 32 << 20

// Tune sets the collector's percentage after each collection, so that the heap
// has headroom bytes to grow, until stop is called. It does nothing where the
// environment sets GOGC or GOMEMLIMIT.
func Tune(headroom uint64) (stop func()) {
	if os.Getenv("GOGC") != "" || os.Getenv("GOMEMLIMIT") != "" {
		return func() {}
	}
	t := &tuner{headroom: headroom}
	t.adjust()
	t.arm()
	return func() {
		t.stopped.Store(true)
		debug.SetGCPercent(normal)
	}
}

// normal is the percentage by which a heap grows between two collections.
const normal = 100

type tuner struct {
	headroom uint64
	percent  int // only of the goroutine that runs finalizers, once armed
	stopped  atomic.Bool
}

// arm has the next collection call adjust: it finds an object that nobody uses.
func (t *tuner) arm() {
	runtime.SetFinalizer(&sentinel{t}, func(s *sentinel) {
		if !s.tuner.stopped.Load() {
			s.tuner.adjust()
			s.tuner.arm()
		}
	})
}

type sentinel struct{ tuner *tuner }

// adjust sets the percentage for the heap as it is. Setting it stops the
// program for some microseconds, so small changes are let be.
func (t *tuner) adjust() {
	want := percentFor(liveBytes(), t.headroom)
	if diff := want - t.percent; diff > t.percent/8 || -diff > t.percent/8 {
		t.percent = want
		debug.SetGCPercent(want)
	}
}

// percentFor is by how many per cent a heap with so many bytes in use is to grow.
func percentFor(live, headroom uint64) int {
	return int(max(normal, 100*headroom/max(live, minLive)))
}

// minLive is the heap of an idle node; before the first collection none is known.
const minLive = 1 << 20

// liveBytes is what was in use after the last collection.
func liveBytes() uint64 {
	sample := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	metrics.Read(sample)
	if sample[0].Value.Kind() != metrics.KindUint64 {
		return 0
	}
	return sample[0].Value.Uint64()
}
