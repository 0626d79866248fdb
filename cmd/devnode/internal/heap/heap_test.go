package heap

import (
	"runtime"
	"runtime/debug"
	"testing"
)

func TestPercentFor(t *testing.T) {
	for _, c := range []struct {
		live, headroom uint64
		want           int
	}{
		{0, 32 << 20, 3200},
		{8 << 20, 32 << 20, 400},
		{32 << 20, 32 << 20, 100},
		{1 << 30, 32 << 20, 100},
	} {
		if got := percentFor(c.live, c.headroom); got != c.want {
			t.Errorf("percentFor(%d, %d) = %d, want %d", c.live, c.headroom, got, c.want)
		}
	}
}

// TestTune counts collections while a small heap takes and drops what would be
// some forty doublings of it.
func TestTune(t *testing.T) {
	t.Setenv("GOGC", "")
	t.Setenv("GOMEMLIMIT", "")
	defer debug.SetGCPercent(debug.SetGCPercent(normal))
	before := churn()
	stop := Tune(64 << 20)
	tuned := churn()
	stop()
	after := churn()
	if 3*tuned > before || 3*tuned > after {
		t.Errorf("%d collections, %d before and %d after it; want few", tuned, before, after)
	}
}

func TestTuneLeavesTheEnvironmentAlone(t *testing.T) {
	t.Setenv("GOGC", "77")
	defer debug.SetGCPercent(debug.SetGCPercent(77))
	Tune(64 << 20)()
	if got := debug.SetGCPercent(77); got != 77 {
		t.Errorf("GOGC=77 became %d", got)
	}
}

var kept []byte

// churn allocates 200 MB, a little at a time, and tells how many collections
// that took.
func churn() uint32 {
	runtime.GC()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for range 200 << 10 / 16 {
		kept = make([]byte, 16<<10)
	}
	runtime.ReadMemStats(&after)
	return after.NumGC - before.NumGC
}
