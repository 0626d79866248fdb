package editor

import (
	"bytes"
	"errors"
	"io"
	"sync"
	"sync/atomic"

	"github.com/chzyer/readline"
)

// Errors of [Editor.Readline] beside io.EOF, which is ^D on an empty line.
var (
	// ErrInterrupt is ^C; the line is what was typed so far.
	ErrInterrupt = errors.New("interrupted")
	// ErrEnded says that the connection, or Close, ended the input. Half a line
	// is lost with it, since it may be the beginning of another command.
	ErrEnded = errors.New("input ended")
)

// Widths that the library draws correctly in.
const (
	minWidth = 24
	maxWidth = 1000
)

// maxRunes is the longest line that is edited; a longer one belongs in a file.
const maxRunes = 8 << 10

// Config is what an [Editor] is made of.
type Config struct {
	// Out is the terminal, in raw mode: a newline goes out as CR LF. It is
	// written to by one goroutine at a time.
	Out io.Writer
	// Width returns the columns of the window; it may be called from any
	// goroutine. 0 means that it isn't known.
	Width func() int
	// History is shown by the arrows and ^R. It may be shared between editors.
	// Nil keeps none.
	History *History
	// Complete returns what Tab may put in place of the end of the line before
	// the cursor. It runs while the line waits, so it must be quick.
	Complete func(line string) Completion
}

// Completion is what may replace a line from byte Start on.
type Completion struct {
	Start int
	Words []string
	// Open words may go on, so no space is put behind one that is complete.
	Open bool
}

// Editor reads lines from a terminal. Feed, Resized, Print and End may be called
// from any goroutine; Readline, AddHistory and Close belong to one.
type Editor struct {
	cfg   Config
	keys  *keyQueue
	rl    *readline.Instance
	width func() // the library's own callback for a new width

	mu      sync.Mutex
	gate    sync.Cond
	open    bool // the library may take keys: its prompt stands
	reading bool // between Readline's call and its return
	ended   bool
	// The library says io.EOF for ^D and at its end, in this order: the first is
	// expected when typedEOF is set, after the second it is drained.
	typedEOF, drained bool

	shownLine

	length atomic.Int64 // of line, for who must not wait for mu
	// inserting is the paste that the completer inserts; it belongs to the
	// library's goroutine.
	inserting []rune

	out sync.Mutex // held while writing to cfg.Out; taken after mu
}

// shownLine is the line that is being edited, as it stands on the screen. It is guarded
// by Editor.mu.
type shownLine struct {
	prompt  []byte // of the line that is being read
	drawn   bool   // the prompt stood on the screen once
	line    []rune // as the library has it
	drawing *drawing
	pending bytes.Buffer
	lastTab string // the line for which Tab found several words
	recall  bool   // there is history to search
}

// New makes an editor. Close must be called, also after End.
func New(cfg Config) (*Editor, error) {
	e := &Editor{cfg: cfg}
	e.gate.L = &e.mu
	e.keys = newKeyQueue(e.room)
	nothing := func() error { return nil }
	rl, err := readline.NewEx(&readline.Config{
		Prompt:                 " ",
		Stdin:                  e.keys,
		Stdout:                 (*screen)(e),
		Stderr:                 (*screen)(e),
		FuncMakeRaw:            nothing,
		FuncExitRaw:            nothing,
		FuncIsTerminal:         func() bool { return true },
		ForceUseInteractive:    true,
		FuncGetWidth:           e.columns,
		FuncOnWidthChanged:     func(f func()) { e.width = f },
		DisableAutoSaveHistory: true,
		FuncFilterInputRune:    e.filter,
		AutoComplete:           (*completer)(e),
		Listener:               (*listener)(e),
		Painter:                (*painter)(e),
	})
	if err != nil {
		return nil, err
	}
	e.rl = rl
	if cfg.History != nil {
		for _, l := range cfg.History.Lines() {
			e.remember(l)
		}
	}
	return e, nil
}

// Feed hands over keys that were typed. Keys that come while no line is being
// read wait for the next one.
func (e *Editor) Feed(keys []Key) { e.keys.add(keys) }

// Flush forgets the keys that wait: ^C means them as well.
func (e *Editor) Flush() { e.keys.clear() }

// Resized says that Width would return something else.
func (e *Editor) Resized() { e.keys.signal(&e.keys.sized) }

// Readline shows the prompt and returns the line that is typed behind it.
func (e *Editor) Readline(prompt string) (string, error) {
	if !e.begin(prompt) {
		return "", ErrEnded
	}
	e.rl.SetPrompt(prompt)
	line, err := e.readLibrary()
	ended := e.finish()
	switch {
	case ended:
		return "", ErrEnded
	case errors.Is(err, readline.ErrInterrupt):
		return line, ErrInterrupt
	}
	return line, err
}

// readLibrary reads a line and notices when the library has come to its end.
func (e *Editor) readLibrary() (string, error) {
	line, err := e.rl.Readline()
	if errors.Is(err, io.EOF) {
		e.mu.Lock()
		defer e.mu.Unlock()
		e.drained = !e.typedEOF
		e.typedEOF = false
	}
	return line, err
}

// begin makes Print go through the library. It returns false after End.
func (e *Editor) begin(prompt string) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.ended {
		return false
	}
	e.reading, e.drawn, e.prompt, e.lastTab = true, false, []byte(prompt), ""
	return true
}

// finish writes what was printed too late for the library, and tells whether the
// input has ended.
func (e *Editor) finish() bool {
	e.mu.Lock()
	late := bytes.Clone(e.pending.Bytes())
	e.pending.Reset()
	e.reading, e.open = false, false
	ended := e.ended
	e.mu.Unlock()
	e.keys.oneByOne(false)
	if len(late) > 0 {
		e.write(late)
	}
	return ended
}

// Print writes text: above the prompt and the half-typed line while one is being
// read, else at once. The text should end with a newline.
func (e *Editor) Print(text []byte) {
	e.mu.Lock()
	if e.reading {
		if e.pending.Len()+len(text) > maxPending {
			e.pending.Reset()
			e.pending.WriteString("… output dropped\n")
		}
		e.pending.Write(text)
		e.mu.Unlock()
		e.keys.signal(&e.keys.woken)
		return
	}
	// Taking out before mu is let go keeps the order: what a Readline that begins
	// now draws comes behind the text.
	e.out.Lock()
	defer e.out.Unlock()
	e.mu.Unlock()
	e.writeLocked(text)
}

// maxPending bounds what waits for a terminal that doesn't take it.
const maxPending = 1 << 20

// AddHistory remembers a line, here and in the History.
func (e *Editor) AddHistory(line string) error {
	if line == "" {
		return nil
	}
	e.remember(line)
	if e.cfg.History == nil {
		return nil
	}
	return e.cfg.History.Add(line)
}

func (e *Editor) remember(line string) {
	_ = e.rl.SaveHistory(line) // fails only with a file, and there is none
	e.mu.Lock()
	e.recall = true
	e.mu.Unlock()
}

// End says that no more keys will come: Readline returns ErrEnded.
func (e *Editor) End() {
	e.mu.Lock()
	e.ended = true
	e.gate.Broadcast()
	e.mu.Unlock()
	e.keys.signal(&e.keys.ended)
}

// Close ends the library and waits for its goroutines. The library leaks them
// unless it has seen the end of its input, so it is led there first.
func (e *Editor) Close() error {
	e.End()
	for !e.drained { // only this goroutine sets it
		_, _ = e.readLibrary()
	}
	return e.rl.Close()
}

func (e *Editor) columns() int {
	w := 0
	if e.cfg.Width != nil {
		w = e.cfg.Width()
	}
	if w == 0 {
		w = 80
	}
	return min(max(w, minWidth), maxWidth)
}

func (e *Editor) room() int { return maxRunes - int(e.length.Load()) }
