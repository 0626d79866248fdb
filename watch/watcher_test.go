package watch

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// newDir makes a folder with the files of this text.
func newDir(t *testing.T, text string, names ...string) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "root")
	must(t, os.Mkdir(dir, 0o755))
	for _, name := range names {
		save(t, dir, name, text)
	}
	return dir
}

func save(t *testing.T, dir, name, text string) {
	t.Helper()
	must(t, os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o755))
	must(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644))
}

func TestFiftySavesASecond(t *testing.T) {
	saves := 60
	if os.Getenv("WATCH_LONG") != "" {
		saves = 500
	}
	dir := newDir(t, "0", "a.lua")
	w := watchDir(t, dir, Config{Roots: []string{dir}})
	go func() {
		for n := 1; n <= saves; n++ {
			if err := os.WriteFile(filepath.Join(dir, "a.lua"), []byte(fmt.Sprint(n)), 0o644); err != nil {
				t.Error(err)
			}
			time.Sleep(20 * time.Millisecond)
		}
	}()
	batches, last := 0, 0
	for last < saves {
		var n int
		b := w.next()
		batches++
		if _, err := fmt.Sscan(string(b.Changes[0].Data), &n); err != nil || n <= last {
			t.Fatalf("got %q after %d: %v", b.Changes[0].Data, last, err)
		}
		last = n
	}
	t.Logf("%d saves came as %d batches", saves, batches)
	w.nothingMore()
}

func TestSlowConsumer(t *testing.T) {
	dir := newDir(t, "one", "a.lua", "b.lua", "c.lua")
	w := watchDir(t, dir, Config{Roots: []string{dir}})
	offered := func(want int) {
		t.Helper()
		for deadline := time.Now().Add(patience); ; time.Sleep(time.Millisecond) {
			w.mu.Lock()
			n := 0
			for f := range w.tree.pending {
				if f.state == settled {
					n++
				}
			}
			all := len(w.tree.pending)
			w.mu.Unlock()
			if n == want && all == want {
				return
			}
			if time.Now().After(deadline) {
				t.Fatalf("settled: got %d of %d, want %d", n, all, want)
			}
		}
	}
	save(t, dir, "a.lua", "two")
	offered(1)
	save(t, dir, "b.lua", "two")
	offered(2)
	save(t, dir, "a.lua", "three")
	save(t, dir, "c.lua", "two")
	offered(3)
	save(t, dir, "c.lua", "one")
	offered(2)
	w.expect("changed a.lua=three, changed b.lua=two")
	w.nothingMore()
}

// TestNoise saves a file beside one that never comes to rest, one that is
// written without being closed, and new ones all the time.
func TestNoise(t *testing.T) {
	dir := newDir(t, "one", "a.lua", "noise.lua", "log.lua")
	w := watchDir(t, dir, Config{Roots: []string{dir}})
	stop, stopped := make(chan struct{}), make(chan struct{})
	defer func() { close(stop); <-stopped }()
	go func() {
		defer close(stopped)
		log, err := os.OpenFile(filepath.Join(dir, "log.lua"), os.O_APPEND|os.O_WRONLY, 0)
		if err != nil {
			t.Error(err)
			return
		}
		defer log.Close()
		for n := 0; ; n++ {
			select {
			case <-stop:
				return
			default:
			}
			fmt.Fprintln(log, n)
			os.WriteFile(filepath.Join(dir, "noise.lua"), []byte(fmt.Sprint(n)), 0o644)
			os.WriteFile(filepath.Join(dir, fmt.Sprintf("new%d.lua", n)), nil, 0o644)
			time.Sleep(3 * time.Millisecond)
		}
	}()
	for n := range 5 {
		text := fmt.Sprint("save ", n)
		save(t, dir, "a.lua", text)
		from := time.Now()
		for seen := false; !seen; {
			for _, c := range w.next().Changes {
				seen = seen || filepath.Base(c.Path) == "a.lua" && string(c.Data) == text
			}
		}
		t.Logf("amid noise: %v", time.Since(from))
	}
}

func TestLostEvents(t *testing.T) { untorn(t, lostEvents) }

func lostEvents(t *testing.T) *watched {
	dir := newDir(t, "one", "a.lua", "x/b.lua", "x/c.lua")
	w := watchDir(t, dir, Config{Roots: []string{dir}})
	// No event comes from here on.
	w.notifier.remove(dir)
	w.notifier.remove(filepath.Join(dir, "x"))
	save(t, dir, "a.lua", "two")
	save(t, dir, "x/c.lua", "two")
	save(t, dir, "y/d.lua", "one")
	must(t, os.Remove(filepath.Join(dir, "x/b.lua")))
	w.queue.lose(nil)
	w.expect("changed a.lua=two, removed x/b.lua, changed x/c.lua=two, created y/d.lua=one")
	save(t, dir, "x/c.lua", "three")
	w.expect("changed x/c.lua=three")
	w.nothingMore()
	return w
}

func TestManyEventsAreAsGoodAsLost(t *testing.T) {
	q := newQueue()
	for i := range maxQueued + 10 {
		q.put(fmt.Sprint(i), opWrite)
		q.put(fmt.Sprint(i), opWrite)
	}
	events, lost, _ := q.take()
	if len(events) != maxQueued || !lost {
		t.Errorf("got %d events, lost %v; want %d, lost", len(events), lost, maxQueued)
	}
	if events, lost, _ = q.take(); len(events) > 0 || lost {
		t.Errorf("got %d events, lost %v; want none", len(events), lost)
	}
}

func TestClose(t *testing.T) {
	dir := newDir(t, "one", "a.lua")
	for _, mode := range []Mode{Auto, Poll} {
		w := watchDir(t, dir, Config{Roots: []string{dir}, Mode: mode, PollInterval: time.Millisecond})
		save(t, dir, "a.lua", "two "+mode.String())
		must(t, w.Close())
		must(t, w.Close())
		for range w.Batches() {
			t.Error("got a batch after Close")
		}
		if w.Add(dir) == nil || w.SetKnown(dir, Hash{}) == nil {
			t.Error("a closed watcher took a path")
		}
	}
}

func TestLargeFiles(t *testing.T) { untorn(t, largeFiles) }

func largeFiles(t *testing.T) *watched {
	dir := newDir(t, "one", "a.lua")
	w := watchDir(t, dir, Config{Roots: []string{dir}, MaxSize: 10})
	save(t, dir, "a.lua", strings.Repeat("x", 11))
	save(t, dir, "b.lua", strings.Repeat("x", 11))
	save(t, dir, "c.lua", strings.Repeat("x", 10))
	w.expect("unreadable a.lua, created c.lua=xxxxxxxxxx")
	if s := w.Status(); len(s.Trouble) != 2 || s.Trouble[0].Path != filepath.Join(dir, "a.lua") {
		t.Errorf("trouble: got %v", s.Trouble)
	}
	save(t, dir, "a.lua", "three")
	w.expect("changed a.lua=three")
	w.nothingMore()
	return w
}

func TestStatus(t *testing.T) {
	dir := newDir(t, "one", "a.lua", "x/b.lua")
	w := watchDir(t, dir, Config{Roots: []string{dir, dir + "/../later"}})
	must(t, w.SetKnown(dir+"/../mod.lua", Hash{}))
	save(t, dir, "a.lua", "two")
	w.expect("changed a.lua=two")
	w.nothingMore()
	s := w.Status()
	got := fmt.Sprint(s.Roots[0].Mode, s.Roots[0].Folders, s.Roots[0].Files, s.Roots[1].Missing, s.Files, s.Folders, s.Polled)
	if want := "events 2 3 true 4 3 0"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if len(s.Last) == 0 || s.Batches == 0 || len(s.Degraded) > 0 {
		t.Errorf("got %+v", s)
	}
}

func TestUnreliableFileSystem(t *testing.T) {
	dir := newDir(t, "one", "a.lua", "mnt/b.lua", "mnt/x/c.lua")
	var lines []string
	w := watchDir(t, dir, Config{PollInterval: 5 * time.Millisecond,
		Log: func(format string, args ...any) { lines = append(lines, fmt.Sprintf(format, args...)) }})
	w.mu.Lock()
	w.descriptors.unreliable = func(d string) string {
		if within(d, filepath.Join(dir, "mnt")) {
			return "nfs"
		}
		return ""
	}
	w.mu.Unlock()
	must(t, w.Add(dir))
	save(t, dir, "mnt/b.lua", "two")
	w.expect("changed mnt/b.lua=two")
	save(t, dir, "a.lua", "two")
	w.expect("changed a.lua=two")
	save(t, dir, "mnt/x/c.lua", "two")
	w.expect("changed mnt/x/c.lua=two")
	w.nothingMore()
	s := w.Status()
	if s.Polled != 2 || s.Roots[0].Mode != Auto || len(s.Degraded) != 1 || len(lines) != 1 ||
		!strings.Contains(lines[0], "nfs") || !strings.Contains(lines[0], "polling") {
		t.Errorf("got %+v, log %q", s, lines)
	}
}

func TestValidate(t *testing.T) {
	err := Config{Mode: 9, Quiet: -1, MaxSize: -1, Roots: []string{""}, Ignore: []string{"["}}.Validate()
	for _, part := range []string{"watch mode 9", "quiet", "max size", "empty path", `pattern "["`} {
		if err == nil || !strings.Contains(err.Error(), part) {
			t.Errorf("got %v, want %s in it", err, part)
		}
	}
	if err := (Config{}).Validate(); err != nil {
		t.Error(err)
	}
	if _, err := New(Config{Mode: 9}); err == nil {
		t.Error("New took what Validate refuses")
	}
	if _, err := ParseMode("x"); err == nil {
		t.Error("there is no mode x")
	}
	if m, err := ParseMode("poll"); m != Poll || err != nil {
		t.Errorf("got %v, %v", m, err)
	}
}

func TestErrorsThatPass(t *testing.T) {
	now := time.Now()
	f := &file{path: "a.lua", base: Sum([]byte("one"))}
	f.stir(now)
	cfg := Config{}.filled()
	busy := view{finding: foundBlocked, err: errors.New("sharing violation")}
	f.judge(busy, now, &cfg)
	if f.state != stirred || f.trouble != nil {
		t.Fatalf("state %v, trouble %v: want another look", f.state, f.trouble)
	}
	f.judge(view{finding: foundWhole, hash: Sum([]byte("two")), size: 3}, now.Add(10*time.Millisecond), &cfg)
	if f.state != settled {
		t.Errorf("state %v: want settled", f.state)
	}
	f.judge(busy, now, &cfg)
	if f.judge(busy, now.Add(blockedAfter), &cfg); f.state != settled || f.change().Op != Unreadable {
		t.Errorf("state %v, trouble %v: want to tell of it", f.state, f.trouble)
	}
}
