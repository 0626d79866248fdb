package clientsocket

import (
	"errors"
	"io"
	"net"
	"sync"

	"devnode/runtime/library"
)

// pieceSize is how much recv gives at most, and pieces is how many wait to be taken.
const (
	pieceSize = 4096
	pieces    = 16
)

// link is a connection.
type link struct {
	conn   *net.TCPConn
	in     chan []byte // closed when no more comes
	failed error       // why, set before that
	done   chan struct{}
	once   sync.Once
}

// newLink takes a connection, and reads it until it is closed.
func newLink(n library.Node, conn *net.TCPConn) *link {
	l := &link{conn: conn, in: make(chan []byte, pieces), done: make(chan struct{})}
	n.Go(l.read)
	return l
}

func (l *link) read() {
	defer close(l.in)
	for {
		piece := make([]byte, pieceSize)
		n, err := l.conn.Read(piece)
		if n > 0 {
			select {
			case l.in <- piece[:n]:
			case <-l.done:
				return
			}
		}
		if err != nil {
			if !errors.Is(err, io.EOF) {
				l.failed = err
			}
			return
		}
	}
}

func (l *link) close() {
	l.once.Do(func() {
		close(l.done)
		l.conn.Close()
	})
}

// links are the connections of a service, by the numbers that scripts know them by.
type links struct {
	open map[int64]*link
	last int64
}

// lastStream is the number of the last of the standard streams.
const lastStream = 2

var opened = &library.ServiceState[*links]{
	New: func(library.Service) *links { return &links{open: make(map[int64]*link), last: lastStream} },
	Ended: func(ls *links) {
		for _, l := range ls.open {
			l.close()
		}
	},
	Weight: func(ls *links) int64 { return int64(len(ls.open)) * pieceSize },
}
