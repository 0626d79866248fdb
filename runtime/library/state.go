package library

import (
	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/internal/attach"
)

// ServiceState is what a library remembers of a service, of type T: its connections,
// say. It is usually a variable of a package, and never changes; all fields but New
// may be left out. The functions are called on the service's own worker, one at a time.
type ServiceState[T any] struct {
	// New makes the state when it is first asked for.
	New func(Service) T
	// Prepared is told that a new generation of the service begins to be prepared,
	// Switched that it serves from now on, Aborted that it never will: what it has
	// asked for meanwhile is to be given back.
	Prepared, Switched, Aborted func(T, Generation)
	// Replacing is told of the generation whose place another one takes at this moment,
	// before anything of it ends, and before Switched. Unread is asked after that: how many
	// connections that it read are read by nobody any more. The reload says so.
	Replacing func(T, Generation)
	Unread    func(T) int
	// Readers lists the waits of tasks of a generation for what comes in by connections:
	// where such a task ends by a reload, the check of a save says so.
	Readers func(T, Generation) []*Wait
	// Ended is told that the service is gone. No code of it runs any more.
	Ended func(T)
	// Values visits the Lua values that the state holds: visit is called with a name,
	// and a pointer to each. A reload puts others into their places.
	Values func(state T, visit func(name string, v *Value))
	// Weight is how many bytes the state takes, beside those of its Lua values. They
	// count for skynet.memlimit, and as the service's memory in the console.
	Weight func(T) int64
	// Info is a line about the state for people who look at the service, empty where
	// there is nothing to say.
	Info func(T) string
}

// Of is the state of a service, made if there is none yet. It is for calls of the
// service, and functions that Service.Do runs.
func (st *ServiceState[T]) Of(s Service) T {
	made := s.s.States().Of(st, func() attachedState { return &serviceEntry[T]{of: st, state: st.New(s)} })
	return made.(*serviceEntry[T]).state
}

// GenerationState is what a library remembers of one generation of a service's code, as
// the functions that this has given it. See ServiceState.
type GenerationState[T any] struct {
	New func(Generation) T
	// Switched is told that the generation, which was prepared, serves from now on;
	// Aborted that it never will; Ended, also after Aborted, that it is gone.
	Switched, Aborted, Ended func(T)
	Values                   func(state T, visit func(name string, v *Value))
	Weight                   func(T) int64
	Info                     func(T) string
}

// Of is the state of a generation, made if there is none yet.
func (st *GenerationState[T]) Of(g Generation) T {
	made := g.g.States().Of(st, func() attachedState { return &generationEntry[T]{of: st, state: st.New(g)} })
	return made.(*generationEntry[T]).state
}

// NodeState is what a library remembers of a node. It is used by all services at a
// time. See ServiceState.
type NodeState[T any] struct {
	New func(Node) T
	// Connections lists what services have open by the library, for netstat. It is called
	// by any goroutine.
	Connections func(T) []Connection
	// Closed is told that the node closes, and that no service is left.
	Closed func(T)
}

// Of is the state of a node, made if there is none yet.
func (st *NodeState[T]) Of(n Node) T {
	made := n.n.States().Of(st, func() attachedState { return &nodeEntry[T]{of: st, state: st.New(n)} })
	return made.(*nodeEntry[T]).state
}

// Connection is what a service has open to the outside, as netstat lists it.
type Connection = attach.Connection

type attachedState = attach.State

// noState is a state that does nothing.
type noState struct{}

func (noState) Told(attach.Event, attach.Generation)              {}
func (noState) Values(func(name string, v lua.LValue) lua.LValue) {}
func (noState) Weight() int64                                     { return 0 }
func (noState) Info() string                                      { return "" }
func (noState) Connections() []Connection                         { return nil }
func (noState) Unread() int                                       { return 0 }
func (noState) Readers(attach.Generation) []attach.Task           { return nil }

type serviceEntry[T any] struct {
	noState
	of    *ServiceState[T]
	state T
}

func (e *serviceEntry[T]) Told(event attach.Event, g attach.Generation) {
	if event == attach.Ended {
		if e.of.Ended != nil {
			e.of.Ended(e.state)
		}
		return
	}
	told := map[attach.Event]func(T, Generation){
		attach.Prepared: e.of.Prepared, attach.Replacing: e.of.Replacing, attach.Switched: e.of.Switched, attach.Aborted: e.of.Aborted,
	}[event]
	if told != nil {
		told(e.state, Generation{g})
	}
}

func (e *serviceEntry[T]) Values(visit func(string, lua.LValue) lua.LValue) {
	visitValues(e.of.Values, e.state, visit)
}
func (e *serviceEntry[T]) Weight() int64 { return orZero(e.of.Weight, e.state) }
func (e *serviceEntry[T]) Info() string  { return orZero(e.of.Info, e.state) }
func (e *serviceEntry[T]) Unread() int   { return orZero(e.of.Unread, e.state) }

func (e *serviceEntry[T]) Readers(g attach.Generation) (list []attach.Task) {
	if e.of.Readers != nil {
		for _, wait := range e.of.Readers(e.state, Generation{g}) {
			list = append(list, wait.task)
		}
	}
	return list
}

type generationEntry[T any] struct {
	noState
	of    *GenerationState[T]
	state T
}

func (e *generationEntry[T]) Told(event attach.Event, _ attach.Generation) {
	told := map[attach.Event]func(T){
		attach.Switched: e.of.Switched, attach.Aborted: e.of.Aborted, attach.Ended: e.of.Ended,
	}[event]
	if told != nil {
		told(e.state)
	}
}

func (e *generationEntry[T]) Values(visit func(string, lua.LValue) lua.LValue) {
	visitValues(e.of.Values, e.state, visit)
}
func (e *generationEntry[T]) Weight() int64 { return orZero(e.of.Weight, e.state) }
func (e *generationEntry[T]) Info() string  { return orZero(e.of.Info, e.state) }

type nodeEntry[T any] struct {
	noState
	of    *NodeState[T]
	state T
}

func (e *nodeEntry[T]) Told(event attach.Event, _ attach.Generation) {
	if event == attach.Ended && e.of.Closed != nil {
		e.of.Closed(e.state)
	}
}

func (e *nodeEntry[T]) Connections() []Connection { return orZero(e.of.Connections, e.state) }

func visitValues[T any](values func(T, func(string, *Value)), state T, visit func(string, lua.LValue) lua.LValue) {
	if values == nil {
		return
	}
	values(state, func(name string, v *Value) {
		if is := visit(name, v.lua()); is != v.lua() {
			v.v = is
		}
	})
}

func orZero[T, R any](fn func(T) R, state T) (zero R) {
	if fn == nil {
		return zero
	}
	return fn(state)
}
