package live

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// longScript is a service of some 500 lines that answers with its version.
func longScript(version int, mode string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "-- reload: %s\nlocal skynet = require \"skynet\"\nlocal CMD = {}\n", mode)
	for i := range 124 {
		fmt.Fprintf(&b, "function CMD.f%d(a, b)\n\tlocal sum = (a or 0) * %d + (b or 0)\n\treturn sum\nend\n", i, i)
	}
	fmt.Fprintf(&b, "function CMD.version() return %d end\n", version)
	b.WriteString("skynet.start(function()\n\tskynet.dispatch(\"lua\", function(_, _, cmd, ...) skynet.retpack(CMD[cmd](...)) end)\nend)\n")
	return b.String()
}

// BenchmarkSave saves a service of 500 lines, to which others send requests all
// the time, and measures from the save to the first answer of the new code:
//
//	go test -run - -bench Save -benchtime 100x ./cmd/devnode/internal/live
func BenchmarkSave(b *testing.B) {
	for _, mode := range []string{"auto", "reload"} {
		b.Run(mode, func(b *testing.B) { benchSave(b, mode) })
	}
}

func benchSave(b *testing.B, mode string) {
	w := newWorld(b, map[string]string{"svc/long.lua": longScript(0, mode)})
	h := w.launch("long")
	var over atomic.Bool
	var load sync.WaitGroup
	var calls atomic.Int64
	for range 4 {
		load.Go(func() {
			for !over.Load() {
				w.ask(h, "f7", "3")
				calls.Add(1)
				time.Sleep(100 * time.Microsecond) // a load, not a siege
			}
		})
	}
	defer load.Wait()
	defer over.Store(true)
	var took []time.Duration
	version := 0
	began := time.Now()
	for b.Loop() {
		version++
		time.Sleep(150 * time.Millisecond) // of the one who saves
		text, want := []byte(longScript(version, mode)), fmt.Sprint(version)
		at := time.Now()
		must(b, os.WriteFile(w.path("svc/long.lua"), text, 0o644))
		for w.ask(h, "version") != want {
			if time.Since(at) > patience {
				b.Fatalf("version %d never came\n%s", version, w.log.String())
			}
		}
		took = append(took, time.Since(at))
	}
	slices.Sort(took)
	ms := func(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }
	b.ReportMetric(ms(took[len(took)/2]), "median-ms")
	b.ReportMetric(ms(took[len(took)*99/100]), "p99-ms")
	b.ReportMetric(float64(calls.Load())/time.Since(began).Seconds(), "calls/s")
	b.ReportMetric(0, "ns/op")
}
