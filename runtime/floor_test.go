package runtime_test

import (
	"testing"

	"devnode/runtime/floor"
)

// In cmd/devnode the same are compiled as the program is.

func BenchmarkCall(b *testing.B) { floor.Call(b) }

func BenchmarkSend(b *testing.B) { floor.Send(b) }
