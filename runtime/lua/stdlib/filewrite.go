package stdlib

import (
	"io"
	"strings"

	"devnode/runtime/lua/vm"
)

// maxWrite bounds what is copied to be one write, and what is written at once: between
// two writes the fiber may be interrupted.
const maxWrite = 1 << 20

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
