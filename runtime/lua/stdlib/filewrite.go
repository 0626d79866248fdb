package stdlib

import (
	"io"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/lua/vm"
)

// maxWrite bounds what is copied to be one write, and what is written at once: between
// two writes the fiber may be interrupted.
const maxWrite = 1 << 20

// sink is where a file writes to that may not take it for long, as a pipe. What is
// written while a fiber is set is written while that is parked.
type sink struct {
	lib   *library
	w     io.Writer
	fiber *vm.Fiber
}

func (s *sink) Write(p []byte) (n int, err error) {
	if s.fiber == nil {
		return s.w.Write(p)
	}
	return s.WriteString(string(p)) // a task that is killed leaves the write behind, and the buffer
}

// WriteString is Write, without a copy.
func (s *sink) WriteString(text string) (n int, err error) {
	if s.fiber == nil {
		return io.WriteString(s.w, text)
	}
	s.lib.Block(s.fiber, func() { n, err = io.WriteString(s.w, text) })
	return n, err
}

// using has what is written to the file be written for the fiber of L, until the
// function that it returns is called. It fails where another task is writing.
func (f *file) using(L *lua.LState) (done func(), err error) {
	s, slow := f.dst.(*sink)
	if !slow {
		return func() {}, nil
	}
	if s.fiber != nil {
		return nil, errBusy
	}
	s.fiber = vm.Of(L)
	return func() { s.fiber = nil }, nil
}

// flushFor is flush, for the fiber of L.
func (f *file) flushFor(L *lua.LState) error {
	done, err := f.using(L)
	if err != nil {
		return err
	}
	defer done()
	return f.flush()
}

// joined are the parts of a text as one, unless that would copy too much.
func joined(parts []string) []string {
	size := 0
	for _, s := range parts {
		size += len(s)
	}
	if len(parts) > 1 && size <= maxWrite {
		return []string{strings.Join(parts, "")}
	}
	return parts
}

// writeAll writes a text, piece by piece where it is long.
func writeAll(f *vm.Fiber, w io.Writer, s string) error {
	for len(s) > maxWrite {
		if _, err := io.WriteString(w, s[:maxWrite]); err != nil {
			return err
		}
		s = s[maxWrite:]
		f.Poll()
	}
	_, err := io.WriteString(w, s)
	return err
}

// writeText writes texts in one piece, so that no other program's output comes
// in between.
func (f *file) writeText(fiber *vm.Fiber, w io.Writer, parts []string) error {
	for _, s := range joined(parts) {
		if err := f.writeLines(fiber, w, s); err != nil {
			return err
		}
	}
	return nil
}

// writeLines writes s; with the buffering of lines, what is up to its last
// newline leaves the buffer.
func (f *file) writeLines(fiber *vm.Fiber, w io.Writer, s string) error {
	if end := strings.LastIndexByte(s, '\n') + 1; f.lines && end > 0 {
		if err := writeAll(fiber, w, s[:end]); err != nil {
			return err
		}
		if err := f.flush(); err != nil {
			return err
		}
		s = s[end:]
	}
	return writeAll(fiber, w, s)
}
