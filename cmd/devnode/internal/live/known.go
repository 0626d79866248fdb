package live

import (
	"sync"

	"devnode/runtime"
)

// Known gathers what services load, on its way to the watcher. A path is told
// once: from then on the watcher knows by itself what became of it.
type Known struct {
	mu    sync.Mutex
	told  map[string]bool
	queue []loaded
	more  chan struct{} // has an element when the queue isn't empty
}

type loaded struct {
	path string
	hash runtime.Hash
}

// NewKnown makes one that has heard of nothing.
func NewKnown() *Known {
	return &Known{told: map[string]bool{}, more: make(chan struct{}, 1)}
}

// Loaded is for runtime.Config: it never waits.
func (k *Known) Loaded(path string, hash runtime.Hash) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.told[path] {
		return
	}
	k.told[path] = true
	k.queue = append(k.queue, loaded{path, hash})
	select {
	case k.more <- struct{}{}:
	default:
	}
}

// take empties the queue.
func (k *Known) take() []loaded {
	k.mu.Lock()
	defer k.mu.Unlock()
	q := k.queue
	k.queue = nil
	return q
}
