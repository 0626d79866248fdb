package console

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"

	"golang.org/x/term"
)

// ErrInterrupted is returned by [Prompt.Run] for ^C on an empty line, which on a
// terminal means that the whole program should end.
const ErrInterrupted Error = "interrupted"

// Prompt is the console on the node's own terminal. The node's log goes through
// it, so that log lines stand above the prompt and leave the half-typed line
// alone.
type Prompt struct {
	console *Console
	in, out *os.File

	mu      sync.Mutex
	running bool
	pending bytes.Buffer  // log lines that the terminal hasn't taken
	lost    int           // log lines that found no room in pending
	more    chan struct{} // there is something pending
}

// maxPendingLog bounds the log that waits for a terminal that is stopped.
const maxPendingLog = 1 << 20

// IsTerminal tells whether both files are terminals, so that a prompt makes
// sense.
func IsTerminal(in, out *os.File) bool {
	return term.IsTerminal(int(in.Fd())) && term.IsTerminal(int(out.Fd())) && os.Getenv("TERM") != "dumb"
}

// NewPrompt makes a prompt on a terminal; see [IsTerminal]. Nothing happens to
// the terminal before Run.
func (c *Console) NewPrompt(in, out *os.File) *Prompt {
	return &Prompt{console: c, in: in, out: out, more: make(chan struct{}, 1)}
}

// Run puts the terminal into raw mode and answers what is typed, until the
// person leaves by ^D or quit (nil), presses ^C on an empty line
// ([ErrInterrupted]), or ctx ends (its error). The terminal is as before when it
// returns, and nothing of the prompt is left.
func (p *Prompt) Run(ctx context.Context) error {
	// The log waits from before the terminal is raw until after it is as before:
	// in between, a newline needs a CR, and the editor puts it there.
	p.start()
	defer p.finish()
	restore, err := makeRaw(p.in, p.out)
	if err != nil {
		return fmt.Errorf("prompt: %w", err)
	}
	defer restore()
	keys, err := newKeyReader(p.in)
	if err != nil {
		return fmt.Errorf("prompt: %w", err)
	}
	t, err := newTerminal(p.console, terminalConfig{
		peer: "terminal", out: p.out, history: p.console.history, ownPrompt: true,
		person: func() bool { return true },
		color:  func() bool { return wantsColor(p.out) },
		size:   func() (int, int) { return sizeOf(p.out) },
	})
	if err != nil {
		return errors.Join(err, keys.Close())
	}
	var helpers sync.WaitGroup
	helping, stop := context.WithCancel(ctx)
	helpers.Go(func() { _ = t.pump(keys) })
	helpers.Go(func() { p.printLog(helping, t) })
	helpers.Go(func() { watchSize(helping, t.ed.Resized) })
	err = t.run(ctx)
	stop()
	_ = keys.Close()
	helpers.Wait()
	_ = t.ed.Close()
	if ctx.Err() != nil {
		// The cursor stands behind a prompt that nobody will answer.
		_, _ = io.WriteString(p.out, "\r\n")
	}
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.Is(err, errEndPrompt):
		return ErrInterrupted
	}
	return err
}

// Log returns the writer that the node's log should be pointed at. While the
// prompt runs its lines stand above the prompt; before and after they go
// straight to the terminal. A terminal that is stopped, by ^S or a pager, holds
// nobody up: lines that find no room are dropped and counted. Each Write should
// be whole lines.
func (p *Prompt) Log() io.Writer { return &printableWriter{to: (*promptLog)(p)} }

type promptLog Prompt

func (l *promptLog) Write(b []byte) (int, error) {
	text := string(b)
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.running {
		_, err := io.WriteString(l.out, text)
		return len(b), err
	}
	if l.pending.Len()+len(text) > maxPendingLog {
		l.lost += bytes.Count(b, []byte{'\n'})
		return len(b), nil
	}
	l.pending.WriteString(text)
	select {
	case l.more <- struct{}{}:
	default:
	}
	return len(b), nil
}

func (p *Prompt) start() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.running = true
}

// finish sends what is left straight to the terminal.
func (p *Prompt) finish() {
	text := p.take()
	p.mu.Lock()
	defer p.mu.Unlock()
	p.running = false
	if p.pending.Len() > 0 {
		text = append(text, p.pending.Bytes()...)
		p.pending.Reset()
	}
	_, _ = p.out.Write(text)
}

// printLog prints log lines above the prompt.
func (p *Prompt) printLog(ctx context.Context, t *terminal) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-p.more:
			t.ed.Print(p.take())
		}
	}
}

func (p *Prompt) take() []byte {
	p.mu.Lock()
	defer p.mu.Unlock()
	text := bytes.Clone(p.pending.Bytes())
	p.pending.Reset()
	if p.lost > 0 {
		text = fmt.Appendf(text, "… %d lines of the log were dropped\n", p.lost)
		p.lost = 0
	}
	return text
}

// wantsColor tells whether a terminal should get colours, as no-color.org and
// TERM have it.
func wantsColor(out *os.File) bool {
	return os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb" && term.IsTerminal(int(out.Fd()))
}

func sizeOf(out *os.File) (width, height int) {
	width, height, err := term.GetSize(int(out.Fd()))
	if err != nil {
		return 0, 0
	}
	return width, height
}
