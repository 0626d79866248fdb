package runtime

import (
	"context"
	"fmt"
	"strings"
	"time"

	lua "github.com/yuin/gopher-lua"
)

// Launch starts a service and waits until its start function has returned.
func (n *Node) Launch(ctx context.Context, script string, args ...string) (Handle, error) {
	done := make(chan error, 1)
	s, err := n.launch(nil, script, args, func(_ *Service, err error) { done <- err })
	if err != nil {
		return 0, fmt.Errorf("launch %s: %w", script, err)
	}
	select {
	case err := <-done:
		if err != nil {
			return 0, fmt.Errorf("launch %s: %w", script, err)
		}
		return s.actor.Handle(), nil
	case <-ctx.Done():
		return 0, fmt.Errorf("launch %s: %w; %s", script, ctx.Err(), s.busyWith())
	}
}

// launch makes a service and begins to load its script. done is told of the
// end of the start function, on the new service's own worker.
// from is the service that wants it, nil for none.
func (n *Node) launch(from *Service, script string, args []string, done func(*Service, error)) (*Service, error) {
	s := &Service{script: script, args: args}
	if from != nil {
		s.launchedBy(from)
	}
	made, err := n.begin(s, 0, done)
	if err != nil {
		s.hasRun()
	}
	return made, err
}

// begin is launch, of a service that nobody else knows yet, with the handle that it wants,
// 0 for any.
func (n *Node) begin(s *Service, want Handle, done func(*Service, error)) (*Service, error) {
	if n.closing.Load() {
		return nil, ErrClosed
	}
	if len(s.args) > maxWords {
		return nil, tooManyWords(len(s.args))
	}
	s.node, s.born, s.over = n, time.Now(), make(chan struct{})
	s.actor.Mailbox.Owned, s.actor.Lingers = true, true
	n.living.Add(1)
	n.register(s, want)
	n.logLine(s.actor.Handle(), 0, strings.TrimRight("LAUNCH snlua "+s.title(), " "))
	s.launched = func(err error) { done(s, err) }
	n.do(s, (*Service).loadFirst)
	return s, nil
}

// loadFirst loads the first generation.
func (s *Service) loadFirst() {
	began := s.node.elapsed()
	s.lastGeneration = 1
	g := s.newGeneration(1, newFiles(newSnapshot(), s.node))
	s.code = g
	s.publish()
	g.load(argValues(s.args), func(err error) {
		g.files.settle()
		if err == nil {
			err = s.leaving // its start function has killed the service
		}
		if err != nil {
			if s.leaving == nil { // it has not left by itself
				s.log("%s", err)
			}
			s.leave(err)
			return
		}
		s.firstLoad = firstLoad{took: s.node.elapsed() - began, files: g.files.state()}
		s.publish()
		s.node.events.emit(Event{Kind: EventLaunched, Service: s.actor.Handle(), Script: s.script, Generation: 1})
		if told := s.launched; told != nil {
			s.launched = nil
			told(nil)
		}
	})
	if g.start == nil {
		s.hasRun()
	}
}

func argValues(words []string) []lua.LValue {
	values := make([]lua.LValue, len(words))
	for i, w := range words {
		values[i] = lua.LString(w)
	}
	return values
}
