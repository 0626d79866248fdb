package sharetable

import (
	"sync"

	"devnode/runtime/library"
)

// pairing is what is in the place of each table of an old version in the new one. All
// services that go from one to the other need the same.
type pairing struct {
	once  sync.Once
	pairs map[library.Value]library.Value
}

// between are the two versions of a pairing.
type between struct{ was, is library.Value }

// maxPairings is how many the store keeps.
const maxPairings = 8

func (st *store) pairing(was, is library.Value) map[library.Value]library.Value {
	st.mu.Lock()
	key := between{was, is}
	p := st.pairings[key]
	if p == nil {
		p = &pairing{}
		if len(st.pairings) >= maxPairings {
			clear(st.pairings)
		}
		st.pairings[key] = p
	}
	st.mu.Unlock()
	p.once.Do(func() {
		p.pairs = map[library.Value]library.Value{}
		p.add(was, is)
	})
	return p.pairs
}

// forget drops the pairings that don't lead to the table that a name has now.
func (st *store) forget(was library.Value) {
	for key := range st.pairings {
		if key.is == was {
			delete(st.pairings, key)
		}
	}
}

// add notes for each table in an old one what is at its place in the new one.
func (p *pairing) add(was, is library.Value) {
	if _, seen := p.pairs[was]; seen {
		return
	}
	p.pairs[was] = is
	old, _ := was.Table()
	now, replaced := is.Table()
	for k, v := range old.All() {
		if v.Type() != "table" {
			continue
		}
		next := library.Nil
		if replaced && now.Get(k).Type() == "table" {
			next = now.Get(k)
		}
		p.add(v, next)
	}
}
