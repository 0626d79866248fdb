package attach

import (
	"sync"

	lua "github.com/yuin/gopher-lua"
)

// Event is what may happen to that which a state belongs to.
type Event uint8

// The events, in the order of a reload.
const (
	Prepared  Event = iota // a generation of the service begins to be prepared
	Replacing              // another one takes its place now: nothing of it has ended yet
	Switched               // it serves from now on
	Aborted                // it never will
	Ended                  // the service, generation or node is gone
)

// State is what a library remembers of a service, a generation or a node.
type State interface {
	// Told tells of an event. g is nil where it is about the whole service.
	Told(e Event, g Generation)
	// Values visits the Lua values that the state holds, each by a name. What visit
	// returns takes the place of the value.
	Values(visit func(name string, v lua.LValue) lua.LValue)
	// Weight is how many bytes it holds beside its Lua values.
	Weight() int64
	// Info is a line about it, empty where there is nothing to say.
	Info() string
	// Connections are those that it has, for netstat.
	Connections() []Connection
	// Readers are the tasks of a generation that wait for what comes in by connections.
	Readers(g Generation) []Task
	// Unread is how many connections nobody reads any more after a switch.
	Unread() int
}

// States are the states that libraries have of one service, generation or node, by
// library. The zero value is empty. It is safe for concurrent use.
type States struct {
	mu   sync.Mutex
	list []*entry
}

type entry struct {
	key   any
	once  sync.Once
	state State
}

// Of is the state of a key, made if there is none yet. make may ask for the states of
// other keys.
func (ss *States) Of(key any, make func() State) State {
	e := ss.entry(key)
	e.once.Do(func() { e.state = make() })
	return e.state
}

func (ss *States) entry(key any) *entry {
	ss.mu.Lock()
	defer ss.mu.Unlock()
	for _, e := range ss.list {
		if e.key == key {
			return e
		}
	}
	e := &entry{key: key}
	ss.list = append(ss.list, e)
	return e
}

// all are the states there are.
func (ss *States) all() []State {
	if ss == nil {
		return nil
	}
	ss.mu.Lock()
	defer ss.mu.Unlock()
	var list []State
	for _, e := range ss.list {
		if e.state != nil {
			list = append(list, e.state)
		}
	}
	return list
}

// Tell tells all of an event. After Ended there is none left.
func (ss *States) Tell(e Event, g Generation) {
	for _, state := range ss.all() {
		state.Told(e, g)
	}
	if e == Ended && ss != nil {
		ss.mu.Lock()
		ss.list = nil
		ss.mu.Unlock()
	}
}

// Values visits the Lua values of all.
func (ss *States) Values(visit func(name string, v lua.LValue) lua.LValue) {
	for _, state := range ss.all() {
		state.Values(visit)
	}
}

// Weight is what all weigh.
func (ss *States) Weight() (bytes int64) {
	for _, state := range ss.all() {
		bytes += state.Weight()
	}
	return bytes
}

// Info are the lines of all.
func (ss *States) Info() (lines []string) {
	for _, state := range ss.all() {
		if line := state.Info(); line != "" {
			lines = append(lines, line)
		}
	}
	return lines
}

// Connections are those of all.
func (ss *States) Connections() (list []Connection) {
	for _, state := range ss.all() {
		list = append(list, state.Connections()...)
	}
	return list
}

// Unread counts the connections that nobody reads any more after a switch.
func (ss *States) Unread() (n int) {
	for _, state := range ss.all() {
		n += state.Unread()
	}
	return n
}

// Readers are the tasks of a generation that wait for what comes in by connections.
func (ss *States) Readers(g Generation) (list []Task) {
	for _, state := range ss.all() {
		list = append(list, state.Readers(g)...)
	}
	return list
}
