package pb

import (
	"slices"
	"sync/atomic"

	"devnode/runtime/library"
)

// int64Mode is what becomes of integers that 32 bits don't hold.
type int64Mode int

const (
	asNumber int64Mode = iota
	asString
	asHex
)

// defaultMode is what becomes of fields that a message doesn't have.
type defaultMode int

const (
	autoDefaults defaultMode = iota // those of proto3 are copied
	copyDefaults
	metaDefaults
	noDefaults
)

// options are what pb.option sets.
type options struct {
	enumAsValue    bool
	int64s         int64Mode
	defaults       defaultMode
	ordered        bool
	encodeDefaults bool
	decodeArrays   bool
	decodeMessages bool
	decHooks       bool
	encHooks       bool
	lists, maps    bool // whether lists and maps have a metatable
}

// state is what pb.state returns: types, settings, and what was given for types.
type state struct {
	own      *published
	use      *published // own, or another service's
	options  options
	defaults map[string]library.Value // metatables of messages, by type
	dec, enc map[string]library.Value // hooks, by type
	scratch  []byte
}

// published is a place for a schema, where other services find it.
type published struct{ current atomic.Pointer[schema] }

func newState() *state {
	s := &state{own: &published{}}
	s.own.current.Store(newSchema())
	s.use = s.own
	s.forget()
	return s
}

// forget drops what was given for types.
func (s *state) forget() {
	s.defaults, s.dec, s.enc = make(map[string]library.Value), make(map[string]library.Value), make(map[string]library.Value)
}

// schema is what names of types mean. Another service's isn't changed after it was taken.
func (s *state) schema() *schema {
	now := s.use.current.Load()
	if s.use != s.own {
		return now.share()
	}
	return now
}

// share has a schema not be changed any more.
func (s *schema) share() *schema {
	if !s.shared.Load() {
		s.mu.Lock()
		s.shared.Store(true)
		s.mu.Unlock()
	}
	return s
}

// change changes the types of one's own.
func (s *state) change(change func(*schema)) {
	now := s.own.current.Load()
	now.mu.Lock()
	if now.shared.Load() {
		now.mu.Unlock()
		now = now.copied()
		now.mu.Lock()
	}
	defer now.mu.Unlock()
	change(now)
	s.own.current.Store(now)
}

// states are those of one version of a service's code.
type states struct {
	generation library.Generation
	current    *state
	all        []*state
	loaded     *published // what is to be the node's once the version serves
}

// last is what the version of a service's code that serves has. The next one begins with its types and settings; what is given
// for types, functions and tables, is each version's own.
type last struct{ serving *states }

var services = &library.ServiceState[*last]{New: func(library.Service) *last { return &last{} }}

// global is where the types that the node has loaded last are.
var global = &library.NodeState[*atomic.Pointer[published]]{
	New: func(library.Node) *atomic.Pointer[published] { return new(atomic.Pointer[published]) },
}

var generations = &library.GenerationState[*states]{
	New: newStates,
	Switched: func(s *states) {
		services.Of(s.generation.Service()).serving = s
		if s.loaded != nil {
			global.Of(s.generation.Service().Node()).Store(s.loaded)
		}
	},
	Values: func(s *states, visit func(string, *library.Value)) {
		for _, one := range s.all {
			one.values(visit)
		}
	},
	Weight: func(s *states) int64 { return s.current.own.current.Load().weight() },
}

// values visits what Lua has given for types.
func (s *state) values(visit func(string, *library.Value)) {
	for what, held := range map[string]map[string]library.Value{"default": s.defaults, "hook": s.dec, "encode hook": s.enc} {
		for name, v := range held {
			visit(what+" of "+name, &v)
			held[name] = v
		}
	}
}

func newStates(g library.Generation) *states {
	s := &states{generation: g, current: newState()}
	serving := services.Of(g.Service())
	if was := serving.serving; was != nil {
		now := was.current
		s.current.options = now.options
		s.current.options.lists, s.current.options.maps = false, false
		s.current.own.current.Store(now.own.current.Load().share())
		if now.use != now.own {
			s.current.use = now.use
		}
	}
	if !g.Preparing() {
		serving.serving = s
	}
	s.all = []*state{s.current}
	return s
}

func statesOf(c library.Call) *states { return generations.Of(c.Generation()) }

func stateOf(c library.Call) *state { return statesOf(c).current }

// publish has a state's types be the node's: at once, or when the version that loaded them serves.
func (s *states) publish(c library.Call) {
	if s.generation.Preparing() {
		s.loaded = s.current.own
		return
	}
	global.Of(c.Node()).Store(s.current.own)
}

const stateName = "pb.State"

var stateClass = &library.Class{Name: stateName, Methods: map[string]library.Function{"setdefault": func(c library.Call) {
	statesOf(c).use(library.Object[*state](c, 1, stateName))
}}}

// switchState is pb.state([state or nil]): the current state; another one, or a new one for nil, takes its place.
func switchState(c library.Call) {
	s := statesOf(c)
	was := stateClass.New(c, s.current)
	if c.Args() > 0 {
		next := newState()
		if !c.Arg(1).IsNil() {
			next = library.Object[*state](c, 1, stateName)
		}
		s.use(next)
	}
	c.Return(was)
}

// maxStates is of how many states that aren't current any more a reload finds the functions.
const maxStates = 16

func (s *states) use(next *state) {
	s.current = next
	if !slices.Contains(s.all, next) {
		s.all = append(s.all[max(len(s.all)-maxStates, 0):], next)
	}
}
