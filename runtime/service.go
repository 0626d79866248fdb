package runtime

import (
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/internal/actor"
	"devnode/runtime/internal/attach"
	"devnode/runtime/lua/value"
	"devnode/runtime/lua/vm"
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

	lastSession int32
	waits       sessions
	sleepers    map[lua.LValue]*Task // by token
	woken       []wakeup             // in the order of skynet.wakeup
	failed      []int32              // sessions whose peer is gone
	unnamed     map[int32]string     // sessions of requests to names that nobody has yet
	forks       []*Task
	handling    Message // what is being handled, for the log; without data once others have that
	spent       bool    // its values were handed over
	running     *Task

	lastGeneration int
	code           *Generation   // answers new requests
	draining       []*Generation // replaced, with tasks that still run
	ending         []*Generation // retired; it is looked for what the kept state holds of them
	upgrade        *upgrade      // the reload in progress
	tried          *files        // what the last reload loaded, if it failed
	kept           map[string]lua.LValue
	keptVersion    lua.LValue              // of the shape of kept; nil is 1
	classes        map[string]*value.Table // reload.class, by name
	keptResponses  responses               // closures of skynet.response that kept holds
	held           []Message               // requests that wait for a migration
	blocked        *Task                   // that runs something outside, as os.execute: nothing else is handled
	aside          []Message               // that came meanwhile
	living         int32                   // tasks of all generations
	firstLoad      firstLoad
	history        []*ReloadRecord // since; none is changed once it is there
	hadSockets     bool
	states         *attach.States    // that libraries have of it, nil while there are none
	traceID        int               // of the last trace that began here
	tags           map[Handle]string // of the trace of a sender's next request
	launched       func(error)       // told once of the end of the launch
	launcher       *Service          // who launched it, until it has had a turn
	launchWaits    []int32           // sessions of tasks that wait to launch a service
	unready        []func()          // those who wait until it can take requests
	endDeadline    *actor.Alarm      // of what an exit runs
	leaving        error             // set: the service ends once the running task is out

	over          chan struct{}         // closed once the service has ended
	doomed        atomic.Pointer[error] // set from outside: it has to end, and why
	cutEnd        atomic.Pointer[error] // set from outside: its end is to end, and why
	machines      atomic.Pointer[[]*vm.VM]
	endless       atomic.Bool
	changes       atomic.Int32  // of its code, that wait for it
	spinning      atomic.Uint64 // the count of the message that is an endless loop
	launching     atomic.Int32  // its launches that have had no turn yet
	launchWaiting atomic.Int32  // how many launchWaits there are
	logged        logShare
	questions     atomic.Pointer[question] // that what it runs is to answer
	mail          atomic.Pointer[mailLog]  // where its messages are logged, nil mostly
	weight        atomic.Int64             // in bytes, as last weighed; 0 is never
	overdue       atomic.Bool              // what runs while it is patched takes too long
	standing      atomic.Pointer[Standing]
	starting      atomic.Bool // a main chunk or a start function of it may be running
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
	s.handling = m
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

func (s *Service) newSession() int32 {
	for {
		s.lastSession++
		if s.lastSession <= 0 {
			s.lastSession = 1
		}
		if s.waits.get(s.lastSession).task == nil {
			return s.lastSession
		}
	}
}

// title is what the script was launched with: name and arguments.
func (s *Service) title() string {
	return strings.Join(append([]string{s.script}, s.args...), " ")
}

// end takes the service down: everybody who waits for it gets an answer, and
// nothing of it is left. It runs between two tasks.
func (s *Service) end() {
	s.closeTasks()
	s.endDeadline.Stop()
	reason := s.leaving.Error()
	s.node.handles.Retire(s.actor.Handle())
	if s.upgrade != nil {
		s.upgrade.abort(fmt.Errorf("%s", reason))
	}
	peers := map[Handle]bool{}
	for _, w := range s.waits.all() {
		if w.peer != 0 {
			peers[w.peer] = true
		}
	}
	s.forks = nil
	for _, g := range s.generations() {
		g.close(reason, false)
	}
	for _, g := range s.ending {
		g.finalize()
	}
	s.keptResponses.fail(s, reason)
	s.code, s.draining, s.ending, s.keptResponses = nil, nil, nil, nil
	s.publish()
	s.tellReady()
	s.waits = sessions{}
	s.sleepers, s.woken, s.failed, s.kept, s.classes = nil, nil, nil, nil, nil
	for peer := range peers {
		s.node.send(s, peer, PTypeError, 0, nil)
	}
	s.hasRun()
	if n := s.logged.leftOut.Swap(0); n > 0 {
		s.log("%s", leftOutText(n))
	}
	s.states.Tell(attach.Ended, nil)
	s.states = nil
	s.node.sockets.ended(s) // who is told next may want the same address
	s.opened.close()
	if s.launched != nil {
		s.launched(s.leaving)
		s.launched = nil
	}
	for _, m := range slices.Concat(s.held, s.aside, s.actor.Box.Close()) {
		s.discard(m, reason)
	}
	s.held, s.aside = nil, nil
	s.mail.Swap(nil).close()
	s.node.gone(s)
}

// discard is for a message that comes too late: its sender is told.
func (s *Service) discard(m Message, reason string) {
	if m.Type == ptypeControl {
		m.Data.RunControl()
	} else {
		s.refuse(m, reason)
	}
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

// publish tells other goroutines how the service stands, and which VMs it has.
func (s *Service) publish() {
	var machines []*vm.VM
	st := &Standing{args: append([]string(nil), s.args...)}
	for _, g := range append(s.generations(), s.ending...) {
		if g.vm != nil {
			machines = append(machines, g.vm)
		}
	}
	if s.code != nil {
		st.Generation = s.code.number
		st.State = s.stateName()
		st.files, st.tried = s.code.files, s.tried
		st.Stale = s.code.staleCode
	}
	if s.upgrade != nil && s.upgrade.next != nil {
		st.Preparing = s.upgrade.next.number
		st.pending = s.upgrade.next.files
	}
	for _, g := range s.draining {
		st.Drains = append(st.Drains, g.number)
	}
	st.Draining = len(st.Drains)
	st.LastReload, st.Failure = s.lastReload()
	st.FailedAt = s.failedSince()
	s.machines.Store(&machines)
	s.standing.Store(st)
}

// interrupt has the service's VMs look up from what they are doing. It may be
// called from any goroutine.
func (s *Service) interrupt() {
	if list := s.machines.Load(); list != nil {
		for _, v := range *list {
			v.Interrupt()
		}
	}
}
