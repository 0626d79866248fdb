package runtime

import (
	"sync"
	"time"
)

// monitorPeriod is how often the workers are looked at, as in skynet.
const monitorPeriod = 5 * time.Second

// monitor reports services that don't come out of a message
// (skynet_monitor.c).
type monitor struct {
	node *Node
	stop chan struct{}
	done sync.WaitGroup
}

func newMonitor(n *Node) *monitor {
	return &monitor{node: n, stop: make(chan struct{})}
}

func (m *monitor) start() { m.done.Go(m.watch) }

func (m *monitor) halt() {
	close(m.stop)
	m.done.Wait()
}

// watch finds workers that are in the same turn as a period ago.
func (m *monitor) watch() {
	seen := make([]int64, len(m.node.sched.workers))
	ticker := time.NewTicker(monitorPeriod)
	defer ticker.Stop()
	for {
		select {
		case <-m.stop:
			return
		case <-ticker.C:
		}
		for i, w := range m.node.sched.workers {
			since := w.since.Load()
			if s := w.current.Load(); s != nil && since == seen[i] {
				m.report(s)
			}
			seen[i] = since
		}
	}
}

func (m *monitor) report(s *Service) {
	if s.native != nil || s.endless.Swap(true) {
		return
	}
	m.node.logLine(0, "error: A message to [ "+s.handle.String()+" ] maybe in an endless loop ("+s.title()+"); `signal "+s.handle.String()+"` ends it")
	m.node.events.emit(Event{Kind: EventEndless, Service: s.handle, Script: s.script})
}
