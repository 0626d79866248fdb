package runtime

import (
	"fmt"
	"sync/atomic"
	"time"

	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/lua/vm"
)

// NewService adds a service that is written in Go, under a name if that isn't
// empty. Lua services send to it and call it as they do any other. It lives
// until its Close, or the node's.
func (n *Node) NewService(name string, impl Native) (*Service, error) {
	if n.closing.Load() {
		return nil, ErrClosed
	}
	s := &Service{node: n, script: "native", native: impl, born: time.Now()}
	if name != "" {
		s.script = name
	}
	n.register(s, 0)
	if name != "" && n.name(name, s.actor.Handle()) != s.actor.Handle() {
		n.handles.Retire(s.actor.Handle())
		return nil, fmt.Errorf("service %s: the name is taken", name)
	}
	return s, nil
}

// Close ends a service that was made by NewService. What it was sent and has
// not handled is refused. It may be called from any goroutine, and by the
// service itself.
func (s *Service) Close() {
	if !s.node.handles.Retire(s.actor.Handle()) {
		return
	}
	for _, m := range s.actor.Mailbox.Close() {
		if m.Session != 0 && m.Type != PTypeResponse && m.Type != PTypeError {
			s.node.send(nil, m.Source, PTypeError, m.Session, RawData("the service is gone"))
		}
	}
}

// Send sends a lua message in the name of a service written in Go. It may be
// called from any goroutine; it is false when the receiver is gone. The values
// must be immutable or owned by nobody else.
func (s *Service) Send(to Handle, values ...lua.LValue) bool {
	r := s.node.grab(to)
	return r != nil && s.node.push(r, Message{Source: s.actor.Handle(), Type: PTypeLua, Data: ValueData(values...)}, nil)
}

// Later is for a Native that can't answer at once: the function that it returns
// answers the request m, once, from any goroutine, with an error if that isn't
// nil. The service's other messages are handled meanwhile.
func (s *Service) Later(m Message) func(err error, values ...lua.LValue) {
	var answered atomic.Bool
	return func(err error, values ...lua.LValue) {
		if answered.Swap(true) || m.Session == 0 {
			return
		}
		ptype, data := PTypeResponse, ValueData(values...)
		if err != nil {
			ptype, data = PTypeError, RawData(err.Error())
		}
		if r := s.node.grab(m.Source); r != nil {
			s.node.push(r, Message{Source: s.actor.Handle(), Session: m.Session, Type: ptype, Data: data}, nil)
		}
	}
}

// Await is the one way for a Go function that Lua calls to do what takes long:
// the task that called it waits until work, which runs on a goroutine of its
// own, has returned, and its service handles other messages meanwhile. work
// must not touch Lua values; it may set variables, which the function reads
// when Await has returned. When the task is killed meanwhile Await doesn't
// return (deferred functions run), and work runs on to its end; a node's Close
// waits for that.
func Await(L *lua.LState, work func()) { taskOf(L).awaitWork(vm.Of(L), work) }
