package watch

import (
	"os"
	"slices"
	"strings"
	"testing"
	"time"
)

// tries is how often a test runs at most until the machine let what belongs together
// be saved, and be seen, without a pause.
const tries = 6

// untorn runs a test that expects single batches. What a busy machine has torn apart
// is tried again, but where it is wrong when put together: that fails at once. What is
// torn every time has another cause.
func untorn(t *testing.T, run func(t *testing.T) *watched) {
	t.Helper()
	for range tries {
		var w *watched
		if !t.Run("try", func(t *testing.T) {
			if w = run(t); w != nil {
				w.again = true
			}
		}) || w == nil || !w.torn {
			return
		}
	}
	t.Errorf("what belongs together came in pieces, %d times", tries)
}

// whole returns the next batch, and has those that follow join it until ok, which
// is what makes it torn.
func (w *watched) whole(ok func(Batch) bool) Batch {
	w.t.Helper()
	b := w.next()
	for !ok(b) {
		select {
		case more := <-w.Batches():
			w.torn = true
			b.Changes = together(b.Changes, more.Changes)
		case <-time.After(patience):
			return b
		}
	}
	return b
}

// together are the changes that two batches in turn amount to.
func together(before, after []Change) []Change {
	all := slices.Clone(before)
	for _, c := range after {
		i := slices.IndexFunc(all, func(b Change) bool { return b.Path == c.Path })
		switch {
		case i < 0:
			all = append(all, c)
			continue
		case all[i].Op == Created && c.Op == Removed:
			all = slices.Delete(all, i, i+1)
			continue
		case all[i].Op == Created && c.Op == Changed:
			c.Op = Created
		case c.Op == Created:
			c.Op = Changed
		}
		all[i] = c
	}
	slices.SortFunc(all, func(a, b Change) int { return strings.Compare(a.Path, b.Path) })
	return all
}

// onDisk tells whether a change says what is on the disk.
func onDisk(c Change) bool {
	data, err := os.ReadFile(c.Path)
	if c.Op == Removed {
		return os.IsNotExist(err)
	}
	return err == nil && Sum(data) == c.Hash
}
