package socket

import (
	"io"
	"sync"
)

// standardInputName is the address under which a service asks for the node's
// standard input.
const standardInputName = "stdin"

// standardInput is the node's standard input, which services read one after
// another. Nothing can end a read of it that has begun: what that brings after the
// socket it was for is closed waits for the next one. It is safe for concurrent
// use.
type standardInput struct {
	from io.Reader

	mu      sync.Mutex
	socket  *socket // which has it
	reading bool
	unread  []byte
	err     error
	came    chan struct{} // closed when a read has ended
}

func newStandardInput(from io.Reader) *standardInput {
	return &standardInput{from: from, came: make(chan struct{})}
}

// giveTo gives the standard input to a socket. It is false where another one has it.
func (in *standardInput) giveTo(so *socket) bool {
	in.mu.Lock()
	defer in.mu.Unlock()
	if in.socket != nil && !in.socket.isClosed() {
		return false
	}
	in.socket = so
	return true
}

// reader reads the standard input until done is closed.
func (in *standardInput) reader(done <-chan struct{}) io.Reader {
	return &standardInputReader{in: in, done: done}
}

type standardInputReader struct {
	in   *standardInput
	done <-chan struct{}
}

// Read waits for bytes, and is over when the reader's socket is closed.
func (r *standardInputReader) Read(p []byte) (int, error) {
	for {
		select {
		case <-r.done:
			return 0, io.ErrClosedPipe
		default:
		}
		n, came, err := r.in.take(p)
		if n > 0 || err != nil {
			return n, err
		}
		select {
		case <-came:
		case <-r.done:
			return 0, io.ErrClosedPipe
		}
	}
}

// take moves what has come into p. Where that is nothing it begins a read; came is
// closed at its end.
func (in *standardInput) take(p []byte) (n int, came <-chan struct{}, err error) {
	in.mu.Lock()
	defer in.mu.Unlock()
	if len(in.unread) > 0 {
		n = copy(p, in.unread)
		in.unread = in.unread[n:]
		return n, nil, nil
	}
	if in.err != nil {
		return 0, nil, in.err
	}
	if !in.reading {
		in.reading = true
		go in.fill() // it may outlive the node: see Config.Stdin
	}
	return 0, in.came, nil
}

func (in *standardInput) fill() {
	buf := make([]byte, readMost)
	n, err := in.from.Read(buf)
	in.mu.Lock()
	defer in.mu.Unlock()
	in.unread, in.err, in.reading = append(in.unread, buf[:n]...), err, false
	close(in.came)
	in.came = make(chan struct{})
}
