package console

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"unicode/utf8"

	"devnode/console/editor"
)

// terminal is a person at a prompt, over telnet or at the node itself. One
// goroutine runs its lines, another pumps its keys; the pump never waits for a
// command, so that ^C reaches one that runs.
type terminal struct {
	cfg terminalConfig
	ed  *editor.Editor
	sh  *shell
	dec editor.Decoder // the pump's

	mu     sync.Mutex
	cancel context.CancelCauseFunc // of the command that runs, nil when none does
	live   chan struct{}           // closed to end a live command, nil when none runs
}

type terminalConfig struct {
	peer    string
	out     io.Writer
	history *editor.History
	// remember is told every line, where it isn't nil.
	remember func(line string)
	color    func() bool
	size     func() (width, height int)
	// person tells whether it is known to be a person's terminal, see shell.
	person func() bool
	// runs is told of each line that is run, see shell.
	runs func() (over func())
	// banner is what the person reads first.
	banner string
	// ownPrompt is for the node's own terminal: ^C on an empty line ends it.
	ownPrompt bool
}

// errEndPrompt is ^C on an empty line of the node's own prompt.
const errEndPrompt Error = "interrupted at the prompt"

func newTerminal(c *Console, cfg terminalConfig) (*terminal, error) {
	t := &terminal{cfg: cfg}
	width := func() int { w, _ := cfg.size(); return w }
	ed, err := editor.New(editor.Config{
		Out: cfg.out, Width: width, History: cfg.history, Complete: t.complete,
	})
	if err != nil {
		return nil, err
	}
	t.ed = ed
	out := bufio.NewWriterSize(printer{ed}, 16<<10)
	t.sh = &shell{
		runs:    cfg.runs,
		console: c, peer: cfg.peer, out: out, flush: out.Flush, human: true, ended: t.ended, size: cfg.size,
		person: cfg.person, own: cfg.ownPrompt,
		style: func() style { return style{color: cfg.color(), width: width()} },
	}
	return t, nil
}

// printer writes a command's answer.
type printer struct{ ed *editor.Editor }

func (p printer) Write(b []byte) (int, error) {
	p.ed.Print(b)
	return len(b), nil
}

// run reads lines and runs them, until the person leaves (nil) or is gone.
func (t *terminal) run(ctx context.Context) error {
	stop := context.AfterFunc(ctx, t.ed.End)
	defer stop()
	if t.cfg.banner != "" {
		t.ed.Print([]byte(t.cfg.banner))
	}
	for {
		line, err := t.ed.Readline(t.sh.prompt())
		switch {
		case errors.Is(err, editor.ErrInterrupt):
			if err := t.interrupted(line); err != nil {
				return err
			}
			continue
		case errors.Is(err, io.EOF) && t.sh.using != nil:
			t.sh.leave()
			continue
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return io.EOF
		}
		if looksHTTP(line) {
			return attackError{"an HTTP request: " + short(line)}
		}
		t.remember(line)
		if err := t.command(ctx, line); errors.Is(err, ErrQuit) {
			return nil
		} else if err != nil {
			return err
		}
	}
}

// interrupted is ^C at the prompt: it gives up the chunk that is being typed; at
// the node's own prompt, with nothing typed, it ends the node.
func (t *terminal) interrupted(line string) error {
	switch {
	case t.sh.pending != "":
		t.sh.pending = ""
	case line == "" && t.cfg.ownPrompt && t.sh.using == nil:
		return errEndPrompt
	case line == "":
		t.ed.Print([]byte(t.sh.style().dim("^D or quit leaves") + "\n"))
	}
	return nil
}

func (t *terminal) remember(line string) {
	if err := t.ed.AddHistory(line); err != nil {
		t.sh.console.logf("console %s: %v", t.cfg.peer, err)
	}
	if t.cfg.remember != nil && line != "" {
		t.cfg.remember(line)
	}
}

// command runs one line; ^C and the end of the connection cancel it.
func (t *terminal) command(ctx context.Context, line string) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	t.mu.Lock()
	t.cancel = cancel
	t.mu.Unlock()
	err := t.sh.do(ctx, line)
	t.mu.Lock()
	t.cancel, t.live = nil, nil
	t.mu.Unlock()
	return errors.Join(err, t.sh.flush())
}

// ended is for live commands, see shell.
func (t *terminal) ended() <-chan struct{} {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.live = make(chan struct{})
	return t.live
}

// pump hands over what is typed, until the input ends.
func (t *terminal) pump(in io.Reader) error {
	buf := make([]byte, 4<<10)
	for {
		n, err := in.Read(buf)
		t.keys(t.dec.Decode(buf[:n]))
		if err != nil {
			t.ed.End()
			return err
		}
	}
}

// keys passes keys to the editor, but for those that a running command needs.
func (t *terminal) keys(keys []editor.Key) {
	from := 0
	for i, k := range keys {
		if t.taken(k) {
			t.ed.Feed(keys[from:i])
			if k == editor.Interrupt {
				t.ed.Flush()
			}
			from = i + 1
		}
	}
	t.ed.Feed(keys[from:])
}

// taken acts on a key that is meant for the command that runs: ^C for any, q, ^D
// and Enter for a live one.
func (t *terminal) taken(k editor.Key) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.cancel == nil {
		return false
	}
	ends := k == editor.Interrupt || k == 'q' || k == editor.EOF || k == editor.Enter
	switch {
	case t.live != nil && ends:
		close(t.live)
		t.live = nil
	case t.live == nil && k == editor.Interrupt:
		t.cancel(errInterrupted)
	default:
		return false
	}
	return true
}

// interrupt is ^C that came as a telnet command.
func (t *terminal) interrupt() { t.keys([]editor.Key{editor.Interrupt}) }

// complete is what Tab does.
func (t *terminal) complete(line string) editor.Completion {
	if !utf8.ValidString(line) {
		return editor.Completion{}
	}
	c := t.sh.completions(context.Background(), line)
	return editor.Completion{Start: c.start, Words: c.words, Open: c.open}
}

// terminalBanner is the first thing that a person reads.
func terminalBanner(s style) string {
	return fmt.Sprintf("%s\n%s\n", banner, s.dim("help lists the commands, Tab completes, ^D leaves"))
}
