package runtime

import (
	"fmt"
	"sort"
	"strings"
	"sync"

	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/lua/value"
)

// serviceManager is service 4, .service (service_mgr.lua): it answers for those
// scripts that ask it directly. skynet.uniqueservice doesn't go through it.
type serviceManager struct {
	node  *Node
	snaxs *snaxLaunches
}

func (sm serviceManager) Handle(s *Service, m Message) {
	if m.Type == PTypeResponse || m.Type == PTypeError {
		sm.snaxs.initialised(m)
		return
	}
	values, ok := s.command(m, "the service manager")
	if !ok {
		return
	}
	switch cmd := value.String(values[0]); cmd {
	case "LAUNCH", "QUERY":
		sm.find(s, m, "", cmd == "LAUNCH", values[1:])
	case "GLAUNCH", "GQUERY":
		sm.find(s, m, globalKey, cmd == "GLAUNCH", values[1:])
	case "LIST":
		s.Respond(m, sm.list())
	default:
		s.Refuse(m, fmt.Sprintf("Unknown command: %s; there are LAUNCH, GLAUNCH, QUERY, GQUERY and LIST", cmd))
	}
}

// globalKey begins the key of a service that is unique in the whole network.
const globalKey = "@"

// find answers with the address of a unique service, once it is there.
func (sm serviceManager) find(s *Service, m Message, prefix string, create bool, values []lua.LValue) {
	if len(values) == 0 {
		s.Refuse(m, "the name of a service is missing")
		return
	}
	n := sm.node
	name, args := launchWords(value.String(values[0]), textsOf(values[1:]))
	key := prefix + name
	if name == snaxScript && len(args) > 0 {
		sm.findSnax(m, key+"."+args[0], create, args[0], values[2:])
		return
	}
	if n.unique.get(key, create, n.tellUnique(m.Source, m.Session)) {
		n.beginUnique(key, &Service{script: name, args: args})
	}
}

// tellUnique tells a service that asked for a unique one.
func (n *Node) tellUnique(asker Handle, session int32) func(Handle, error) {
	return func(h Handle, err error) {
		m := Message{Source: handleManager, Session: session, Type: PTypeResponse, Data: ValueData(lua.LNumber(h))}
		if err != nil {
			m.Type, m.Data = PTypeError, RawData(firstLine(err.Error()))
		}
		if s := n.grab(asker); s != nil && session != 0 {
			n.push(s, m, nil)
		}
	}
}

// beginUnique launches a service for those who wait for it under a key.
func (n *Node) beginUnique(key string, s *Service) {
	_, err := n.begin(s, 0, func(made *Service, err error) { n.unique.settle(key, made.actor.Handle(), err) })
	if err != nil {
		n.unique.settle(key, 0, err)
	}
}

// list is a table of what is known of every unique service, by name.
func (sm serviceManager) list() *value.Table {
	u, all := sm.node.unique, value.NewTable(0, 0)
	u.mu.Lock()
	defer u.mu.Unlock()
	for key, e := range u.entries {
		if !strings.HasPrefix(key, cellKey("")) {
			all.RawSetString(key, lua.LString(e.state()))
		}
	}
	return all
}

func (e *uniqueEntry) state() string {
	switch {
	case e.ready:
		return e.handle.String()
	case e.pending:
		return fmt.Sprintf("Launching, %d waiting", len(e.waiters))
	case len(e.waiters) > 0:
		return fmt.Sprintf("Querying: %d waiting", len(e.waiters))
	}
	return "Error: it didn't start"
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
