package socket

import (
	"cmp"
	"slices"
	"sync"
	"time"

	"devnode/runtime/library"
)

// Sockets of services (skynet's socket_server.c). A socket belongs to a
// service, not to a generation of its code: a connection, a listener and the
// bytes that nobody has read yet outlive a reload. Numbers of sockets are the
// node's: any service may write to one, and take it over by socket.start.
//
// The goroutines of a socket never touch Lua. They fill its buffer and wake
// the task that reads it, or have its owner call a function, by messages.

// sockets is the node's table of sockets. It is safe for concurrent use.
type sockets struct {
	node   library.Node
	mu     sync.Mutex
	byID   map[int]*socket
	owners map[library.Service]*owner
	last   int
	closed bool
	stdin  *standardInput
}

// tables has the table of each node.
var tables = library.NodeState[*sockets]{
	New: func(n library.Node) *sockets {
		return &sockets{node: n, byID: make(map[int]*socket), owners: make(map[library.Service]*owner), stdin: newStandardInput(n.Stdin())}
	},
	Connections: (*sockets).connections,
	Closed:      (*sockets).halt,
}

// add gives a socket its number. It is false when the node is closing.
func (ss *sockets) add(so *socket) bool {
	ss.mu.Lock()
	defer ss.mu.Unlock()
	if ss.closed {
		return false
	}
	ss.last++
	so.id, so.set = ss.last, ss
	ss.byID[so.id] = so
	return true
}

func (ss *sockets) remove(so *socket) {
	ss.mu.Lock()
	defer ss.mu.Unlock()
	delete(ss.byID, so.id)
}

// ownerOf is what there is to know of a service that has had sockets.
func (ss *sockets) ownerOf(s library.Service) *owner {
	ss.mu.Lock()
	defer ss.mu.Unlock()
	return ss.owners[s]
}

func (ss *sockets) find(id int) *socket {
	ss.mu.Lock()
	defer ss.mu.Unlock()
	return ss.byID[id]
}

// all lists the sockets by number.
func (ss *sockets) all() []*socket {
	ss.mu.Lock()
	list := make([]*socket, 0, len(ss.byID))
	for _, so := range ss.byID {
		list = append(list, so)
	}
	ss.mu.Unlock()
	slices.SortFunc(list, func(a, b *socket) int { return cmp.Compare(a.id, b.id) })
	return list
}

// of lists the sockets of a service by number.
func (ss *sockets) of(s library.Service) []*socket {
	return slices.DeleteFunc(ss.all(), func(so *socket) bool { return so.ownerIs() != s })
}

// closeLinger is how long a closing node waits for what was written to go out.
const closeLinger = 300 * time.Millisecond

// halt closes all sockets; the node waits for their goroutines. No service is left.
func (ss *sockets) halt() {
	ss.mu.Lock()
	ss.closed = true
	ss.mu.Unlock()
	for _, so := range ss.all() {
		so.close(closeLinger)
	}
}

// connections lists the sockets as netstat shows them.
func (ss *sockets) connections() (list []library.Connection) {
	for _, so := range ss.all() {
		list = append(list, so.info())
	}
	return list
}
