//go:build unix

package watch

import (
	"runtime/debug"
	"syscall"
	"testing"
	"time"
)

// BenchmarkIdle is the processor time that 10,000 watched files use while
// nothing happens, in parts per million of a processor.
func BenchmarkIdle(b *testing.B) {
	dir := manyFiles(b, 10000)
	b.Run("no watcher", idle)
	for _, mode := range []Mode{Auto, Poll} {
		b.Run(mode.String(), func(b *testing.B) {
			w, err := New(Config{Roots: []string{dir}, Mode: mode})
			if err != nil {
				b.Fatal(err)
			}
			defer w.Close()
			idle(b)
		})
	}
}

func idle(b *testing.B) {
	time.Sleep(3 * time.Second) // what was written just now is polled again for 2 s
	debug.FreeOSMemory()        // what the start left behind isn't for idling to pay
	used, from := cpu(), time.Now()
	for b.Loop() {
		time.Sleep(5 * time.Second)
	}
	b.ReportMetric(float64(cpu()-used)/float64(time.Since(from))*1e6, "ppm")
	b.ReportMetric(0, "ns/op")
}

func cpu() time.Duration {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
