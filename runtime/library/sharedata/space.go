package sharedata

import (
	"slices"
	"sync"
	"weak"

	"devnode/runtime/library"
)

// space is where tables are shared by names: sharedata has one, and datasheet.
type space struct {
	stored   *library.NodeState[*store]
	prepared *library.GenerationState[*pending]
	viewing  *library.GenerationState[*views]
	reading  *library.ServiceState[*readers]
	gone     func(name, path string) string // the error of reading what is no more
}

// store has the shared tables of a node by their names.
type store struct {
	mu    sync.Mutex
	names map[string]*shared
}

// shared is a table with a name, in whose place updates put others.
type shared struct {
	name    string
	madeBy  library.Handle
	current library.Frozen
	version int // counts the updates
	weight  int64
	viewers map[*readers]library.Service // who shows it
}

// pending is what a version of a service's code has shared before it serves: others see it once it does.
type pending struct {
	generation library.Generation
	tables     map[string]library.Frozen
}

// views are those that a version of a service's code has asked for, which are the same each time.
type views struct{ list map[string]*library.View }

// readers are all views of a service, of all versions of its code. One lives as long as some code holds a table of it.
type readers struct {
	service library.Service
	list    map[*shared]*shownViews
}

// shownViews are a service's views of one table, and which version of it they show.
type shownViews struct {
	views   []weak.Pointer[library.View]
	version int
}

func newSpace(gone func(name, path string) string) *space {
	sp := &space{gone: gone}
	sp.stored = &library.NodeState[*store]{New: func(library.Node) *store { return &store{names: map[string]*shared{}} }}
	sp.prepared = &library.GenerationState[*pending]{
		New: func(g library.Generation) *pending { return &pending{g, map[string]library.Frozen{}} },
		Switched: func(p *pending) {
			for name, f := range p.tables {
				sp.put(p.generation.Service(), name, f)
			}
			clear(p.tables)
			for name, v := range sp.viewing.Of(p.generation).list {
				sp.watch(p.generation.Service(), name, v)
			}
		},
	}
	sp.viewing = &library.GenerationState[*views]{New: func(library.Generation) *views { return &views{map[string]*library.View{}} }}
	sp.reading = &library.ServiceState[*readers]{
		New:    func(s library.Service) *readers { return &readers{s, map[*shared]*shownViews{}} },
		Ended:  func(r *readers) { sp.stored.Of(r.service.Node()).forget(r) },
		Weight: sp.weight,
	}
	return sp
}

func (st *store) find(name string) (of *shared, now library.Frozen) {
	st.mu.Lock()
	defer st.mu.Unlock()
	if of = st.names[name]; of != nil {
		now = of.current
	}
	return of, now
}

func (st *store) forget(r *readers) {
	st.mu.Lock()
	defer st.mu.Unlock()
	for of := range r.list {
		delete(of.viewers, r)
	}
}

func (st *store) drop(name string) bool {
	st.mu.Lock()
	defer st.mu.Unlock()
	_, ok := st.names[name]
	delete(st.names, name)
	return ok
}

// weight is what a service's views take, and the tables that it has shared: they count there once, and at no reader.
func (sp *space) weight(r *readers) (bytes int64) {
	st := sp.stored.Of(r.service.Node())
	st.mu.Lock()
	for _, of := range st.names {
		if of.madeBy == r.service.Handle() {
			bytes += of.weight
		}
	}
	st.mu.Unlock()
	for _, shown := range r.list {
		for _, p := range shown.views {
			if v := p.Value(); v != nil {
				bytes += v.Weight()
			}
		}
	}
	return bytes
}

// put has a name be that of a table. The service itself sees it at once, others between two messages.
func (sp *space) put(s library.Service, name string, f library.Frozen) {
	st, weight := sp.stored.Of(s.Node()), f.Weight()
	mine := sp.reading.Of(s)
	st.mu.Lock()
	defer st.mu.Unlock()
	of := st.names[name]
	if of == nil {
		of = &shared{name: name, viewers: map[*readers]library.Service{}}
		st.names[name] = of
	}
	of.version++
	of.madeBy, of.current, of.weight = s.Handle(), f, weight
	version := of.version
	for r, service := range of.viewers {
		if r == mine {
			r.show(of, f, version)
		} else if !service.Do(func() { r.show(of, f, version) }) {
			delete(of.viewers, r)
		}
	}
}

// show has the views of a service show a version of a table, unless they show a later one.
func (r *readers) show(of *shared, f library.Frozen, version int) {
	shown := r.list[of]
	if shown == nil || version <= shown.version {
		return
	}
	shown.version = version
	for _, v := range shown.live() {
		v.Show(f)
	}
}

// live are the views that are still held by some code.
func (s *shownViews) live() (list []*library.View) {
	left := s.views[:0]
	for _, p := range s.views {
		if v := p.Value(); v != nil {
			list = append(list, v)
			left = append(left, p)
		}
	}
	s.views = left
	return list
}

// share gives a name a table: at once, or where the calling code doesn't serve yet, once it does.
func (sp *space) share(c library.Call, name string, f library.Frozen) {
	g := c.Generation()
	if !g.Preparing() {
		sp.put(c.Service(), name, f)
		return
	}
	sp.prepared.Of(g).tables[name] = f
	if v := sp.viewing.Of(g).list[name]; v != nil {
		v.Show(f)
	}
}

// named is the table of a name as the calling code sees it, and false where there is none. What it has shared itself, and others
// will see once it serves, is there, too.
func (sp *space) named(c library.Call, name string) (library.Frozen, bool) {
	if f, ok := sp.prepared.Of(c.Generation()).tables[name]; ok {
		return f, true
	}
	of, f := sp.stored.Of(c.Node()).find(name)
	return f, of != nil
}

// view is the table by which the calling code sees that of a name, the same one each time; false where there is none.
func (sp *space) view(c library.Call, name string) (library.Value, bool) {
	f, ok := sp.named(c, name)
	if !ok {
		return library.Nil, false
	}
	all := sp.viewing.Of(c.Generation())
	v := all.list[name]
	if v == nil {
		v = library.NewView(name, f, func(path string) string { return sp.gone(name, path) })
		all.list[name] = v
	}
	if _, mine := sp.prepared.Of(c.Generation()).tables[name]; !mine {
		sp.watch(c.Service(), name, v)
	}
	return v.Value(), true
}

// watch has a view show later tables of its name. It shows what the service's other views do, or the table of now.
func (sp *space) watch(s library.Service, name string, v *library.View) {
	st, r := sp.stored.Of(s.Node()), sp.reading.Of(s)
	st.mu.Lock()
	defer st.mu.Unlock()
	of := st.names[name]
	if of == nil { // it is there with the switch
		return
	}
	of.viewers[r] = s
	shown := r.list[of]
	if shown == nil {
		shown = &shownViews{}
		r.list[of] = shown
	}
	others := shown.live()
	if slices.Contains(others, v) {
		return
	}
	shown.views = append(shown.views, weak.Make(v))
	if len(others) > 0 {
		v.Show(others[0].Shown())
		return
	}
	shown.version = of.version
	v.Show(of.current)
}
