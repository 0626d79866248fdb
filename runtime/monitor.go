package runtime

import (
	"fmt"
	"strings"
	"sync"
	"time"

	"devnode/runtime/vm"
)

// monitorPeriod is how often the workers are looked at, as in skynet.
const monitorPeriod = 5 * time.Second

// monitorPatience is how long Lua code has to tell where it spins, before it is
// reported without.
const monitorPatience = 100 * time.Millisecond

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
	service  *Service
	messages uint64
}

// watch finds workers that are in the same message as a period ago.
func (m *monitor) watch() {
	seen := make([]seenWorker, len(m.node.sched.workers))
	ticker := time.NewTicker(m.node.config.EndlessAfter)
	defer ticker.Stop()
	for {
		select {
		case <-m.stop:
			return
		case <-ticker.C:
		}
		for i, w := range m.node.sched.workers {
			now := seenWorker{service: w.current.Load()}
			if s := now.service; s != nil {
				now.messages = s.box.look().messages
				if now == seen[i] {
					m.suspect(s)
				}
			}
			seen[i] = now
		}
	}
}

// suspect asks a service where it is, once for each message that it is in too
// long, and breaks the loop if new code waits for its end. Lua code answers
// between two instructions; a function in Go that takes long doesn't.
func (m *monitor) suspect(s *Service) {
	if s.native != nil {
		return
	}
	if s.spinning.Swap(s.box.look().messages+1) == s.box.look().messages+1 {
		return
	}
	s.endless.Store(true)
	s.suspected.Store(true)
	s.interrupt()
	m.node.events.emit(Event{Kind: EventEndless, Service: s.handle, Script: s.script})
	patience := time.NewTimer(monitorPatience)
	defer patience.Stop()
	select {
	case <-m.stop:
		return
	case <-patience.C:
	}
	if s.suspected.Swap(false) {
		m.node.logLine(0, 0, endlessText("another service", s)+" in a function that isn't Lua; it ends with that")
	}
	if s.changes.Load() > 0 {
		m.node.unspin(s)
	}
}

// spins reports the code that runs as an endless loop.
func (s *Service) spins(f *vm.Fiber) {
	at := ""
	for level := 0; at == ""; level++ {
		if _, ok := f.Info(level); !ok {
			at = "?"
			break
		}
		at = strings.TrimSuffix(f.Where(level), ": ")
	}
	s.node.logLine(0, 0, endlessText(s.handling.source.String(), s)+fmt.Sprintf(" at %s; `signal %s` ends it\n%s", at, s.handle, f.Traceback("", 0)))
}

// spinsStill tells whether the service is in the endless loop that it was found
// in.
func (s *Service) spinsStill() bool {
	return s.spinning.Load() == s.box.look().messages+1 && s.node.doing(s) != ""
}

// unspin breaks the endless loop that a service was found in, if it is in it
// still.
func (n *Node) unspin(s *Service) {
	if s.spinsStill() {
		n.Signal(s.handle, 0) // a service that is gone spins no more
	}
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
	n.unspin(s)
	return begun
}

func endlessText(source string, s *Service) string {
	return fmt.Sprintf("error: A message from [ %s ] to [ %s ] maybe in an endless loop (version = %d): %s is", source, s.handle, s.box.look().messages, s.script)
}
