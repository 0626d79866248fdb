package live

import (
	"maps"
	"path/filepath"
	"sync"

	"devnode/runtime"
	"devnode/watch"
)

// Known gathers what services load from disk, on its way to the watcher. The
// watcher keeps one hash of each file, which all services are taken to run. As
// long as they load these bytes, it need not be told. Once one loads others,
// there is no telling who has which: the watcher is to report the file again.
type Known struct {
	mu    sync.Mutex
	has   map[string]runtime.Hash // what the watcher was told, or has reported
	queue []loaded
	more  chan struct{} // has an element when the queue isn't empty
}

// loaded is a file that the watcher is to be told of.
type loaded struct {
	path  string
	hash  runtime.Hash
	again bool // another hash of it was known before
}

// NewKnown makes one that has heard of nothing.
func NewKnown() *Known {
	return &Known{has: map[string]runtime.Hash{}, more: make(chan struct{}, 1)}
}

// Loaded is for runtime.Config: it never waits.
func (k *Known) Loaded(path string, hash runtime.Hash) {
	if !filepath.IsAbs(path) {
		return // the working folder is gone, and with it the place to watch
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	has, again := k.has[path]
	if again && has == hash {
		return
	}
	k.has[path] = hash
	k.queue = append(k.queue, loaded{path, hash, again})
	select {
	case k.more <- struct{}{}:
	default:
	}
}

// reported takes note of what the watcher takes services to run from now on.
func (k *Known) reported(b watch.Batch) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, c := range b.Changes {
		k.has[c.Path] = runtime.Hash(c.Hash)
	}
}

// moved has the watcher told of the files below one folder by their paths below
// another, with what it took services to run of them.
func (k *Known) moved(from, to string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for path, hash := range maps.Clone(k.has) {
		if !below(path, from) {
			continue
		}
		there := renamedPath(path, from, to)
		k.has[there] = hash
		k.queue = append(k.queue, loaded{there, hash, false})
		delete(k.has, path)
	}
	select {
	case k.more <- struct{}{}:
	default:
	}
}

// certain are those of the files in reported of which nothing else was loaded
// since: the others will be reported again.
func (k *Known) certain(reported map[string]runtime.Hash) map[string]runtime.Hash {
	k.mu.Lock()
	defer k.mu.Unlock()
	list := make(map[string]runtime.Hash, len(reported))
	for path, hash := range reported {
		if k.has[path] == hash {
			list[path] = hash
		}
	}
	return list
}

// tell empties the queue into the watcher.
func (k *Known) tell(w Watcher) []error {
	k.mu.Lock()
	queue := k.queue
	k.queue = nil
	k.mu.Unlock()
	var faults []error
	for _, l := range queue {
		var err error
		if l.again {
			err = w.Doubt(l.path)
		} else {
			err = w.SetKnown(l.path, watch.Hash(l.hash))
		}
		if err != nil {
			faults = append(faults, err)
		}
	}
	return faults
}
