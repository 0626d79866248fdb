package floor

import (
	"context"
	_ "embed"
	"io"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	lua "github.com/yuin/gopher-lua"

	"devnode/runtime"
)

//go:embed echo.lua
var echo string

//go:embed client.lua
var client string

// Call is the benchmark of a call and its answer.
func Call(b *testing.B) { benchmark(b, "call", callFloor) }

// Send is the benchmark of a one-way message and its handling.
func Send(b *testing.B) { benchmark(b, "send", sendFloor) }

// rounds is in how many parts a benchmark runs in turn with its floor. Machines
// get slower and faster from one second to the next, so what counts is the median
// of the parts' ratios.
const rounds = 200

func benchmark(b *testing.B, cmd string, floor func(b *testing.B, n int) time.Duration) {
	run := services(b, cmd)
	n := max(b.N/rounds, 1)
	var ratios []float64
	var floors time.Duration
	b.ReportAllocs()
	b.ResetTimer()
	for done := 0; done < b.N; done += n {
		began := time.Now()
		run(n)
		took := time.Since(began)
		b.StopTimer()
		least := floor(b, n)
		floors += least
		ratios = append(ratios, float64(took)/float64(least))
		b.StartTimer()
	}
	b.StopTimer()
	slices.Sort(ratios)
	b.ReportMetric(ratios[len(ratios)/2], "ratio")
	b.ReportMetric(float64(floors)/float64(len(ratios)*n), "floor-ns/op")
}

// services starts the two services on a node. What it returns has the client do
// its command n times.
func services(b *testing.B, cmd string) (run func(n int)) {
	dir := b.TempDir()
	node := runtime.New(runtime.Config{ServicePath: []string{dir + "/?.lua"}, Log: io.Discard, Stdout: io.Discard, Workers: 2})
	b.Cleanup(node.Close)
	ctx, cancel := context.WithCancel(context.Background())
	b.Cleanup(cancel)
	launch := func(name, src string) runtime.Handle {
		if err := os.WriteFile(filepath.Join(dir, name+".lua"), []byte(src), 0o644); err != nil {
			b.Fatal(err)
		}
		h, err := node.Launch(ctx, name)
		if err != nil {
			b.Fatal(err)
		}
		return h
	}
	from, to := launch("client", client), launch("echo", echo)
	return func(n int) {
		if _, err := node.Call(ctx, from, lua.LString(cmd), lua.LNumber(to), lua.LNumber(n)); err != nil {
			b.Fatal(err)
		}
	}
}
