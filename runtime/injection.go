package runtime

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"
)

// injection is one chunk from the console, from before its turn comes to the end
// of its task.
type injection struct {
	state atomic.Int32  // injectWaits and so on
	stop  atomic.Bool   // its console has given up: it has to end
	done  chan struct{} // closed once it is over

	// Only the service itself touches these.
	task    *Task
	closing time.Duration // since when the __close methods of the task may run
}

// The states of an injection.
const (
	injectWaits     int32 = iota // for the service to come to it
	injectBegun                  // it runs, or its task waits
	injectWithdrawn              // nobody wants it any more, and it never ran
)

var (
	// errGivenUp is what ends the code of a console that has given up.
	errGivenUp = errors.New("interrupted: the console that started it has given up")
	// errNeverRun is of a chunk that the service never came to.
	errNeverRun = errors.New("it never came to it, and nothing was run")
)

// GoesOnError is the error of a chunk that goes on after whoever waited for it
// has stopped waiting.
type GoesOnError struct {
	Service Handle
	Script  string
	Task    TaskInfo   // its task, if that waits
	Waits   bool       // else it runs, or the service is busy with something else
	Started []TaskInfo // the chunk has ended; these are forks and timers that it has started
	Doing   string     // what the service is busy with, if it is
	Cause   error      // why nobody waits
}

func (e *GoesOnError) Error() string {
	return fmt.Sprintf("%s (%s): no answer: %s; %s", e.Service, e.Script, e.Cause, e.What())
}

func (e *GoesOnError) Unwrap() error { return e.Cause }

// What says what goes on.
func (e *GoesOnError) What() string {
	switch {
	case len(e.Started) == 1:
		return "a " + e.Started[0].Kind + " that the code has started goes on" + at(e.Started[0])
	case len(e.Started) > 1:
		return fmt.Sprintf("%d tasks that the code has started go on, one%s", len(e.Started), at(e.Started[0]))
	case e.Waits && e.Task.At != "":
		return "the code goes on: it waits at " + e.Task.At
	case e.Waits:
		return "the code goes on: it waits"
	case e.Doing != "":
		return "the code goes on: the service is " + e.Doing
	}
	return "the code goes on"
}

// How long a chunk is given to end, and how often it is told to.
const (
	giveUpTime  = 2 * time.Second
	giveUpAgain = 20 * time.Millisecond
	closeAtMost = time.Second            // for the __close methods of one that waits
	stateTime   = 200 * time.Millisecond // for a service to tell how a task of it stands
)

// leaveInjection is for a chunk whose answer isn't waited for any longer. One that
// hasn't begun never will. A console that has given up has its code ended, by
// whatever it waits for or runs; where its time was up, the code goes on.
func (n *Node) leaveInjection(ctx context.Context, s *Service, in *injection) error {
	if in.state.CompareAndSwap(injectWaits, injectWithdrawn) {
		return fmt.Errorf("%s (%s): %w: %w", s.actor.Handle(), s.script, ctx.Err(), errNeverRun)
	}
	e := &GoesOnError{Service: s.actor.Handle(), Script: s.script, Cause: ctx.Err()}
	stopped := errors.Is(ctx.Err(), context.Canceled) && n.stopInjection(s, in)
	limit, cancel := context.WithTimeout(context.Background(), stateTime)
	defer cancel()
	if stopped {
		if e.Started = n.startedBy(limit, s, in); len(e.Started) > 0 {
			return e
		}
		return ctx.Err()
	}
	over := false
	err := n.ask(limit, s, func(*Service) {
		if in.task == nil {
			over = true
			return
		}
		e.Task, e.Waits = in.task.info(), true
	})
	switch {
	case over:
		return ctx.Err() // it has ended at the last moment
	case err != nil:
		e.Waits = false
		if doing, ok := s.doing(); ok {
			e.Doing = "running " + doing.String()
		}
	}
	return e
}

// startedBy lists the forks and timers that a chunk has started and that live.
func (n *Node) startedBy(ctx context.Context, s *Service, in *injection) (list []TaskInfo) {
	found := make(chan []TaskInfo, 1)
	_ = n.ask(ctx, s, func(s *Service) {
		var list []TaskInfo
		for _, g := range s.generations() {
			for _, t := range g.tasks() {
				if t.from == in && t.state != taskOver {
					list = append(list, t.info())
				}
			}
		}
		found <- list
	})
	select {
	case list := <-found:
		return list
	default:
		return nil // the service is busy, or has ended
	}
}

// at says where a task waits, if that is known.
func at(t TaskInfo) string {
	if t.At == "" {
		return ""
	}
	return " at " + t.At
}

// stopInjection ends a chunk: its task is killed where it waits, and where it runs
// the next instruction is its last, whatever would catch an error. It is false
// where a function in Go keeps it from that.
func (n *Node) stopInjection(s *Service, in *injection) bool {
	in.stop.Store(true)
	n.do(s, func(s *Service) {
		if t := in.task; t != nil && t.state != taskOver {
			in.closing = n.elapsed()
			s.killClosing(t, errGivenUp.Error())
			t.gen.settle()
		}
	})
	patience := time.NewTimer(giveUpTime)
	defer patience.Stop()
	again := time.NewTicker(giveUpAgain)
	defer again.Stop()
	for {
		s.interrupt()
		select {
		case <-in.done:
			return true
		case <-s.over:
			return true
		case <-patience.C:
			return false
		case <-again.C:
		}
	}
}

// givenUp tells whether the task that runs is one whose console has given up.
func (t *Task) givenUp() bool {
	in := t.injection
	if in == nil || !in.stop.Load() {
		return false
	}
	return in.closing == 0 || t.service.node.elapsed()-in.closing > closeAtMost
}
