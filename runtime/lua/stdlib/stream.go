package stdlib

import (
	"io"
	"os"
	"sync"

	"devnode/runtime/lua/layout"
)

// stream is a standard output of a VM. A child process of os.execute or
// io.popen writes to it from a goroutine of its own.
type stream struct {
	mu *sync.Mutex // of both outputs, which may be one writer
	w  io.Writer
}

func (s stream) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.w.Write(p)
}

// WriteString is Write, without a copy: nobody changes what is written.
func (s stream) WriteString(text string) (int, error) { return s.Write(layout.Bytes(text)) }

// share makes the outputs of o fit for that.
func (o *Options) share() {
	mu := new(sync.Mutex)
	o.Stdout, o.Stderr = stream{mu, o.Stdout}, stream{mu, o.Stderr}
}

// forChild is what a child process gets for a stream: the file itself, if it is
// one, which takes no goroutine to copy.
func forChild(w io.Writer) io.Writer {
	if s, ok := w.(stream); ok {
		if f, ok := s.w.(*os.File); ok {
			return f
		}
	}
	return w
}

// osFile is an input for a child process: only a file, as the copying of
// anything else might never end.
func osFile(r io.Reader) io.Reader {
	if f, ok := r.(*os.File); ok {
		return f
	}
	return nil
}

type emptyReader struct{}

func (emptyReader) Read([]byte) (int, error) { return 0, io.EOF }
