package watch

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"
)

// patience is how long a test waits for what must come. It is not a
// measurement: a loaded machine may take its time.
const patience = 60 * time.Second

// watched is a watcher under test.
type watched struct {
	*Watcher
	t   *testing.T
	dir string // what names in batches are relative to

	sentinels string // the folder for them
	proof     int    // how many were used
	torn      bool   // what should have been one batch came as several
	again     bool   // that is tried again, see untorn
}

// watchDir starts a watcher, and checks at the end of the test that nothing
// of it is left.
func watchDir(t *testing.T, dir string, cfg Config) *watched {
	t.Helper()
	before := runtime.NumGoroutine()
	if cfg.Log == nil {
		cfg.Log = t.Logf
	}
	w, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	watched := &watched{Watcher: w, t: t, dir: dir, sentinels: dir}
	t.Cleanup(func() {
		if watched.torn && !watched.again {
			t.Error("what belongs together came in pieces")
		}
		if err := w.Close(); err != nil {
			t.Error(err)
		}
		checkGoroutines(t, before)
	})
	return watched
}

// checkGoroutines fails the test if more goroutines run than before. One that
// has nothing left to do may take a moment to be counted out.
func checkGoroutines(t *testing.T, before int) {
	t.Helper()
	for deadline := time.Now().Add(patience); runtime.NumGoroutine() > before; {
		if time.Now().After(deadline) {
			buf := make([]byte, 1<<20)
			t.Errorf("goroutines: got %d, want %d:\n%s", runtime.NumGoroutine(), before, buf[:runtime.Stack(buf, true)])
			return
		}
		runtime.Gosched()
	}
}

// next returns the next batch.
func (w *watched) next() Batch {
	w.t.Helper()
	select {
	case b, ok := <-w.Batches():
		if !ok {
			w.t.Fatal("the channel was closed")
		}
		for _, c := range b.Changes {
			if c.Op != Removed && c.Op != Unreadable && Sum(c.Data) != c.Hash {
				w.t.Errorf("%s: the hash isn't that of the data", c.Path)
			}
		}
		if b.Settled.Before(b.First) {
			w.t.Errorf("settled %v before the first event", b.First.Sub(b.Settled))
		}
		return b
	case <-time.After(patience):
		w.t.Fatalf("no batch; status: %+v", w.Status())
	}
	return Batch{}
}

// expect takes one batch and compares it with "op file=text, op file".
func (w *watched) expect(want string) {
	w.t.Helper()
	b := w.whole(func(b Batch) bool { return w.describe(b) == want })
	if got := w.describe(b); got != want {
		w.t.Errorf("got  > %s\nwant > %s", got, want)
	}
}

func (w *watched) describe(b Batch) string {
	var parts []string
	runs := map[string]int{} // many of a kind are counted, by op, folder and text
	for _, c := range b.Changes {
		name := c.Path
		if rel, err := filepath.Rel(w.dir, c.Path); err == nil {
			name = filepath.ToSlash(rel)
		}
		text := ""
		if c.Op != Removed && c.Op != Unreadable {
			text = "=" + string(c.Data)
		}
		if len(b.Changes) > 12 {
			runs[fmt.Sprintf("%v %%d in %s%s", c.Op, filepath.ToSlash(filepath.Dir(name)), text)]++
			continue
		}
		parts = append(parts, fmt.Sprintf("%v %s%s", c.Op, name, text))
	}
	for format, n := range runs {
		parts = append(parts, fmt.Sprintf(format, n))
	}
	return strings.Join(parts, ", ")
}

// nothingMore proves that no batch is to come: a sentinel that is saved now
// must be all that the next one holds.
func (w *watched) nothingMore() {
	w.t.Helper()
	w.proof++
	name := fmt.Sprintf("sentinel%d.lua", w.proof)
	path := filepath.Join(w.sentinels, name)
	must(w.t, os.WriteFile(path, []byte("here"), 0o644))
	b := w.next()
	for !slices.ContainsFunc(b.Changes, func(c Change) bool { return c.Path == path }) {
		b.Changes = together(b.Changes, w.next().Changes)
		w.torn = true
	}
	for _, c := range b.Changes {
		if c.Path != path && (!w.torn || !onDisk(c)) || c.Path == path && c.Op != Created {
			w.t.Errorf("got a further change > %s", w.describe(b))
			return
		}
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// leases reports whether the system can tell that a file is open for writing.
func leases(t *testing.T) bool {
	t.Helper()
	f, err := os.Create(filepath.Join(t.TempDir(), "f"))
	must(t, err)
	defer f.Close()
	return lookAt(f.Name(), 1).finding == foundHeld
}
