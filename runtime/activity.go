package runtime

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"devnode/runtime/internal/actor"
	"devnode/runtime/lua/vm"
)

// Activity is what a service does at one moment.
type Activity struct {
	What   string        // what kind of work it is: "lua", "fork", "start"
	Source Handle        // for whom, 0 for nobody
	For    time.Duration // since the message began that it is handling
	At     string        // the Lua line that runs: "spin.lua:33"; empty where nobody asked for it
}

// String is the activity in one line: `lua from :00000009 for 3.2s, spin.lua:33`.
func (a Activity) String() string {
	var b strings.Builder
	b.WriteString(a.What)
	switch {
	case a.Source == 0:
	case a.What == taskKindNames[taskFork] || a.What == taskKindNames[taskTimeout]:
		fmt.Fprintf(&b, " of a request from %s", a.Source)
	default:
		fmt.Fprintf(&b, " from %s", a.Source)
	}
	fmt.Fprintf(&b, " for %s", spanText(a.For))
	if a.At != "" {
		b.WriteString(", " + a.At)
	}
	return b.String()
}

// spanText is a time to the precision that a person reads.
func spanText(d time.Duration) string {
	if d < time.Second {
		return d.Round(time.Millisecond).String()
	}
	return d.Round(100 * time.Millisecond).String()
}

// BusyError is why a service doesn't answer: it runs something else for long.
type BusyError struct {
	Service Handle
	Script  string
	Doing   Activity
}

// Error says what the service runs, and what ends that.
func (e *BusyError) Error() string {
	return fmt.Sprintf("%s (%s): it is running %s: `signal %s` interrupts it", e.Service, e.Script, e.Doing, e.Service)
}

// busyAfter is how long a service is in one message before those who look into it
// are told so instead of waiting.
const busyAfter = time.Second

// progress tells what the service's worker is at. It may be called from any
// goroutine, and waits for nothing.
func (s *Service) progress() actor.Progress { return s.node.sched.Progress(&s.actor) }

// busy is what the service has been running for longer than busyAfter, nil if
// nothing.
func (s *Service) busy() *BusyError {
	if s.progress().Since < busyAfter {
		return nil
	}
	doing, ok := s.doing()
	if !ok || doing.For < busyAfter {
		return nil
	}
	return &BusyError{Service: s.actor.Handle(), Script: s.script, Doing: doing}
}

// sampleAfter is how long a message takes before anybody asks at which line it is.
const sampleAfter = 10 * time.Millisecond

// noLine stands for the line of what has not answered in time (answerPatience).
const noLine = "it has run no Lua for 300ms"

// doing tells what the service runs at this moment, and whether it runs anything.
// Code that runs for long is asked for its line.
func (s *Service) doing() (Activity, bool) {
	p := s.progress()
	if !p.Running {
		return Activity{}, false
	}
	a := s.handledNow()
	if p.Since >= sampleAfter && s.native == nil {
		a.At = noLine
		s.askRunning(&question{answer: func(_ *Generation, f *vm.Fiber) { a = s.runs(f) }}, answerPatience)
		p = s.progress()
	}
	a.For = p.Since
	return a, p.Running
}

// handledNow is the message that the service took last, as far as that is known
// without asking its code.
func (s *Service) handledNow() Activity {
	figures := s.actor.Mailbox.Look()
	a := Activity{What: "a message", Source: figures.Source}
	switch figures.Type {
	case ptypeControl:
		a.What = "work of the node's own"
	case ptypeTimer:
		a.What = "what a timer or a socket has woken"
	default:
		if name := ptypeNames[figures.Type]; name != "" {
			a.What = name
		}
	}
	return a
}

// ptypeNames are skynet's message types.
var ptypeNames = map[PType]string{
	PTypeText: "text", PTypeResponse: "response", PTypeClient: "client", PTypeSystem: "system", PTypeError: "error", PTypeLua: "lua",
}

// runs is what the fiber's code does. It is called on the service's own worker.
func (s *Service) runs(f *vm.Fiber) Activity {
	a := Activity{What: "__gc", At: lineOf(f)}
	t, ok := f.Root().Owner.(*Task)
	if !ok || t == nil {
		return a
	}
	if t.gen.finalizing {
		return a
	}
	a.What = taskKindNames[t.kind]
	if r := t.request; r != nil {
		a.Source = r.source
		if p := t.gen.protocolOf(r.ptype); t.kind == taskRequest && p != nil {
			a.What = p.name
		}
	}
	return a
}

// lineOf is the innermost Lua line of a fiber that runs.
func lineOf(f *vm.Fiber) string {
	for level := 0; ; level++ {
		if _, ok := f.Info(level); !ok {
			return "?"
		}
		if at := f.Where(level); at != "" {
			return strings.TrimSuffix(at, ": ")
		}
	}
}

// busyWith says what keeps a service from answering.
func (s *Service) busyWith() string {
	if doing, ok := s.doing(); ok {
		return "it is running " + doing.String() + ": `signal " + s.actor.Handle().String() + "` interrupts it"
	}
	return "it waits"
}

// ErrIdle is what a signal meets in a service that runs nothing.
var ErrIdle = errors.New("it runs nothing at this moment, so the signal has ended nothing")
