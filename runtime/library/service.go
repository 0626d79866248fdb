package library

import (
	"context"
	"fmt"
	"io"

	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/internal/actor"
	"devnode/runtime/internal/attach"
)

// Handle is the number of a service in its node. Its text is the address:
// `:0000000a`.
type Handle = actor.Handle

// Service is the service that a call belongs to, whatever code it runs. Services are
// equal by == when they are the same; its methods may be called by any goroutine, but
// for Serving.
type Service struct{ s attach.Service }

// Service is the calling service. It raises an error where there is none, as in a __gc
// method that runs after the end.
func (c Call) Service() Service { return Service{c.task().Generation().Service()} }

func (c Call) task() attach.Task { return c.node.Task(c.state) }

// Handle is the service's handle.
func (s Service) Handle() Handle { return s.s.Handle() }

// Log writes a line to the node's log in the service's name.
func (s Service) Log(format string, args ...any) { s.s.Log(fmt.Sprintf(format, args...)) }

// Do runs fn on the service's own worker, between two messages, in the order of the
// calls. It doesn't wait for it. It is false when the service is gone; where the
// service ends before its turn, fn isn't run.
func (s Service) Do(fn func()) bool { return s.s.Do(fn) }

// Message is one that goes to a service: what its code gets by the dispatch function
// of a protocol with that number.
type Message struct {
	Type    int    // the number of the protocol: 6 is skynet.PTYPE_SOCKET
	Source  Handle // who is named as the sender, 0 for nobody
	Session int32  // 0 where no answer is wanted
	Data    string // as msg and size of the protocol's unpack function
}

// Post puts a message into the service's mailbox. It is false when the service is
// gone.
func (s Service) Post(m Message) bool {
	return s.s.Post(m.Source, actor.PType(m.Type), m.Session, m.Data)
}

// Serving is the generation that answers new requests. It is false before the first
// one has been loaded, and once the service has ended. Only calls of the service, and
// functions that Do runs, may ask.
func (s Service) Serving() (g Generation, ok bool) {
	serving := s.s.Serving()
	return Generation{serving}, serving != nil
}

// Messages counts the messages that the service has begun to handle.
func (s Service) Messages() uint64 { return s.s.Messages() }

// Weight is how many bytes the service took when it was weighed last, 0 if it never was.
func (s Service) Weight() int64 { return s.s.Weight() }

// Weigh is Weight, weighed now: in time in proportion to what the service holds. Only calls
// of the service, and functions that Do runs, may ask.
func (s Service) Weigh() int64 { return s.s.Weigh() }

// Node is the service's node.
func (s Service) Node() Node { return Node{s.s.Node()} }

// Generation is one loaded version of a service's code. Generations are equal by ==
// when they are the same; the methods are for calls of the service, and functions that
// Service.Do runs.
type Generation struct{ g attach.Generation }

// Generation is that of the calling code.
func (c Call) Generation() Generation { return Generation{c.task().Generation()} }

// Number is 1 for the first one.
func (g Generation) Number() int { return g.g.Number() }

// Preparing tells whether the generation doesn't serve yet: another one does, and may
// go on to.
func (g Generation) Preparing() bool { return g.g.Preparing() }

// Service is the service whose code it is.
func (g Generation) Service() Service { return Service{g.g.Service()} }

// Start runs a Lua function of the generation in a task of its own: at once, or where
// a task runs already, as that of a call, after that as skynet.fork does. It does
// nothing once the generation has ended.
func (g Generation) Start(fn Value, args ...Value) {
	given := make([]lua.LValue, len(args))
	for i, v := range args {
		given[i] = v.lua()
	}
	g.g.Start(fn.lua(), given)
}

// Deliver has the generation handle a message, in a task of its own after the calling
// one. It is for a generation that is being prepared: what is posted goes to the one
// that serves.
func (g Generation) Deliver(m Message) {
	g.g.Deliver(m.Source, actor.PType(m.Type), m.Session, m.Data)
}

// OnAbort has undo called should the generation, which is being prepared, never come to
// serve: what was asked for in its name is given back, the last first. It does nothing
// for a generation that serves.
func (g Generation) OnAbort(undo func()) { g.g.OnAbort(undo) }

// Node is the node that services run in. Nodes are equal by == when they are the same;
// the methods may be called by any goroutine.
type Node struct{ n attach.Node }

// Node is the calling service's node.
func (c Call) Node() Node { return Node{c.node} }

// Service finds a live service.
func (n Node) Service(h Handle) (s Service, ok bool) {
	found := n.n.Service(h)
	return Service{found}, found != nil
}

// Services are all that live, by handle.
func (n Node) Services() []Service {
	found := n.n.Services()
	list := make([]Service, len(found))
	for i, s := range found {
		list[i] = Service{s}
	}
	return list
}

// Go runs fn on a goroutine of its own. A node that closes waits for it: fn has to end
// soon after the node's Context has.
func (n Node) Go(fn func()) { n.n.Go(fn) }

// Context ends when the node closes.
func (n Node) Context() context.Context { return n.n.Context() }

// Stdin is the node's standard input, nil if it has none.
func (n Node) Stdin() io.Reader { return n.n.Stdin() }
