package live

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"devnode/runtime"
	"devnode/watch"
)

// Watcher is what the reloader needs of a watch.Watcher.
type Watcher interface {
	SetKnown(path string, h watch.Hash) error
	Batches() <-chan watch.Batch
}

// Options say how a Reloader tells of its work.
type Options struct {
	// Log takes one line of the log. It may be called by several goroutines.
	Log func(format string, args ...any)
	// Saved, if set, is told of every batch before the services are reloaded. It
	// is true when somebody else answers for a batch that no service uses. It
	// must not block.
	Saved func() bool
}

// Reloader reloads services when their files are saved. Run does the work.
type Reloader struct {
	node    *runtime.Node
	watcher Watcher
	known   *Known
	options Options
	reloads sync.WaitGroup

	mu      sync.Mutex
	current map[string]runtime.Hash // what was last reported of each file
	events  map[string]Event        // what each file's last change led to
}

// Event is what the last change of a file led to.
type Event struct {
	At   time.Time
	Text string // "reloaded 2 services"
}

// New makes a reloader. known is the one whose Loaded the node was given.
func New(node *runtime.Node, watcher Watcher, known *Known, options Options) *Reloader {
	return &Reloader{
		node: node, watcher: watcher, known: known, options: options,
		current: map[string]runtime.Hash{}, events: map[string]Event{},
	}
}

// Run follows the watcher until ctx ends or the watcher is closed. Nothing of it
// runs any more when it returns.
func (r *Reloader) Run(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer r.reloads.Wait()
	defer cancel()
	launched := make(chan runtime.Handle, 1024)
	stop := r.node.Events(func(e runtime.Event) {
		if e.Kind != runtime.EventLaunched {
			return
		}
		select {
		case launched <- e.Service:
		default: // a flood of launches: a save that comes meanwhile reaches them
		}
	})
	defer stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-r.known.more:
			for _, l := range r.known.take() {
				if err := r.watcher.SetKnown(l.path, watch.Hash(l.hash)); err != nil {
					r.options.Log("%v", err)
				}
			}
		case h := <-launched:
			r.catchUp(ctx, h)
		case b, ok := <-r.watcher.Batches():
			if !ok {
				return nil
			}
			r.save(ctx, b)
		}
	}
}

// save reloads what a batch concerns.
func (r *Reloader) save(ctx context.Context, b watch.Batch) {
	changed := make(map[string]runtime.Hash, len(b.Changes))
	contents := make(map[string][]byte, len(b.Changes))
	r.mu.Lock()
	for _, c := range b.Changes {
		changed[c.Path] = runtime.Hash(c.Hash)
		contents[c.Path] = c.Data
		if c.Op != watch.Removed && c.Data == nil {
			contents[c.Path] = []byte{} // empty, not gone
		}
		r.current[c.Path] = runtime.Hash(c.Hash)
	}
	r.mu.Unlock()
	handled := r.options.Saved != nil && r.options.Saved()
	targets := r.node.Affected(changed)
	if len(targets) == 0 {
		if !handled {
			r.nobody(b)
		}
		return
	}
	options := runtime.ReloadOptions{Trigger: trigger(b), Saved: b.First, Files: contents}
	r.reloads.Go(func() { r.note(b, r.reload(ctx, targets, options)) })
}

// reload reloads services; the node logs what came of each, but for those that
// it couldn't even begin with.
func (r *Reloader) reload(ctx context.Context, targets []runtime.Handle, options runtime.ReloadOptions) []runtime.ReloadRecord {
	records := r.node.Reload(ctx, targets, options)
	for _, rec := range records {
		if rec.Err != nil && rec.From == 0 && ctx.Err() == nil {
			r.options.Log("%s: %s was not reloaded: %v", options.Trigger, rec.Service, rec.Err)
		}
	}
	return records
}

// catchUp reloads a service that has loaded other bytes than those that were
// reported while it was starting.
func (r *Reloader) catchUp(ctx context.Context, h runtime.Handle) {
	r.mu.Lock()
	stale := len(r.current) > 0 && slices.Contains(r.node.Affected(r.current), h)
	r.mu.Unlock()
	if !stale {
		return
	}
	options := runtime.ReloadOptions{Trigger: "saved while it was starting"}
	r.reloads.Go(func() { r.reload(ctx, []runtime.Handle{h}, options) })
}

// nobody says why a save led to nothing.
func (r *Reloader) nobody(b watch.Batch) {
	for _, c := range b.Changes {
		switch {
		case c.Op == watch.Removed:
			r.remember(c.Path, "gone; services run on with what they loaded")
		case r.runs(c.Path, runtime.Hash(c.Hash)):
			r.remember(c.Path, "its services run these bytes already")
			continue
		default:
			r.remember(c.Path, "no running service uses it")
			r.options.Log("saved %s: no running service uses it. If a service failed to start because of it, start it again: `start NAME` on the console, or whatever launches it", short(c.Path))
		}
	}
}

// runs tells whether a service runs these bytes of a file.
func (r *Reloader) runs(path string, hash runtime.Hash) bool {
	for _, info := range r.node.List() {
		loaded, _ := r.node.Dependencies(info.Handle)
		if got, ok := loaded[path]; ok && got == hash {
			return true
		}
	}
	return false
}

// note remembers what a batch led to, for `watch`.
func (r *Reloader) note(b watch.Batch, records []runtime.ReloadRecord) {
	done, failed := 0, 0
	for _, rec := range records {
		if rec.Err != nil {
			failed++
		} else {
			done++
		}
	}
	text := "reloaded " + count(done)
	if failed > 0 {
		text = fmt.Sprintf("reloaded %s, failed in %d", count(done), failed)
	}
	for _, c := range b.Changes {
		r.remember(c.Path, text)
	}
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
