package console

import (
	"io"
	"os"
	"sync"
	"unicode/utf8"

	"golang.org/x/term"
)

// PrintableOn returns what text of scripts, file names and log lines should be
// written to, to end up in f: where f is a terminal, a writer that spells out all
// that could drive it, see [Printable]; else f itself. It is safe for concurrent
// use.
func PrintableOn(f *os.File) io.Writer {
	if !term.IsTerminal(int(f.Fd())) {
		return f
	}
	return &printableWriter{to: f}
}

// printableWriter passes on what is written to it as Printable. A character that
// comes in several writes is kept until it is whole.
type printableWriter struct {
	to io.Writer

	mu   sync.Mutex
	rest []byte // the beginning of a character
}

func (w *printableWriter) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	text := append(w.rest, p...)
	n := len(text) - unfinishedRune(text)
	w.rest = append([]byte(nil), text[n:]...)
	if _, err := io.WriteString(w.to, Printable(string(text[:n]))); err != nil {
		return 0, err
	}
	return len(p), nil
}

// unfinishedRune is how many bytes at the end of b are a character whose other
// bytes may follow.
func unfinishedRune(b []byte) int {
	for n := 1; n < utf8.UTFMax && n <= len(b); n++ {
		if tail := b[len(b)-n:]; utf8.RuneStart(tail[0]) {
			if utf8.FullRune(tail) {
				return 0
			}
			return n
		}
	}
	return 0
}
