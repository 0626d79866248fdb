package runtime

import (
	"strings"
	"time"

	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/internal/actor"
	"devnode/runtime/internal/attach"
)

// Service is an actor: a handle, a mailbox, and the code that handles what
// comes in (skynet_server.c). The code is a generation of a Lua script, or a
// Native written in Go. Outside the package it is of use to a Native; all else
// is asked of the Node, by the handle.
//
// A worker runs a service; while it does, nobody else touches the fields that
// follow the actor. From outside a service is reached by a message only
// (Node.do), or by the atomic figures at the end.
type Service struct {
	node  *Node
	actor actor.Actor

	script      string // the first word of what was launched
	args        []string
	born        time.Time
	native      Native
	cell        *cell        // what skynet.service gave it to run in place of a script
	initialised []lua.LValue // what a snax service was initialised with
	opened      *opened      // by the function of a service that is written in Go
	worker      *worker      // whose hands it is in

	states *attach.States // that libraries have of it, nil while there are none

	awaited     // what its tasks wait for
	inFlight    // the message that it is at
	loadedCode  // its generations
	keptState   // what outlives its code
	launchState // how far its launch is
	endState    // why and how it ends
	tracing     // of its messages
	publicState // what any goroutine may look at
}

// Native handles a service's messages in Go.
type Native interface {
	// Handle is called for one message at a time. It must not block.
	Handle(s *Service, m Message)
}

// Handle is the service's handle.
func (s *Service) Handle() Handle { return s.actor.Handle() }

// Respond answers a request. It does nothing for a message that wants no answer.
func (s *Service) Respond(m Message, values ...lua.LValue) {
	if m.Session != 0 {
		s.node.send(s, m.Source, PTypeResponse, m.Session, ValueData(values...))
	}
}

// Refuse answers a request with an error.
func (s *Service) Refuse(m Message, reason string) {
	if m.Session != 0 {
		s.node.send(s, m.Source, PTypeError, m.Session, RawData(reason))
	}
}

// command is what a lua message says to one of the node's own services, by which name it
// refuses all others.
func (s *Service) command(m Message, who string) (words []lua.LValue, ok bool) {
	words = m.Data.Values()
	if m.Type == PTypeLua && len(words) > 0 {
		return words, true
	}
	s.Refuse(m, who+" takes lua messages only")
	return nil, false
}

// taskFor is the task that a message has run, nil for none. It doesn't run it
// itself: a processor predicts wrongly all the returns that follow a change of
// goroutine, so a task is resumed with few calls on the stack.
func (s *Service) taskFor(m Message) *Task {
	if m.Type == ptypeControl {
		m.Data.RunControl()
		return nil
	}
	if l := s.mail.Load(); l != nil && m.Type != ptypeTimer {
		l.note(s.node, m)
	}
	s.message = m
	if s.native != nil {
		s.native.Handle(s, m)
		return nil
	}
	switch m.Type {
	case ptypeTimer:
		return s.waits.take(m.Session).task // of a task that was woken, it means nothing
	case PTypeResponse:
		return s.respond(m)
	case PTypeError:
		return s.peerFailed(m)
	case PTypeTrace:
		s.tagged(m)
	default:
		return s.request(m)
	}
	return nil
}

// request makes a task of the active generation.
func (s *Service) request(m Message) *Task {
	switch {
	case s.code == nil:
		s.refuse(m, "the service has not started")
	case s.upgrade != nil && s.upgrade.holds(m):
		s.held = append(s.held, m)
	default:
		return s.code.dispatch(m)
	}
	return nil
}

// refuse answers a message that nobody can handle.
func (s *Service) refuse(m Message, reason string) {
	if m.Session != 0 && m.Type != PTypeResponse && m.Type != PTypeError {
		s.node.send(s, m.Source, PTypeError, m.Session, RawData(reason))
	}
}

// title is what the script was launched with: name and arguments.
func (s *Service) title() string {
	return strings.Join(append([]string{s.script}, s.args...), " ")
}

// generations lists all that are alive, the oldest first.
func (s *Service) generations() []*Generation {
	list := append([]*Generation(nil), s.draining...)
	if s.code != nil {
		list = append(list, s.code)
	}
	if s.upgrade != nil && s.upgrade.next != nil {
		list = append(list, s.upgrade.next)
	}
	return list
}
