package runtime

import (
	"maps"
	"slices"
	"sync"
	"sync/atomic"

	"devnode/runtime/internal/actor"
)

// Handle identifies a service in its node. 0 is no service. Its printed form is
// `:0000000a`.
type Handle = actor.Handle

// ParseHandle reads an address in the form `:0000000a`.
func ParseHandle(s string) (Handle, bool) { return actor.ParseHandle(s) }

// Handles of the node's own services, as in skynet; the first service of the
// user gets firstUserHandle.
const (
	handleLogger    Handle = 1
	handleBootstrap Handle = 2
	handleLauncher  Handle = 3
	handleManager   Handle = 4
	handleLogScript Handle = 5 // the script that takes the log, if there is one
	firstUserHandle Handle = 8
)

// handles is the node's table of services and of their names
// (skynet_handle.c). It is safe for concurrent use; handle numbers are never
// used twice.
type handles struct {
	mu       sync.RWMutex
	services map[Handle]*Service
	ending   map[Handle]*Service            // out of the table, and not at their end yet
	index    atomic.Pointer[[]*handleChunk] // the same by number, for grab
	names    map[string]Handle              // local names, with their dot, and global ones
	last     Handle
}

func newHandles() *handles {
	return &handles{
		services: make(map[Handle]*Service),
		ending:   make(map[Handle]*Service),
		names:    make(map[string]Handle),
		last:     firstUserHandle - 1,
	}
}

// register gives s a handle: want, or the next free one if want is 0.
func (hs *handles) register(s *Service, want Handle) Handle {
	hs.mu.Lock()
	defer hs.mu.Unlock()
	if want == 0 {
		hs.last++
		want = hs.last
	}
	s.handle = want
	hs.services[want] = s
	hs.putLocked(want, s)
	return want
}

// handleChunk is a part of the index. Every message looks its receiver up, so
// that takes no lock; a chunk of which all services are gone is dropped.
type handleChunk struct {
	slots [chunkSize]atomic.Pointer[Service]
	used  int // under handles.mu
}

const chunkSize = 256

// grab finds a live service, nil if there is none.
func (hs *handles) grab(h Handle) *Service {
	index := hs.index.Load()
	if index == nil || int(h/chunkSize) >= len(*index) {
		return nil
	}
	chunk := (*index)[h/chunkSize]
	if chunk == nil {
		return nil
	}
	return chunk.slots[h%chunkSize].Load()
}

// putLocked sets the index's entry of h, to nil for none.
func (hs *handles) putLocked(h Handle, s *Service) {
	var index []*handleChunk
	if p := hs.index.Load(); p != nil {
		index = *p
	}
	i := int(h / chunkSize)
	if i >= len(index) || index[i] == nil {
		grown := make([]*handleChunk, max(i+1, len(index)))
		copy(grown, index)
		grown[i] = &handleChunk{}
		hs.index.Store(&grown)
		index = grown
	}
	chunk := index[i]
	chunk.slots[h%chunkSize].Store(s)
	if s != nil {
		chunk.used++
	} else if chunk.used--; chunk.used == 0 && hs.last/chunkSize > h/chunkSize {
		shrunk := append([]*handleChunk(nil), index...)
		shrunk[i] = nil
		hs.index.Store(&shrunk)
	}
}

// retire takes a service and its names out of the table. It is false when it
// was out already.
func (hs *handles) retire(h Handle) bool {
	hs.mu.Lock()
	defer hs.mu.Unlock()
	s := hs.services[h]
	if s == nil {
		return false
	}
	if s.over != nil {
		hs.ending[h] = s
	}
	delete(hs.services, h)
	hs.putLocked(h, nil)
	for name, owner := range hs.names {
		if owner == h {
			delete(hs.names, name)
		}
	}
	return true
}

// ended is told that nothing is left of a service that was retired.
func (hs *handles) ended(h Handle) {
	hs.mu.Lock()
	defer hs.mu.Unlock()
	delete(hs.ending, h)
}

// leaving lists the services that were retired and have not come to their end.
func (hs *handles) leaving() []*Service {
	hs.mu.RLock()
	defer hs.mu.RUnlock()
	return slices.Collect(maps.Values(hs.ending))
}

// grabEnding finds a live service, or one that is ending; nil if there is none.
func (hs *handles) grabEnding(h Handle) *Service {
	if s := hs.grab(h); s != nil {
		return s
	}
	hs.mu.RLock()
	defer hs.mu.RUnlock()
	return hs.ending[h]
}

// name gives h a name. A name that is taken stays with its owner, silently, as
// in skynet; the result is who has it now.
func (hs *handles) name(name string, h Handle) Handle {
	hs.mu.Lock()
	defer hs.mu.Unlock()
	if owner := hs.names[name]; owner != 0 {
		return owner
	}
	if hs.services[h] == nil {
		return 0
	}
	hs.names[name] = h
	return h
}

// find is the service of a name, 0 if nobody has it.
func (hs *handles) find(name string) Handle {
	hs.mu.RLock()
	defer hs.mu.RUnlock()
	return hs.names[name]
}

// namesOf lists the names of h in no order.
func (hs *handles) namesOf(h Handle) []string {
	hs.mu.RLock()
	defer hs.mu.RUnlock()
	var names []string
	for name, owner := range hs.names {
		if owner == h {
			names = append(names, name)
		}
	}
	return names
}

// all lists the live services in no order.
func (hs *handles) all() []*Service {
	hs.mu.RLock()
	defer hs.mu.RUnlock()
	list := make([]*Service, 0, len(hs.services))
	for _, s := range hs.services {
		list = append(list, s)
	}
	return list
}

// unname takes a name away from h.
func (hs *handles) unname(name string, h Handle) {
	hs.mu.Lock()
	defer hs.mu.Unlock()
	if hs.names[name] == h {
		delete(hs.names, name)
	}
}
