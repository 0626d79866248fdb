package runtime

import (
	"cmp"
	"context"
	"io"
	"slices"

	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/internal/attach"
	"devnode/runtime/lua/value"
	"devnode/runtime/lua/vm"
)

// What libraries see of a node, a service and so on (package library) are these types:
// the same things, with the methods that libraries may call.
type (
	attachedNode       Node
	attachedTask       Task
	attachedService    Service
	attachedGeneration Generation
)

func (n *Node) attached() attach.Node             { return (*attachedNode)(n) }
func (s *Service) attached() attach.Service       { return (*attachedService)(s) }
func (g *Generation) attached() attach.Generation { return (*attachedGeneration)(g) }

// Task is the task that L runs in.
func (n *attachedNode) Task(L *lua.LState) attach.Task { return (*attachedTask)(taskOf(L)) }

// Service finds a live service.
func (n *attachedNode) Service(h Handle) attach.Service {
	if s := (*Node)(n).grab(h); s != nil {
		return s.attached()
	}
	return nil
}

// Services are all that live, by handle.
func (n *attachedNode) Services() []attach.Service {
	services := (*Node)(n).services()
	slices.SortFunc(services, func(a, b *Service) int { return cmp.Compare(a.actor.Handle(), b.actor.Handle()) })
	list := make([]attach.Service, len(services))
	for i, s := range services {
		list[i] = s.attached()
	}
	return list
}

// Message makes the value by which Lua holds a message of bytes.
func (n *attachedNode) Message(L *lua.LState, bytes string) lua.LValue {
	return boxOf(L).Userdata(RawData(bytes))
}

// Bytes are those of a message that Lua holds.
func (n *attachedNode) Bytes(v lua.LValue) (string, bool) {
	if ud, ok := v.(*lua.LUserData); ok {
		if d, ok := ud.Value.(*Data); ok {
			return d.Text(), true
		}
	}
	return "", false
}

// Copy is the value that a receiver of v gets.
func (n *attachedNode) Copy(L *lua.LState, v lua.LValue) lua.LValue { return transfer(L, v) }

// Go runs fn on a goroutine that the node waits for.
func (n *attachedNode) Go(fn func()) { n.natives.Go(fn) }

// Context ends when the node closes.
func (n *attachedNode) Context() context.Context { return n.ctx }

// Stdin is the node's standard input.
func (n *attachedNode) Stdin() io.Reader { return n.config.Stdin }

// States are those that libraries have of the node.
func (n *attachedNode) States() *attach.States { return &n.states }

// Await runs work beside the service.
func (t *attachedTask) Await(f *vm.Fiber, work func()) { (*Task)(t).awaitWork(f, work) }

// Alone runs work while the service handles nothing else.
func (t *attachedTask) Alone(f *vm.Fiber, work func()) { (*Task)(t).awaitAlone(f, work) }

// NewSession is a session that the task can wait for.
func (t *attachedTask) NewSession() int32 { return t.service.newSession() }

// Park waits until the session is woken.
func (t *attachedTask) Park(f *vm.Fiber, session int32) { (*Task)(t).await(f, session, 0) }

// Waits tells whether the task waits for the session.
func (t *attachedTask) Waits(session int32) bool {
	return t.service.waits.get(session).task == (*Task)(t)
}

// Generation is the task's generation.
func (t *attachedTask) Generation() attach.Generation { return t.gen.attached() }

// Handle is the service's handle.
func (s *attachedService) Handle() Handle { return s.actor.Handle() }

// Do runs fn on the service's worker, as code of its own: not while a task of it blocks
// the service, and not once it ends.
func (s *attachedService) Do(fn func()) bool {
	var run func(*Service)
	run = func(s *Service) {
		if s.leaving == nil && s.code != nil && !s.waitsItsTurn(run) {
			fn()
		}
	}
	return s.node.do((*Service)(s), run)
}

// Post delivers a message of bytes.
func (s *attachedService) Post(source Handle, ptype PType, session int32, bytes string) bool {
	return s.node.push((*Service)(s), Message{Source: source, Type: ptype, Session: session, Data: RawData(bytes)}, nil)
}

// Wake has the task go on that waits for a session.
func (s *attachedService) Wake(session int32) {
	s.node.push((*Service)(s), Message{Session: session, Type: ptypeTimer}, nil)
}

// Log writes a line in the service's name.
func (s *attachedService) Log(text string) {
	s.node.logLine(s.actor.Handle(), (*Service)(s).edition(), text)
}

// Messages counts those that the service has begun to handle.
func (s *attachedService) Messages() uint64 { return s.actor.Mailbox.Look().Messages }

// Weight is what the service took when it was weighed last.
func (s *attachedService) Weight() int64 { return s.weight.Load() }

// Weigh weighs the service.
func (s *attachedService) Weigh() int64 { return (*Service)(s).weigh() }

// Node is the service's node.
func (s *attachedService) Node() attach.Node { return s.node.attached() }

// Serving is the generation that answers new requests.
func (s *attachedService) Serving() attach.Generation {
	if s.code == nil {
		return nil
	}
	return s.code.attached()
}

// States are those that libraries have of the service.
func (s *attachedService) States() *attach.States {
	if s.states == nil {
		s.states = &attach.States{}
	}
	return s.states
}

// Exchange puts other values into the place of frozen tables.
func (s *attachedService) Exchange(by func(*value.Table) lua.LValue) { (*Service)(s).exchange(by) }

// Number is the generation's number.
func (g *attachedGeneration) Number() int { return g.number }

// Preparing tells whether the generation doesn't serve yet.
func (g *attachedGeneration) Preparing() bool { return (*Generation)(g).preparing() }

// Start runs a function in a task of its own; where a task runs, after it.
func (g *attachedGeneration) Start(fn lua.LValue, args []lua.LValue) {
	s := g.service
	if g.retired || s.leaving != nil {
		return
	}
	t := (*Generation)(g).newTask(taskFork, fn, args)
	if s.running != nil {
		t.inherit(s.running)
		s.forks = append(s.forks, t)
		return
	}
	s.step(t)
}

// Deliver has the generation handle a message, after the task that runs.
func (g *attachedGeneration) Deliver(source Handle, ptype PType, session int32, bytes string) {
	s := g.service
	t := (*Generation)(g).dispatch(Message{Source: source, Type: ptype, Session: session, Data: RawData(bytes)})
	if t != nil {
		t.inherit(s.running)
		s.forks = append(s.forks, t)
	}
}

// OnAbort has undo called should the generation never serve.
func (g *attachedGeneration) OnAbort(undo func()) { (*Generation)(g).whenDropped(undo) }

// Service is the service whose code it is.
func (g *attachedGeneration) Service() attach.Service { return g.service.attached() }

// States are those that libraries have of the generation.
func (g *attachedGeneration) States() *attach.States {
	if g.states == nil {
		g.states = &attach.States{}
	}
	return g.states
}
