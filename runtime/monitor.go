package runtime

import (
	"fmt"
	"sync"
	"time"

	"devnode/runtime/internal/actor"
	"devnode/runtime/lua/vm"
)

// monitorPeriod is how often the workers are looked at, as in skynet.
const monitorPeriod = 5 * time.Second

// monitorPatience is how long Lua code has to tell where it spins, before it is
// reported without.
const monitorPatience = time.Second

// monitor reports services that don't come out of a message
// (skynet_monitor.c).
type monitor struct {
	node *Node
	stop chan struct{}
	done sync.WaitGroup
}

func newMonitor(n *Node) *monitor { return &monitor{node: n, stop: make(chan struct{})} }

func (m *monitor) start() { m.done.Go(m.watch) }

func (m *monitor) halt() {
	close(m.stop)
	m.done.Wait()
}

// seenWorker is what a worker was doing when it was last looked at.
type seenWorker struct {
	service *Service
	message uint64
}

// watch finds workers that are in the same message as a period ago.
func (m *monitor) watch() {
	seen := map[*actor.Worker]seenWorker{}
	ticker := time.NewTicker(m.node.config.EndlessAfter)
	defer ticker.Stop()
	for {
		select {
		case <-m.stop:
			return
		case <-ticker.C:
		}
		for _, w := range m.node.sched.InUse() {
			now := seenWorker{service: serviceOf(w.Current())}
			if s := now.service; s != nil {
				now.message = s.actor.Mailbox.Look().Taken
				if now == seen[w] {
					m.suspect(s, now.message)
				}
			}
			seen[w] = now
		}
	}
}

// suspect asks a service where it is, once for each message that it is in too
// long, and breaks the loop if new code waits for its end. Lua code answers
// between two instructions; a function in Go that takes long doesn't.
func (m *monitor) suspect(s *Service, message uint64) {
	if s.native != nil || s.spinning.Swap(message) == message {
		return
	}
	s.endless.Store(true)
	doing, traceback, generation := s.handledNow(), "", 0
	source := doing.Source
	doing.At = noLine
	asked := s.askRunning(&question{answer: func(g *Generation, f *vm.Fiber) {
		doing, traceback, generation, source = s.runs(f), "\n"+f.Traceback("", 0), g.number, s.message.Source
	}}, monitorPatience)
	p := s.progress()
	if !p.Running || p.Message != message { // it has come to its end meanwhile
		return
	}
	doing.For = p.Since
	if !asked {
		generation = s.servingGeneration()
	}
	m.node.logLine(0, 0, s.endlessText(source, doing)+traceback)
	m.node.events.emit(Event{Kind: EventEndless, Service: s.actor.Handle(), Script: s.script, Generation: generation, Text: doing.String()})
	if s.changes.Load() > 0 {
		s.unspin()
	}
}

// servingGeneration is the number of the generation that serves, 0 for none. It
// may be called from any goroutine.
func (s *Service) servingGeneration() int {
	if st := s.standing.Load(); st != nil {
		return st.Generation
	}
	return 0
}

// endlessText is the log's line about a service that is in one message for long.
func (s *Service) endlessText(source Handle, doing Activity) string {
	return fmt.Sprintf("error: A message from [ %s ] to [ %s ] maybe in an endless loop (version = %d): %s is running %s; `signal %s` ends it",
		source, s.actor.Handle(), s.actor.Mailbox.Look().Messages, s.script, doing, s.actor.Handle())
}

// spinsStill tells whether the service is in the endless loop that it was found
// in.
func (s *Service) spinsStill() bool {
	found := s.spinning.Load()
	if found == 0 {
		return false
	}
	p := s.progress()
	return p.Running && p.Message == found
}

// change is do for new code: an endless loop that is in its way is broken, now
// or once it is found to be one.
func (n *Node) change(s *Service, fn func(*Service)) bool {
	s.changes.Add(1)
	begun := n.do(s, func(s *Service) {
		s.changes.Add(-1)
		fn(s)
	})
	if !begun {
		s.changes.Add(-1)
	}
	s.unspin()
	return begun
}
