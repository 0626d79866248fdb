package live

import (
	"context"
	"maps"
	"slices"
	"sync"
	"time"

	"devnode/runtime"
	"devnode/watch"
)

// Watcher is what the reloader needs of a watch.Watcher.
type Watcher interface {
	SetKnown(path string, h watch.Hash) error
	Doubt(path string) error
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
	// Times has the log say where the time of a save went.
	Times bool
	// Modes say what a save does to each service; nil stands for auto for all.
	Modes *Modes
	// Restart starts the whole node anew, for services of that mode; why is for
	// the log. It must not wait for the Reloader. Without it they are reloaded.
	Restart func(why string)
}

// Reloader reloads services when their files are saved. Run does the work.
type Reloader struct {
	node    *runtime.Node
	watcher Watcher
	known   *Known
	options Options
	reloads sync.WaitGroup

	folder workingFolder // only Run touches it

	launched, reloaded *pendingSet // since they were looked at last

	mu      sync.Mutex
	current map[string]runtime.Hash // what was last reported of each file
	saved   map[string][]byte       // and its content; nil for one that is gone
	events  map[string]Event        // what each file's last change led to
	failed  failures
}

// Event is what the last change of a file led to.
type Event struct {
	At   time.Time
	Text string // "reloaded 2 services"
}

// New makes a reloader. known is the one whose Loaded the node was given.
func New(node *runtime.Node, watcher Watcher, known *Known, options Options) *Reloader {
	if options.Modes == nil {
		options.Modes = &Modes{}
	}
	return &Reloader{
		node: node, watcher: watcher, known: known, options: options, failed: failures{},
		launched: newPendingSet(), reloaded: newPendingSet(), folder: newWorkingFolder(),
		current: map[string]runtime.Hash{}, saved: map[string][]byte{}, events: map[string]Event{},
	}
}

// Run follows the watcher until ctx ends or the watcher is closed. Nothing of it
// runs any more when it returns.
func (r *Reloader) Run(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer r.reloads.Wait()
	defer cancel()
	stop := r.node.Events(func(e runtime.Event) {
		if e.Kind == runtime.EventLaunched {
			r.launched.add(e.Service)
		}
	})
	defer stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-r.known.more:
			for _, err := range r.known.tell(r.watcher) {
				r.options.Log("%v", err)
			}
		case <-r.launched.more:
			r.catchUp(ctx, r.launched.take(), "saved while it was starting")
		case <-r.reloaded.more:
			r.catchUp(ctx, r.reloaded.take(), "saved while it was being reloaded")
		case b, ok := <-r.watcher.Batches():
			if !ok {
				return nil
			}
			r.save(ctx, b)
		}
	}
}

// save brings the services that a batch concerns up to date. It returns when
// that has begun: a batch that comes later is newer for each of them.
func (r *Reloader) save(ctx context.Context, b watch.Batch) {
	b.Changes = r.readable(ctx, r.inPlace(b.Changes))
	r.tellGone(b.Changes)
	r.known.reported(b)
	if b.Changes = r.loadable(r.included(b.Changes)); len(b.Changes) == 0 {
		return
	}
	changed := make(map[string]runtime.Hash, len(b.Changes))
	r.mu.Lock()
	for _, c := range b.Changes {
		changed[c.Path] = runtime.Hash(c.Hash)
		r.saved[c.Path] = c.Data
		if c.Op != watch.Removed && c.Data == nil {
			r.saved[c.Path] = []byte{} // empty, not gone
		}
		r.current[c.Path] = runtime.Hash(c.Hash)
	}
	contents := maps.Clone(r.saved)
	r.mu.Unlock()
	handled := r.options.Saved != nil && r.options.Saved()
	targets := r.node.Affected(changed)
	if len(targets) == 0 {
		if !handled {
			r.nobody(b)
		}
		return
	}
	for _, h := range targets { // what else they have loaded stays as it is
		for path, data := range r.node.Loaded(h) {
			if _, ok := contents[path]; !ok {
				contents[path] = data
			}
		}
	}
	p := r.plan(targets, changed, contents)
	if p.restart != "" && r.restart(trigger(b), b.Changes, p.restart) {
		return
	}
	options := runtime.ReloadOptions{Trigger: trigger(b), Saved: b.Saved, Noticed: b.First, Settled: b.Settled, Files: contents, Why: p.why, Anew: p.anew}
	r.carryOut(ctx, p, options, func(records []runtime.ReloadRecord) { r.note(b, contents, p, records) })
}

// included are the changes but those of files that a .devnodeignore excludes.
func (r *Reloader) included(changes []watch.Change) []watch.Change {
	return slices.DeleteFunc(changes, func(c watch.Change) bool {
		excluded, err := watch.Excluded(c.Path)
		if err != nil {
			r.options.Log("%v", err)
		}
		if excluded {
			r.remember(c.Path, "left alone, as .devnodeignore says")
			r.options.Log("saved %s: left alone, as .devnodeignore says", short(c.Path))
		}
		return excluded
	})
}

// loadable are the changes but those of files that were only injected into
// services: whether their code can be run once more isn't for a save to decide.
func (r *Reloader) loadable(changes []watch.Change) []watch.Change {
	return slices.DeleteFunc(changes, func(c watch.Change) bool {
		into := r.injectedInto(c.Path)
		loaded, _ := r.loaded(c.Path, runtime.Hash(c.Hash))
		if len(into) == 0 || loaded {
			return false
		}
		r.remember(c.Path, notRepeated)
		r.options.Log("saved %s: %s. To run it again: inject %s %s", short(c.Path), notRepeated, into[0], short(c.Path))
		return true
	})
}

// notRepeated is what a save does to a file that was injected.
const notRepeated = "was injected, which a save doesn't repeat"

// injectedInto lists the services that code of a file was injected into.
func (r *Reloader) injectedInto(path string) []runtime.Handle {
	var into []runtime.Handle
	for _, info := range r.node.List() {
		if _, ok := r.node.Injected(info.Handle)[path]; ok {
			into = append(into, info.Handle)
		}
	}
	return into
}

// carryOut patches and reloads. It returns once all has begun; then is told the
// outcome later.
func (r *Reloader) carryOut(ctx context.Context, p plan, options runtime.ReloadOptions, then func([]runtime.ReloadRecord)) {
	options.Quiet = true
	records, later := r.split(r.patch(ctx, &p, options), p.reload)
	r.tell(records)
	if len(p.reload) == 0 {
		then(records)
		return
	}
	begun := make(chan struct{})
	options.Begun = func() { close(begun) }
	r.reloads.Go(func() {
		later = append(later, r.reload(ctx, p.reload, options)...)
		r.tell(later)
		then(append(records, later...))
		r.reloaded.add(p.reload...)
	})
	<-begun
}

// reload reloads services, where they don't run the files already.
func (r *Reloader) reload(ctx context.Context, targets []runtime.Handle, options runtime.ReloadOptions) []runtime.ReloadRecord {
	options.Needed = true
	return r.node.Reload(ctx, targets, options)
}

// catchUp brings those of some services up to date that have loaded other bytes
// than those that were reported meanwhile.
func (r *Reloader) catchUp(ctx context.Context, services map[runtime.Handle]bool, trigger string) {
	r.mu.Lock()
	current, contents := r.known.certain(r.current), maps.Clone(r.saved)
	r.mu.Unlock()
	if len(current) == 0 {
		return
	}
	behind := slices.DeleteFunc(r.node.Behind(current), func(h runtime.Handle) bool { return !services[h] })
	if len(behind) == 0 {
		return
	}
	p := r.plan(behind, current, contents)
	if p.restart != "" && r.restart(trigger, nil, p.restart) {
		return
	}
	options := runtime.ReloadOptions{Trigger: trigger, Files: contents, Why: p.why, Anew: p.anew}
	r.carryOut(ctx, p, options, func(records []runtime.ReloadRecord) { r.note(watch.Batch{}, contents, p, records) })
}

// nobody says why a save led to nothing.
func (r *Reloader) nobody(b watch.Batch) {
	for _, c := range b.Changes {
		loaded, same := r.loaded(c.Path, runtime.Hash(c.Hash))
		switch {
		case c.Op == watch.Removed:
			r.remember(c.Path, "gone; services run on with what they loaded")
		case same:
			r.remember(c.Path, "its services run these bytes already")
		case loaded:
			r.remember(c.Path, "saved while its services were starting or being reloaded")
		default:
			r.remember(c.Path, "no running service uses it")
			r.options.Log("saved %s: no running service uses it. If a service failed to start because of it, start it again: `start NAME` on the console, or whatever launches it", short(c.Path))
		}
	}
}

// loaded tells whether a service has loaded a file, and whether one has these
// bytes of it.
func (r *Reloader) loaded(path string, hash runtime.Hash) (loaded, same bool) {
	for _, info := range r.node.List() {
		files, _ := r.node.Dependencies(info.Handle)
		got, ok := files[path]
		loaded, same = loaded || ok, same || ok && got == hash
	}
	return loaded, same
}
