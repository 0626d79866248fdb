package runtime

import (
	"sync"
	"time"
)

// EventKind says what happened.
type EventKind string

// The events of a node.
const (
	EventLaunched     EventKind = "launched"
	EventExited       EventKind = "exited"
	EventPreparing    EventKind = "preparing"
	EventReloaded     EventKind = "reloaded"
	EventPatched      EventKind = "patched"
	EventReloadFailed EventKind = "reload-failed"
	EventDraining     EventKind = "draining"
	EventMended       EventKind = "mended" // the files are again those that run: what failed is over
	EventDrained      EventKind = "drained"
	EventEndless      EventKind = "endless"
)

// Event is something that happened to a service.
type Event struct {
	Time       time.Time
	Kind       EventKind
	Service    Handle
	Script     string
	Generation int
	Text       string
	Record     *ReloadRecord // of a patch or a reload, and of one that failed
}

// events hands out what happens to whoever listens. It is safe for concurrent use.
type events struct {
	mu        sync.Mutex
	listeners map[int]func(Event)
	next      int
}

func newEvents() *events { return &events{listeners: make(map[int]func(Event))} }

func (es *events) emit(e Event) {
	e.Time = time.Now()
	es.mu.Lock()
	defer es.mu.Unlock()
	for _, tell := range es.listeners {
		tell(e)
	}
}

func (es *events) close() {
	es.mu.Lock()
	defer es.mu.Unlock()
	es.listeners = nil
}

// Events has tell called with everything that happens to a service from now
// on, until the returned function is called. tell must not block, and must not
// call the node.
func (n *Node) Events(tell func(Event)) (stop func()) {
	es := n.events
	es.mu.Lock()
	defer es.mu.Unlock()
	if es.listeners == nil {
		return func() {}
	}
	id := es.next
	es.next++
	es.listeners[id] = tell
	return func() {
		es.mu.Lock()
		defer es.mu.Unlock()
		delete(es.listeners, id)
	}
}
