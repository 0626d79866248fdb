package console

import (
	"bytes"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"
)

// noLeaks fails a test that leaves a goroutine of this package or of readline,
// or a descriptor, behind. It is registered first, so that it runs last.
func noLeaks(t *testing.T) {
	t.Helper()
	if r, w, err := os.Pipe(); err == nil { // Go opens what it waits for descriptors with at the first of them
		r.Close()
		w.Close()
	}
	before := descriptors()
	t.Cleanup(func() {
		if t.Failed() {
			return
		}
		deadline := time.Now().Add(60 * time.Second)
		for {
			left, open := ours(), descriptors()
			if left == "" && open <= before {
				return
			}
			if time.Now().After(deadline) {
				t.Errorf("left behind: %d descriptors, goroutines:\n%s", open-before, left)
				return
			}
			runtime.Gosched()
			time.Sleep(2 * time.Millisecond) // polling, bounded by the deadline
		}
	})
}

// ours returns the stacks of the goroutines that run our code or readline's,
// those of the tests themselves apart.
func ours() string {
	buf := make([]byte, 4<<20)
	buf = buf[:runtime.Stack(buf, true)]
	var left []string
	for _, g := range strings.Split(string(buf), "\n\n") {
		if (strings.Contains(g, "devnode/console") || strings.Contains(g, "chzyer/readline")) && !strings.Contains(g, "testing.(*T)") && !strings.Contains(g, "testing.tRunner") {
			left = append(left, g)
		}
	}
	return strings.Join(left, "\n\n")
}

// descriptors counts the open files of this process, 0 where that can't be told.
func descriptors() int {
	entries, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		return 0
	}
	return len(entries)
}

// syncBuffer is a buffer for several goroutines.
type syncBuffer struct {
	mu  chan struct{}
	buf bytes.Buffer
}

func newSyncBuffer() *syncBuffer { return &syncBuffer{mu: make(chan struct{}, 1)} }

func (b *syncBuffer) Write(p []byte) (int, error) {
	b.mu <- struct{}{}
	defer func() { <-b.mu }()
	return b.buf.Write(p)
}

func (b *syncBuffer) String() string {
	b.mu <- struct{}{}
	defer func() { <-b.mu }()
	return b.buf.String()
}
