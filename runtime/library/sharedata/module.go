package sharedata

import (
	"sync"

	"devnode/runtime/library"
)

// Module is what skynet.sharedata stands on: skynet.sharedata.tables.
func Module() library.Module {
	return library.Module{
		Name:      "skynet.sharedata.tables",
		Functions: map[string]library.Function{"share": share, "drop": drop, "view": viewCall, "copy": copyCall},
	}
}

// store has the shared trees of a node by their names.
type store struct {
	mu    sync.Mutex
	names map[string]*shared
}

var stored = &library.NodeState[*store]{New: func(library.Node) *store { return &store{names: map[string]*shared{}} }}

// pending is what a version of a service's code has shared before it serves: others see it once it does.
type pending struct {
	generation library.Generation
	trees      map[string]pendingTree
}

type pendingTree struct {
	of   *shared // with the tree already where nobody else knows it
	tree *tree
}

var prepared = &library.GenerationState[*pending]{
	New: func(g library.Generation) *pending { return &pending{g, map[string]pendingTree{}} },
	Switched: func(p *pending) {
		s := p.generation.Service()
		for _, t := range p.trees {
			stored.Of(s.Node()).put(t.of, t.tree)
		}
		clear(p.trees)
	},
}

func (st *store) find(name string) *shared {
	st.mu.Lock()
	defer st.mu.Unlock()
	return st.names[name]
}

// put has a name be that of a tree, nil for none any more. All who show it are told.
func (st *store) put(of *shared, t *tree) *shared {
	st.mu.Lock()
	defer st.mu.Unlock()
	if known := st.names[of.name]; known != nil {
		of = known
	}
	st.names[of.name] = of
	if t == nil {
		delete(st.names, of.name)
	}
	of.current.Store(t)
	for v, s := range of.viewers {
		if !s.Do(func() { v.shown[of] = t }) {
			delete(of.viewers, v)
		}
	}
	return of
}

// watch has views be told of other trees, and is the one of now.
func (st *store) watch(of *shared, v *views) *tree {
	st.mu.Lock()
	defer st.mu.Unlock()
	if of.viewers == nil {
		of.viewers = map[*views]library.Service{}
	}
	of.viewers[v] = v.generation.Service()
	return of.current.Load()
}

// forget is for the views of code that is gone.
func (st *store) forget(v *views) {
	st.mu.Lock()
	defer st.mu.Unlock()
	for of := range v.shown {
		delete(of.viewers, v)
	}
}

// share is share(name, table, again): a table under a name. Without again there must be none yet, but one that the same service
// has shared: its new code does so once more.
func share(c library.Call) {
	name, st := c.String(1), stored.Of(c.Node())
	t := (&maker{c: c}).tree(c.Table(2), 0)
	of := st.find(name)
	if of != nil && !c.Bool(3) && of.madeBy != c.Service().Handle() {
		c.Raise("sharedata.new %s: there is one already; sharedata.update gives it other values", name)
	}
	known := of != nil
	if !known {
		of = &shared{name: name, madeBy: c.Service().Handle()}
	}
	g := c.Generation()
	if !g.Preparing() {
		show(c, st.put(of, t), t)
		return
	}
	if before, ok := prepared.Of(g).trees[name]; ok {
		of = before.of
	}
	if !known {
		of.current.Store(t)
	}
	prepared.Of(g).trees[name] = pendingTree{of, t}
}

// drop is drop(name).
func drop(c library.Call) {
	st := stored.Of(c.Node())
	if of := st.find(c.String(1)); of != nil {
		show(c, st.put(of, nil), nil)
	}
}

// show has the views of the calling code show a tree, if they show one of that name: who updates sees it at once.
func show(c library.Call, of *shared, t *tree) {
	if all := viewing.Of(c.Generation()); all.shown[of] != nil {
		all.shown[of] = t
	}
}

// named is the shared tree of argument 1. What the calling code shares itself, and will once it serves, is there too.
func named(c library.Call) (*shared, *tree) {
	name := c.String(1)
	of := stored.Of(c.Node()).find(name)
	if t, ok := prepared.Of(c.Generation()).trees[name]; ok {
		return t.of, t.tree
	}
	if of == nil {
		c.Raise("sharedata: there is none with the name %s; sharedata.new makes one", name)
	}
	return of, of.current.Load()
}

// viewCall is view(name): the table that shows it, the same one each time.
func viewCall(c library.Call) {
	of, t := named(c)
	all := viewing.Of(c.Generation())
	table, ok := all.list[of]
	if !ok {
		now := stored.Of(c.Node()).watch(of, all)
		if _, mine := prepared.Of(c.Generation()).trees[of.name]; !mine {
			t = now
		}
		all.shown[of] = t
		table = (&view{of: of}).table(c)
		all.list[of] = table
	}
	c.Return(table)
}

// copyCall is copy(name, key, …): what is there as a table of the caller's own.
func copyCall(c library.Call) {
	_, t := named(c)
	for n := 2; n <= c.Args(); n++ {
		e, _ := t.find(normal(c.Arg(n)))
		if e.sub == nil {
			if n < c.Args() {
				c.Raise("sharedata.deepcopy: there is no table %s", c.Arg(n).Text())
			}
			c.Return(e.value)
			return
		}
		t = e.sub
	}
	c.Return(copied(c, t))
}
