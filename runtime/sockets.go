package runtime

import (
	"cmp"
	"context"
	"slices"
	"sync"
	"time"
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
	node   *Node
	mu     sync.Mutex
	byID   map[int]*socket
	last   int
	closed bool
	stdin  *standardInput

	// ctx ends with the node; goroutines are those of all sockets.
	ctx        context.Context
	cancel     context.CancelFunc
	goroutines sync.WaitGroup
}

func newSockets(n *Node) *sockets {
	ss := &sockets{node: n, byID: make(map[int]*socket), stdin: newStandardInput(n.config.Stdin)}
	ss.ctx, ss.cancel = context.WithCancel(context.Background())
	return ss
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
func (ss *sockets) of(s *Service) []*socket {
	return slices.DeleteFunc(ss.all(), func(so *socket) bool { return so.ownerIs() != s })
}

// closeLinger is how long a closing node waits for what was written to go out.
const closeLinger = 300 * time.Millisecond

// halt closes all sockets and waits for their goroutines. No service is left.
func (ss *sockets) halt() {
	ss.mu.Lock()
	ss.closed = true
	ss.mu.Unlock()
	ss.cancel()
	for _, so := range ss.all() {
		so.close(closeLinger)
	}
	ss.goroutines.Wait()
}

// endLinger is how long a service that has ended has its last bytes sent.
const endLinger = 10 * time.Second

// ended closes the sockets of a service that has ended.
func (ss *sockets) ended(s *Service) {
	if !s.hadSockets {
		return
	}
	for _, so := range ss.of(s) {
		so.drop(endLinger)
	}
}

// aborted closes the sockets that a generation has opened which was dropped.
func (ss *sockets) aborted(s *Service, generation int) {
	if !s.hadSockets {
		return
	}
	for _, so := range ss.of(s) {
		if so.born == generation {
			so.drop(0)
		}
	}
}

// SocketInfo is one socket, as Node.Sockets lists it.
type SocketInfo struct {
	ID       int
	Service  Handle // who owns it
	Type     string // "LISTEN", "TCP", "UDP", "PIPE", or "CLOSING"
	Local    string // address
	Peer     string // address, empty for a listener
	Accepted int64  // connections, of a listener
	Read     int64  // bytes
	Written  int64
	Unread   int64 // bytes that wait to be read by the service
	Unsent   int64 // bytes that wait to be sent

	LastRead, LastWrite time.Time // zero: never
}

// Sockets lists the sockets of the node's services by number.
func (n *Node) Sockets() []SocketInfo {
	var list []SocketInfo
	for _, so := range n.sockets.all() {
		list = append(list, so.info())
	}
	return list
}
