package main

import (
	"io"
	"os"
	"sync"
)

// input is standard input as services read it (socket.stdin). Nothing is read
// before one asks, so that devnode in the background, or one whose services don't
// care, leaves it alone. It outlives a node that is started anew: what is read
// while there is none is for the next.
type input struct {
	file   *os.File
	chunks chan chunk

	mu      sync.Mutex
	started bool
	rest    chunk // of the last chunk, what a reader had no room for
}

type chunk struct {
	data []byte
	err  error
}

func newInput(file *os.File) *input { return &input{file: file, chunks: make(chan chunk)} }

// wasRead tells whether services have asked for it.
func (in *input) wasRead() bool {
	in.mu.Lock()
	defer in.mu.Unlock()
	return in.started
}

// inputReader is one node's view of the input. Its first Read calls claim.
type inputReader struct {
	in     *input
	claim  func()
	first  sync.Once
	closed chan struct{}
}

func (in *input) reader(claim func()) *inputReader {
	return &inputReader{in: in, claim: claim, closed: make(chan struct{})}
}

// Close ends a Read that waits. It must be called once.
func (r *inputReader) Close() error {
	close(r.closed)
	return nil
}

// Read is one reader's at a time.
func (r *inputReader) Read(p []byte) (int, error) {
	r.first.Do(r.claim)
	in := r.in
	in.mu.Lock()
	if !in.started {
		in.started = true
		go in.pump()
	}
	c := in.rest
	in.rest = chunk{}
	in.mu.Unlock()
	if c.data == nil && c.err == nil {
		select {
		case c = <-in.chunks:
		case <-r.closed:
			return 0, io.EOF
		}
	}
	n := copy(p, c.data)
	if n < len(c.data) {
		in.mu.Lock()
		in.rest = chunk{c.data[n:], c.err}
		in.mu.Unlock()
		return n, nil
	}
	return n, c.err
}

// pump reads the file for as long as the process lives: nothing can end a read of
// a terminal or a pipe. Behind the end of a file there is nothing; a terminal
// goes on.
func (in *input) pump() {
	buf := make([]byte, 64<<10)
	for {
		n, err := in.file.Read(buf)
		in.chunks <- chunk{append([]byte{}, buf[:n]...), err}
	}
}
