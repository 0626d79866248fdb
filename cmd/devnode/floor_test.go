package main

import (
	"testing"

	"devnode/cmd/devnode/internal/heap"
	"devnode/runtime/floor"
)

// The tests of this package are compiled with default.pgo, as the program is, and
// the collector is set as the program sets it.

func BenchmarkCall(b *testing.B) {
	defer heap.Tune(heap.Headroom)()
	floor.Call(b)
}

func BenchmarkSend(b *testing.B) {
	defer heap.Tune(heap.Headroom)()
	floor.Send(b)
}
