package live

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"devnode/runtime"
	"devnode/watch"
)

// note remembers what a batch led to, for `watch`, and says in the log what
// failed by it and what was mended.
func (r *Reloader) note(b watch.Batch, contents map[string][]byte, p plan, records []runtime.ReloadRecord) {
	var paths []string
	for _, c := range b.Changes {
		paths = append(paths, c.Path)
	}
	r.mu.Lock()
	r.failed.forget(func(h runtime.Handle) bool { _, err := r.node.Service(h); return err == nil })
	entries := r.failed.update(paths, r.node.Uses, contents, records, time.Now())
	r.mu.Unlock()
	if len(entries) > 0 {
		r.awaitLog()
	}
	for _, e := range entries {
		r.options.Log("%s", e)
	}
	for _, path := range paths {
		r.remember(path, r.outcome(path, p, records))
	}
}

// logTime is how long the node's lines may take into the log. They come by a
// mailbox.
const logTime = 200 * time.Millisecond

// awaitLog waits for the lines that the node wrote about a batch: what sums them
// up stands below them.
func (r *Reloader) awaitLog() {
	ctx, cancel := context.WithTimeout(context.Background(), logTime)
	defer cancel()
	if logger, ok := r.node.Find(".logger"); ok {
		_ = r.node.Ping(ctx, logger) // in vain where a script that takes the log is stuck
	}
}

// outcome is what came of a file in a batch: "patched 1 service, reloaded 2
// services".
func (r *Reloader) outcome(path string, p plan, records []runtime.ReloadRecord) string {
	same, patched, reloaded, failed, off := 0, 0, 0, 0, 0
	for _, h := range p.off {
		if r.node.Uses(h, path) {
			off++
		}
	}
	for _, rec := range records {
		switch {
		case !r.node.Uses(rec.Service, path):
		case errors.Is(rec.Err, runtime.ErrUpToDate):
			same++
		case rec.Err != nil:
			failed++
		case rec.Kind == runtime.KindPatched && rec.From == rec.Generation:
			same++
		case rec.Kind == runtime.KindPatched:
			patched++
		default:
			reloaded++
		}
	}
	var words []string
	add := func(format string, n int) {
		if n > 0 {
			words = append(words, fmt.Sprintf(format, count(n)))
		}
	}
	add("patched %s", patched)
	add("reloaded %s", reloaded)
	add("failed in %s", failed)
	add("nothing new for %s", same)
	add("%s left as it is (mode off)", off)
	if len(words) == 0 {
		return "no running service uses it"
	}
	return strings.Join(words, ", ")
}

func count(n int) string {
	if n == 1 {
		return "1 service"
	}
	return fmt.Sprintf("%d services", n)
}

func (r *Reloader) remember(path, text string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.events[path] = Event{At: time.Now(), Text: text}
}

// trigger names the files of a batch, in a few words.
func trigger(b watch.Batch) string {
	const most = 3
	var names []string
	for _, c := range b.Changes {
		name := short(c.Path)
		if c.Op == watch.Removed {
			name += " (gone)"
		}
		if c.Op == watch.Unreadable {
			name += " (unreadable)"
		}
		names = append(names, name)
	}
	if more := len(names) - most; more > 0 {
		names = append(names[:most], fmt.Sprintf("%d more", more))
	}
	return "saved " + strings.Join(names, ", ")
}

// short is a path as one would type it here.
func short(path string) string {
	here, err := filepath.Abs(".")
	if err != nil {
		return path
	}
	rel, err := filepath.Rel(here, path)
	if err != nil || strings.HasPrefix(rel, "..") {
		return path
	}
	return filepath.ToSlash(rel)
}
