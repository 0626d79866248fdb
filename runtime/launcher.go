package runtime

import (
	"sort"
	"sync"

	lua "github.com/yuin/gopher-lua"
)

// launcher is service 3, .launcher (launcher.lua): it answers for those
// scripts that ask it directly. skynet.newservice doesn't go through it.
type launcher struct{ node *Node }

func (l launcher) Handle(s *Service, m Message) {
	values := m.Data.Values()
	if m.Type != PTypeLua || len(values) == 0 {
		s.Refuse(m, "the launcher takes lua messages only")
		return
	}
	switch cmd := values[0].String(); cmd {
	case "LIST":
		list := &lua.LTable{Metatable: lua.LNil}
		for _, info := range l.node.List() {
			list.RawSetString(info.Address(), lua.LString("snlua "+info.Title))
		}
		s.Respond(m, list)
	case "LAUNCH":
		l.launch(s, m, values[1:])
	case "KILL":
		h, ok := handleOf(l.node, values[1:])
		if !ok || l.node.Kill(h) != nil {
			s.Refuse(m, "no such service")
			return
		}
		s.Respond(m, &lua.LTable{Metatable: lua.LNil})
	case "REMOVE", "GC":
		s.Respond(m)
	default:
		s.Refuse(m, "unknown command "+cmd)
	}
}

func (l launcher) launch(s *Service, m Message, values []lua.LValue) {
	if len(values) < 2 {
		s.Refuse(m, "LAUNCH wants a kind and a name")
		return
	}
	var args []string
	for _, v := range values[2:] {
		args = append(args, v.String())
	}
	_, err := l.node.launch(values[1].String(), args, func(made *Service, err error) {
		if err != nil {
			l.node.send(nil, m.Source, PTypeError, m.Session, RawData(err.Error()))
			return
		}
		l.node.send(nil, m.Source, PTypeResponse, m.Session, ValueData(lua.LNumber(made.handle)))
	})
	if err != nil {
		s.Refuse(m, err.Error())
	}
}

func handleOf(n *Node, values []lua.LValue) (Handle, bool) {
	if len(values) == 0 {
		return 0, false
	}
	switch v := values[0].(type) {
	case lua.LNumber:
		return Handle(v), v > 0
	case lua.LString:
		return n.Find(string(v))
	}
	return 0, false
}

// Find is the handle of an address (`:0000000a`) or a name; the second result
// is false if there is none.
func (n *Node) Find(name string) (Handle, bool) {
	if h, ok := ParseHandle(name); ok {
		return h, true
	}
	h := n.handles.find(name)
	return h, h != 0
}

// uniques remembers the services that exist once in a node: those of
// skynet.uniqueservice, and by what name each is known (service_mgr.lua).
type uniques struct {
	mu      sync.Mutex
	entries map[string]*uniqueEntry
}

type uniqueEntry struct {
	handle  Handle
	ready   bool
	pending bool
	waiters []func(Handle, error)
}

func newUniques() *uniques { return &uniques{entries: make(map[string]*uniqueEntry)} }

// get tells done of the service called key, once it is there. The result is
// true for the one caller that has to launch it, and then to call settle.
// Callers with launch false only wait.
func (u *uniques) get(key string, launch bool, done func(Handle, error)) bool {
	u.mu.Lock()
	e := u.entries[key]
	if e == nil {
		e = &uniqueEntry{}
		u.entries[key] = e
	}
	if e.ready {
		h := e.handle
		u.mu.Unlock()
		done(h, nil)
		return false
	}
	e.waiters = append(e.waiters, done)
	first := launch && !e.pending
	e.pending = e.pending || launch
	u.mu.Unlock()
	return first
}

// settle ends a launch. After a failure the next caller tries again; those
// who only wait for the service to appear go on waiting.
func (u *uniques) settle(key string, h Handle, err error) {
	u.mu.Lock()
	e := u.entries[key]
	waiters := e.waiters
	e.waiters, e.pending = nil, false
	if err == nil {
		e.handle, e.ready = h, true
	}
	u.mu.Unlock()
	for _, done := range waiters {
		done(h, err)
	}
}

// forget drops a service that has ended.
func (u *uniques) forget(h Handle) {
	u.mu.Lock()
	defer u.mu.Unlock()
	for key, e := range u.entries {
		if e.ready && e.handle == h {
			delete(u.entries, key)
		}
	}
}

// names lists the unique services, sorted, with their handles.
func (u *uniques) names() (keys []string, handles []Handle) {
	u.mu.Lock()
	defer u.mu.Unlock()
	for key, e := range u.entries {
		if e.ready {
			keys = append(keys, key)
		}
	}
	sort.Strings(keys)
	for _, key := range keys {
		handles = append(handles, u.entries[key].handle)
	}
	return keys, handles
}
