package socket

import (
	"time"

	"devnode/runtime/library"
)

// owner is a service that has, or had, sockets.
type owner struct {
	service library.Service
	sockets *sockets
	hooks   map[library.Generation]*generationHooks
	read    []*socket // by the generation that is being replaced
}

// owners has what there is to know of each.
var owners = library.ServiceState[*owner]{
	New:       newOwner,
	Replacing: func(o *owner, g library.Generation) { o.read = o.readBy(g) },
	Switched:  (*owner).switched,
	Unread:    (*owner).unread,
	Readers:   (*owner).readers,
	Aborted:   (*owner).aborted,
	Ended:     (*owner).ended,
}

func newOwner(s library.Service) *owner {
	o := &owner{service: s, sockets: tables.Of(s.Node()), hooks: make(map[library.Generation]*generationHooks)}
	o.sockets.mu.Lock()
	defer o.sockets.mu.Unlock()
	o.sockets.owners[s] = o
	return o
}

// endLinger is how long a service that has ended has its last bytes sent.
const endLinger = 10 * time.Second

// ended closes the sockets of a service that has ended.
func (o *owner) ended() {
	o.sockets.mu.Lock()
	delete(o.sockets.owners, o.service)
	o.sockets.mu.Unlock()
	for _, so := range o.sockets.of(o.service) {
		so.drop(endLinger)
	}
}

// aborted closes the sockets that a generation has opened which was dropped.
func (o *owner) aborted(g library.Generation) {
	for _, so := range o.sockets.of(o.service) {
		if so.born == g.Number() {
			so.drop(0)
		}
	}
}

// switched has what came in during a switch handed to the functions of the generation
// that has taken over.
func (o *owner) switched(g library.Generation) {
	o.service.Do(func() {
		serving, _ := o.service.Serving()
		for _, so := range o.sockets.of(o.service) {
			if serving == g && so.kind == "LISTEN" && !so.isRaw() && so.alive() && o.hooks[g].of(so).accept.IsNil() {
				o.service.Log("socket %d listens at %s, but generation %d has no function for its connections: socket.start(%d, f) gives one, socket.close(%d) ends it", so.id, so.asked, g.Number(), so.id, so.id)
			}
			so.attend(o.service)
		}
	})
}

// readers lists the waits of tasks of g that read connections.
func (o *owner) readers(g library.Generation) (list []*library.Wait) {
	for _, so := range o.sockets.of(o.service) {
		if wait, of := so.reader(); wait != nil && of == g {
			list = append(list, wait)
		}
	}
	return list
}

// readBy lists the connections that tasks of g read, or that call functions of g.
func (o *owner) readBy(g library.Generation) (list []*socket) {
	for _, so := range o.sockets.of(o.service) {
		if _, of := so.reader(); so.kind != "LISTEN" && (of == g || o.hooks[g].receives(so)) {
			list = append(list, so)
		}
	}
	return list
}

// unread counts the connections that the replaced generation read, and that nobody
// reads any more.
func (o *owner) unread() (n int) {
	for _, so := range o.read {
		if so.alive() && !o.reads(so) {
			n++
		}
	}
	o.read = nil
	return n
}

// reads tells whether code of any generation takes what comes in.
func (o *owner) reads(so *socket) bool {
	for _, h := range o.hooks {
		if h.receives(so) {
			return true
		}
	}
	return so.isBeingRead()
}

// reader is the wait of the task that waits for bytes, if any, and whose task that is.
func (so *socket) reader() (wait *library.Wait, g library.Generation) {
	so.mu.Lock()
	defer so.mu.Unlock()
	if w := so.waiter; w != nil && w.stands() {
		wait, g = w.wait, w.generation
	}
	return wait, g
}
