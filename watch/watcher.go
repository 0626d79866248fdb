package watch

import (
	"fmt"
	"path/filepath"
	"sync"
	"time"
)

// Watcher turns saves into batches. Its methods may be called by any
// goroutine at any time.
type Watcher struct {
	cfg   Config
	queue *queue
	out   chan Batch
	kick  chan struct{} // has an element when a call has stirred a file
	stop  chan struct{}
	done  sync.WaitGroup

	notifier *notifier // nil when everything is polled
	poller   *poller

	mu          sync.Mutex // guards what follows and all that hangs on it
	tree        *tree
	descriptors *descriptors
	reasons     *reasons
	debounce    debouncer
	repos       repos
	history     history
	closed      bool
}

// New starts to watch. What the files hold at this time is what the consumer
// is taken to know: New reads all of those in the roots once. It fails when
// cfg isn't valid; a root that isn't there, or a system that gives no events,
// is dealt with and said in cfg.Log. [Watcher.Close] ends it.
func New(cfg Config) (*Watcher, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	w := &Watcher{
		cfg:   cfg.filled(),
		queue: newQueue(),
		out:   make(chan Batch),
		kick:  make(chan struct{}, 1),
		stop:  make(chan struct{}),
	}
	w.poller = newPoller(w.queue, w.cfg.PollInterval)
	w.reasons = newReasons(w.cfg.Log)
	if w.cfg.Mode != Poll {
		var err error
		if w.notifier, err = newNotifier(w.queue); err != nil {
			w.reasons.noEvents(err)
		}
	}
	w.descriptors = &descriptors{mode: w.cfg.Mode, notifier: w.notifier, poller: w.poller,
		dirs: map[string]*descriptor{}, reasons: w.reasons, unreliable: unreliable}
	w.tree = newTree(&w.cfg, w.descriptors, w.reasons)
	w.debounce = debouncer{quiet: w.cfg.Quiet}
	w.done.Add(1)
	go w.run()
	for _, root := range w.cfg.Roots {
		if err := w.add(root, true); err != nil {
			w.Close()
			return nil, err
		}
	}
	return w, nil
}

// Add watches a file or a folder in addition; one that doesn't exist is
// waited for. What it holds now is what the consumer is taken to know. It
// reads the disk and returns when nothing that happens from then on can be
// missed. Adding a path again does nothing.
func (w *Watcher) Add(path string) error { return w.add(path, false) }

// add takes a path that isn't there for a folder's, or for either's.
func (w *Watcher) add(path string, folder bool) error {
	path, err := absolute(path)
	if err != nil {
		return err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closed {
		return fmt.Errorf("watch %s: the watcher is closed", path)
	}
	r := resolve(path)
	if r.info == nil && folder || r.info != nil && r.info.IsDir() {
		w.repos.add(path)
		w.tree.addRoot(path, asFound, time.Now())
		return nil
	}
	f, before := w.addNamed(path)
	f.either = true
	if !before && f.folder == nil {
		w.tree.adopt(f, path)
	}
	return nil
}

// SetKnown says which bytes of a file the consumer has: those with this hash,
// or none, with the zero Hash, if it looked for the file and didn't find it.
// The file is watched from now on, wherever it is. When it holds something
// else, now or later, that is reported.
//
// It is for what the consumer reads from the disk itself. What it takes from
// a batch is known to the watcher without this; and going back to older bytes
// on purpose, as a rollback does, is none of the watcher's business: it would
// report what the disk holds at once. A batch that is being received during
// the call may hold what the call says.
//
// It is cheap to repeat: nothing is read unless h is news.
func (w *Watcher) SetKnown(path string, h Hash) error {
	return w.tell(path, func(f *file, before bool) bool {
		news := !before || f.base != h // if it isn't calm, it is being looked at
		f.base = h
		return news
	})
}

// Doubt says that the consumer can't tell which bytes of a file it has: it has
// read the file several times, or in several places, and found different ones.
// The file is reported once more when it comes to rest, whatever it holds then.
// It is watched from now on, wherever it is.
func (w *Watcher) Doubt(path string) error {
	return w.tell(path, func(f *file, _ bool) bool {
		f.doubted = true
		return true
	})
}

// tell watches the file at path by its name, notes what the consumer says of it, and
// has it looked at if that is news. before is whether it was watched by name already.
func (w *Watcher) tell(path string, note func(f *file, before bool) (news bool)) error {
	path, err := absolute(path)
	if err != nil {
		return err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closed {
		return fmt.Errorf("watch %s: the watcher is closed", path)
	}
	f, before := w.addNamed(path)
	if note(f, before) {
		w.said(f)
	}
	return nil
}

// addNamed watches the file at path by its name, and reports whether it was so before.
func (w *Watcher) addNamed(path string) (f *file, before bool) {
	if f, before = w.tree.addNamed(path); !before {
		w.repos.add(filepath.Dir(path))
	}
	return f, before
}

// said has a file looked at of which the consumer has said something.
func (w *Watcher) said(f *file) {
	f.said++
	w.tree.stir(f, time.Now())
	select {
	case w.kick <- struct{}{}:
	default:
	}
}

// Batches returns the channel of batches, always the same one. It has no
// buffer: while nobody receives, what changes meanwhile joins the batch that
// waits, and what changes back leaves it. Close closes it.
func (w *Watcher) Batches() <-chan Batch { return w.out }

// Close ends the watch and waits until nothing of it runs any more. A batch
// that waits is dropped. Closing twice does nothing.
func (w *Watcher) Close() error {
	w.mu.Lock()
	if w.closed {
		w.mu.Unlock()
		w.done.Wait()
		return nil
	}
	w.closed = true
	w.mu.Unlock()
	close(w.stop)
	w.done.Wait()
	w.poller.close()
	if w.notifier != nil {
		if err := w.notifier.close(); err != nil {
			return fmt.Errorf("close watcher: %w", err)
		}
	}
	return nil
}

func absolute(path string) (string, error) {
	if path == "" {
		return "", fmt.Errorf("watch %q: got an empty path", path)
	}
	abs, err := filepath.Abs(path)
	if err != nil {
		return "", fmt.Errorf("watch %s: %w", path, err)
	}
	return abs, nil
}
