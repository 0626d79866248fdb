package live

import (
	"sync"

	"devnode/runtime"
)

// pendingSet gathers services to look at, from any goroutine and without waiting.
type pendingSet struct {
	mu   sync.Mutex
	set  map[runtime.Handle]bool
	more chan struct{} // has an element when the set isn't empty
}

func newPendingSet() *pendingSet {
	return &pendingSet{set: map[runtime.Handle]bool{}, more: make(chan struct{}, 1)}
}

func (p *pendingSet) add(services ...runtime.Handle) {
	if len(services) == 0 {
		return
	}
	p.mu.Lock()
	for _, h := range services {
		p.set[h] = true
	}
	p.mu.Unlock()
	select {
	case p.more <- struct{}{}:
	default:
	}
}

// take empties the set.
func (p *pendingSet) take() map[runtime.Handle]bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	set := p.set
	p.set = map[runtime.Handle]bool{}
	return set
}
