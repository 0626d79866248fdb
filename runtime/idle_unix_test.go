//go:build unix

package runtime

import (
	"syscall"
	"testing"
	"time"
)

// BenchmarkIdleCPU is what part of a processor a node with 1,000 services takes
// that have nothing to do.
func BenchmarkIdleCPU(b *testing.B) {
	tn := agents(b)
	tn.launchAgents(0, 1000)
	heapAndStacks() // so that the collector has nothing to do
	b.ResetTimer()
	used := cpuTime(b)
	for range b.N {
		time.Sleep(time.Second)
	}
	b.ReportMetric(100*float64(cpuTime(b)-used)/float64(b.Elapsed()), "%CPU")
}

// cpuTime is what the process has used so far.
func cpuTime(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
