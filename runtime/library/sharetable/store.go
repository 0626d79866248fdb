package sharetable

import (
	"fmt"
	"maps"
	"slices"
	"sync"

	"devnode/runtime/library"
)

// store has the tables of a node by their names.
type store struct {
	mu       sync.Mutex
	tables   map[string]loaded
	pairings map[between]*pairing
}

// loaded is a table, and what it weighs at the service that has loaded it.
type loaded struct {
	library.Frozen
	weight int64
	by     library.Handle
}

var stored = &library.NodeState[*store]{New: func(library.Node) *store {
	return &store{tables: map[string]loaded{}, pairings: map[between]*pairing{}}
}}

func (st *store) find(name string) (loaded, bool) {
	st.mu.Lock()
	defer st.mu.Unlock()
	t, ok := st.tables[name]
	return t, ok
}

func (st *store) put(name string, t loaded) {
	st.mu.Lock()
	defer st.mu.Unlock()
	if was, ok := st.tables[name]; ok {
		st.forget(was.Value())
	}
	st.tables[name] = t
}

func (st *store) names() []string {
	st.mu.Lock()
	defer st.mu.Unlock()
	return slices.Sorted(maps.Keys(st.tables))
}

// weight is what a service's tables weigh. They count there once, and at no reader.
func (st *store) weight(h library.Handle) (bytes int64, count int) {
	st.mu.Lock()
	defer st.mu.Unlock()
	for _, t := range st.tables {
		if t.by == h {
			bytes += t.weight
			count++
		}
	}
	return bytes, count
}

// pending is what a version of a service's code has loaded before it serves.
type pending struct {
	generation library.Generation
	tables     map[string]loaded
}

var prepared = &library.GenerationState[*pending]{
	New: func(g library.Generation) *pending { return &pending{g, map[string]loaded{}} },
	Switched: func(p *pending) {
		st := stored.Of(p.generation.Service().Node())
		for name, t := range p.tables {
			st.put(name, t)
		}
		clear(p.tables)
	},
}

// reader is what a service has asked for: the tables that it may hold, by name.
type reader struct {
	service library.Service
	held    map[string]map[library.Value]bool
}

var reading = &library.ServiceState[*reader]{
	New: func(s library.Service) *reader { return &reader{s, map[string]map[library.Value]bool{}} },
	Weight: func(r *reader) int64 {
		bytes, _ := stored.Of(r.service.Node()).weight(r.service.Handle())
		return bytes
	},
	Info: func(r *reader) string {
		bytes, count := stored.Of(r.service.Node()).weight(r.service.Handle())
		if count == 0 {
			return ""
		}
		return fmt.Sprintf("shared tables: %d, %.2f MB", count, float64(bytes)/(1<<20))
	},
}

// put has a name be that of a table.
func put(c library.Call, name string, f library.Frozen) {
	reading.Of(c.Service()) // which weighs it
	t := loaded{f, f.Weight(), c.Service().Handle()}
	if g := c.Generation(); g.Preparing() {
		prepared.Of(g).tables[name] = t
		return
	}
	stored.Of(c.Node()).put(name, t)
}

// named is the table of a name, as the calling code sees it.
func named(c library.Call, name string) (library.Value, bool) {
	t, ok := prepared.Of(c.Generation()).tables[name]
	if !ok {
		t, ok = stored.Of(c.Node()).find(name)
	}
	if !ok {
		return library.Nil, false
	}
	r := reading.Of(c.Service())
	if r.held[name] == nil {
		r.held[name] = map[library.Value]bool{}
	}
	r.held[name][t.Value()] = true
	return t.Value(), true
}
