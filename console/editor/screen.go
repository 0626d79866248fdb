package editor

import "bytes"

// screen is what the library writes to.
type screen Editor

// Write passes on what the library draws, and opens the gate when that is the
// prompt of a line that begins.
func (s *screen) Write(p []byte) (int, error) {
	e := (*Editor)(s)
	e.mu.Lock()
	drawing, prompt, quiet := e.drawing, e.prompt, e.ended || !e.reading
	if !bytes.HasPrefix(p, prompt) || len(prompt) == 0 {
		drawing = nil
	} else {
		e.drawing = nil
	}
	e.mu.Unlock()
	switch {
	case quiet:
		return len(p), nil
	case drawing == nil:
		e.write(p)
		return len(p), nil
	}
	e.write(drawing.render(prompt, e.columns()))
	e.mu.Lock()
	defer e.mu.Unlock()
	if !e.drawn {
		// Only the first prompt: what is drawn while a line is being submitted
		// must not let the next key in.
		e.drawn, e.open = true, true
		e.gate.Broadcast()
	}
	return len(p), nil
}

// write sends text to the terminal, each newline as CR LF. Errors are the
// terminal's own affair: whoever reads its keys notices.
func (e *Editor) write(p []byte) {
	e.out.Lock()
	defer e.out.Unlock()
	e.writeLocked(p)
}

// writeLocked is write for who holds out.
func (e *Editor) writeLocked(p []byte) { _, _ = e.cfg.Out.Write(crlf(p)) }

func crlf(p []byte) []byte {
	if bytes.IndexByte(p, '\n') < 0 {
		return p
	}
	out := make([]byte, 0, len(p)+16)
	for i, c := range p {
		if c == '\n' && (i == 0 || p[i-1] != '\r') {
			out = append(out, '\r')
		}
		out = append(out, c)
	}
	return out
}
