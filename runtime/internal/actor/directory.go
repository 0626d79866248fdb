package actor

import (
	"maps"
	"slices"
	"sync"
	"sync/atomic"
)

// FirstUserHandle is that of the first service of the user. Those below it are the
// node's own, as in skynet.
const FirstUserHandle Handle = 8

// Directory is the node's table of services and of their names
// (skynet_handle.c). It is safe for concurrent use; handle numbers are never
// used twice.
type Directory struct {
	mu       sync.RWMutex
	services map[Handle]*Actor
	ending   map[Handle]*Actor              // out of the table, and not at their end yet
	index    atomic.Pointer[[]*handleChunk] // the same by number, for grab
	names    names
	last     Handle
}

// NewDirectory makes an empty table.
func NewDirectory() *Directory {
	return &Directory{
		services: make(map[Handle]*Actor),
		ending:   make(map[Handle]*Actor),
		names:    newNames(),
		last:     FirstUserHandle - 1,
	}
}

// Register gives s a handle: want, or the next free one if want is 0.
func (hs *Directory) Register(s *Actor, want Handle) Handle {
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
	slots [chunkSize]atomic.Pointer[Actor]
	used  int // under Directory.mu
}

const chunkSize = 256

// Grab finds a live service, nil if there is none.
func (hs *Directory) Grab(h Handle) *Actor {
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
func (hs *Directory) putLocked(h Handle, s *Actor) {
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

// Retire takes a service and its names out of the table. It is false when it
// was out already.
func (hs *Directory) Retire(h Handle) bool {
	hs.mu.Lock()
	defer hs.mu.Unlock()
	s := hs.services[h]
	if s == nil {
		return false
	}
	if s.Lingers {
		hs.ending[h] = s
	}
	delete(hs.services, h)
	hs.putLocked(h, nil)
	hs.names.removeAll(h)
	return true
}

// Ended is told that nothing is left of a service that was retired.
func (hs *Directory) Ended(h Handle) {
	hs.mu.Lock()
	defer hs.mu.Unlock()
	delete(hs.ending, h)
}

// Leaving lists the services that were retired and have not come to their end.
func (hs *Directory) Leaving() []*Actor {
	hs.mu.RLock()
	defer hs.mu.RUnlock()
	return slices.Collect(maps.Values(hs.ending))
}

// GrabEnding finds a live service, or one that is ending; nil if there is none.
func (hs *Directory) GrabEnding(h Handle) *Actor {
	if s := hs.Grab(h); s != nil {
		return s
	}
	hs.mu.RLock()
	defer hs.mu.RUnlock()
	return hs.ending[h]
}

// Name gives h a name. A name that is taken stays with its owner, silently, as
// in skynet; the result is who has it now.
func (hs *Directory) Name(name string, h Handle) Handle {
	hs.mu.Lock()
	defer hs.mu.Unlock()
	if owner := hs.names.owners[name]; owner != 0 {
		return owner
	}
	if hs.services[h] == nil {
		return 0
	}
	hs.names.add(name, h)
	return h
}

// Find is the service of a name, 0 if nobody has it.
func (hs *Directory) Find(name string) Handle {
	hs.mu.RLock()
	defer hs.mu.RUnlock()
	return hs.names.owners[name]
}

// NamesOf lists the names of h in no order.
func (hs *Directory) NamesOf(h Handle) []string {
	hs.mu.RLock()
	defer hs.mu.RUnlock()
	return hs.names.list(h)
}

// All lists the live services in no order.
func (hs *Directory) All() []*Actor {
	hs.mu.RLock()
	defer hs.mu.RUnlock()
	list := make([]*Actor, 0, len(hs.services))
	for _, s := range hs.services {
		list = append(list, s)
	}
	return list
}

// Unname takes a name away from h.
func (hs *Directory) Unname(name string, h Handle) {
	hs.mu.Lock()
	defer hs.mu.Unlock()
	if hs.names.owners[name] == h {
		hs.names.remove(name, h)
	}
}
