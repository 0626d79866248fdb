package editor

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"devnode/console/consoletest"
)

// terminal is a person at a terminal: keys go in as bytes, the screen comes out.
type terminal struct {
	t       *testing.T
	screen  *consoletest.Screen
	ed      *Editor
	dec     Decoder
	width   atomic.Int64
	written atomic.Int64
	lines   chan string // what Readline returned, in turn
	errs    chan error
}

func (tm *terminal) Write(p []byte) (int, error) {
	tm.written.Add(int64(len(p)))
	return tm.screen.Write(p)
}

// newTerminal starts reading lines behind the prompt "> ".
func newTerminal(t *testing.T, history *History, complete func(string) Completion) *terminal {
	t.Helper()
	checkLeaks(t)
	tm := &terminal{t: t, screen: consoletest.NewScreen(40, 12), lines: make(chan string, 1000), errs: make(chan error, 1)}
	tm.width.Store(40)
	ed, err := New(Config{Out: tm, Width: func() int { return int(tm.width.Load()) }, History: history, Complete: complete})
	if err != nil {
		t.Fatal(err)
	}
	tm.ed = ed
	go func() { tm.errs <- tm.read() }()
	t.Cleanup(func() {
		ed.End()
		select {
		case <-tm.errs:
		case <-time.After(60 * time.Second):
			t.Error("the reader doesn't end")
		}
	})
	return tm
}

func (tm *terminal) read() (err error) {
	defer func() { err = errors.Join(err, tm.ed.Close()) }()
	for {
		line, err := tm.ed.Readline("> ")
		switch {
		case errors.Is(err, ErrInterrupt):
			tm.lines <- "^C " + line
		case errors.Is(err, io.EOF):
			tm.lines <- "^D"
		case err != nil:
			return err
		default:
			_ = tm.ed.AddHistory(line)
			tm.lines <- line
		}
	}
}

func (tm *terminal) press(keys string) { tm.ed.Feed(tm.dec.Decode([]byte(keys))) }

// got waits for a line.
func (tm *terminal) got(want string) {
	tm.t.Helper()
	select {
	case line := <-tm.lines:
		if line != want {
			tm.t.Errorf("got line %q, want %q", line, want)
		}
	case <-time.After(60 * time.Second):
		tm.t.Fatalf("no line; the screen:\n%s", tm.screen)
	}
}

// shows waits until the row of the cursor is as wanted.
func (tm *terminal) shows(row string, column int) {
	tm.t.Helper()
	deadline := time.Now().Add(60 * time.Second)
	for {
		text, col := tm.screen.Row()
		if text == row && col == column {
			return
		}
		if time.Now().After(deadline) {
			tm.t.Fatalf("row %q, cursor in %d, want %q, %d; the screen:\n%s", text, col, row, column, tm.screen)
		}
		time.Sleep(time.Millisecond) // polling, bounded by the deadline
	}
}

// drain waits until the editor has taken all keys.
func (tm *terminal) drain() {
	tm.t.Helper()
	deadline := time.Now().Add(60 * time.Second)
	for {
		tm.ed.keys.mu.Lock()
		n := len(tm.ed.keys.keys)
		tm.ed.keys.mu.Unlock()
		if n == 0 {
			return
		}
		if time.Now().After(deadline) {
			tm.t.Fatalf("%d keys are left; the screen:\n%s", n, tm.screen)
		}
		runtime.Gosched()
	}
}

func checkLeaks(t *testing.T) {
	t.Cleanup(func() {
		deadline := time.Now().Add(60 * time.Second)
		for {
			buf := make([]byte, 1<<20)
			stacks := string(buf[:runtime.Stack(buf, true)])
			if !strings.Contains(stacks, "chzyer/readline") {
				return
			}
			if time.Now().After(deadline) {
				t.Errorf("readline is still there:\n%s", stacks)
				return
			}
			time.Sleep(time.Millisecond) // polling, bounded by the deadline
		}
	})
}

func TestKeys(t *testing.T) {
	for name, c := range map[string]struct{ keys, line string }{
		"plain":           {"list\r", "list"},
		"cr lf":           {"list\r\n", "list"},
		"telnet's cr nul": {"list\r\x00", "list"},
		"left":            {"lst\x1b[D\x1b[Di\r", "list"},
		"application":     {"lst\x1bOD\x1bODi\r", "list"},
		"home end":        {"is\x1b[Hl\x1b[Ft\r", "list"},
		"home end vt":     {"is\x1b[1~l\x1b[4~t\r", "list"},
		"delete key":      {"xlist\x01\x1b[3~\r", "list"},
		"^D ahead":        {"xlist\x01\x04\r", "list"},
		"backspace":       {"lisx\x7ft\r", "list"},
		"^H":              {"lisx\x08t\r", "list"},
		"^U":              {"nonsense\x15list\r", "list"},
		"^W":              {"list nonsense\x17\r", "list "},
		"^K ^Y":           {"list\x01\x0b\x19\r", "list"},
		"word left":       {"call b\x1b[1;5Da \r", "call a b"},
		"word left meta":  {"call b\x1bba \r", "call a b"},
		"^T is dropped":   {"ab\x14\r", "ab"},
		"^Z is dropped":   {"ab\x1a\r", "ab"},
		"nul is dropped":  {"a\x00b\r", "ab"},
		"unknown keys":    {"a\x1b[15~\x1b[[A\x1b[200;3;4zb\r", "ab"},
		"chinese":         {"玩家\x1b[D一\r", "玩一家"},
		"no utf-8":        {"a\xff\xc3b\r", "ab"},
		"private key":     {"a\U0010ff01b\r", "ab"},
		"^R no history":   {"\x12\x03", "^C "},
		"^R ^G":           {"\x12\x07ab\r", "ab"},
		"^C":              {"abc\x03", "^C abc"},
		"^D":              {"\x04", "^D"},
		"delete is no ^D": {"\x1b[3~ab\r", "ab"},
	} {
		t.Run(name, func(t *testing.T) {
			tm := newTerminal(t, nil, nil)
			tm.press(c.keys)
			tm.got(c.line)
		})
	}
}

func TestTypeAhead(t *testing.T) {
	tm := newTerminal(t, nil, nil)
	tm.press("one\rtwo\rthr\x03four\r\x04five\r")
	for _, want := range []string{"one", "two", "^C thr", "four", "^D", "five"} {
		tm.got(want)
	}
	tm.shows(">", 2)
	if got, want := tm.screen.String(), "> one\n> two\n> thr^C\n> four\n> ^D\n> five\n>"; got != want {
		t.Errorf("the screen:\n%s\nwant\n%s", got, want)
	}
}

func TestHistory(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state", "history")
	h, err := OpenHistory(path)
	if err != nil {
		t.Fatal(err)
	}
	tm := newTerminal(t, h, nil)
	tm.press("list\rcall echo 1\r secret\rcall echo 1\r")
	for _, want := range []string{"list", "call echo 1", " secret", "call echo 1"} {
		tm.got(want)
	}
	tm.press("\x1b[A")
	tm.shows("> call echo 1", 13)
	tm.press("\x1b[A\x1b[A\x1b[A\x1b[B\r")
	tm.got("call echo 1")
	tm.press("\x12li")
	tm.shows("> list", 2)
	tm.press("\r")
	tm.got("list")
	info, err := os.Stat(path)
	if err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	again, err := OpenHistory(path)
	if err != nil || strings.Join(again.Lines(), "|") != "list|call echo 1|list" {
		t.Errorf("%q, %v", again.Lines(), err)
	}
}

func TestHistoryIsShortened(t *testing.T) {
	path := filepath.Join(t.TempDir(), "history")
	var b strings.Builder
	for i := range 3 * maxHistory {
		fmt.Fprintf(&b, "line %d\n", i)
	}
	if err := os.WriteFile(path, []byte(b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	h, err := OpenHistory(path)
	if err != nil || len(h.Lines()) != maxHistory || h.Lines()[0] != "line 2000" {
		t.Errorf("%d lines, %v", len(h.Lines()), err)
	}
	if again, _ := os.ReadFile(path); strings.Count(string(again), "\n") != maxHistory {
		t.Error("the file is as long as before")
	}
}

func TestTab(t *testing.T) {
	words := []string{"getenv", "gate", "list", "folder/"}
	tm := newTerminal(t, nil, func(line string) Completion {
		c := Completion{Start: strings.LastIndexByte(line, ' ') + 1}
		for _, w := range words {
			if strings.HasPrefix(w, line[c.Start:]) {
				c.Words = append(c.Words, w)
			}
		}
		return c
	})
	tm.press("li\t")
	tm.shows("> list", 7)
	tm.press("fo\t")
	tm.shows("> list folder/", 14)
	tm.press("\x15g\t")
	tm.shows("> g", 3)
	bells := tm.screen.Bells()
	tm.press("\t")
	tm.shows("> g", 3)
	tm.press("a\t\r")
	tm.got("gate ")
	if got := tm.screen.String(); !strings.Contains(got, "getenv  gate\n> gate") || bells == 0 {
		t.Errorf("%d bells, the screen:\n%s", bells, got)
	}
}

// Three log lines arrive while a line is half typed.
func TestPrintAbove(t *testing.T) {
	tm := newTerminal(t, nil, nil)
	tm.press("abc\x1b[D")
	tm.shows("> abc", 4)
	for i := range 3 {
		tm.ed.Print(fmt.Appendf(nil, "log line %d\n", i))
	}
	tm.shows("> abc", 4)
	tm.press("X\r")
	tm.got("abXc")
	tm.shows(">", 2)
	if got, want := tm.screen.String(), "log line 0\nlog line 1\nlog line 2\n> abXc\n>"; got != want {
		t.Errorf("the screen:\n%s\nwant\n%s", got, want)
	}
}

func TestWideCharacters(t *testing.T) {
	tm := newTerminal(t, nil, nil)
	tm.press("call 玩家")
	tm.shows("> call 玩家", 11)
	tm.press("\x1b[D")
	tm.shows("> call 玩家", 9)
	tm.press("\x01")
	tm.shows("> call 玩家", 2)
}

func TestLongLine(t *testing.T) {
	tm := newTerminal(t, nil, nil)
	tm.press(strings.Repeat("x", 100))
	tm.shows(strings.Repeat("x", 22), 22)
	tm.press("\x01")
	tm.shows("> "+strings.Repeat("x", 38), 2)
	tm.press("\r")
	tm.got(strings.Repeat("x", 100))
}

// A paste costs what it is long, not the square of it.
func TestPaste(t *testing.T) {
	tm := newTerminal(t, nil, nil)
	tm.press(strings.Repeat("y", 20000) + "\r")
	tm.got(strings.Repeat("y", maxRunes))
	if n := tm.written.Load(); n > 20*maxRunes {
		t.Errorf("%d bytes of output", n)
	}
}

func TestResize(t *testing.T) {
	tm := newTerminal(t, nil, nil)
	for _, w := range []int{0, -1, 1, 2, 24, 80, 100000, 40} {
		tm.width.Store(int64(w))
		tm.ed.Resized()
		tm.press("ab")
	}
	tm.press("\r")
	tm.got(strings.Repeat("ab", 8))
}

func TestEndInMidLine(t *testing.T) {
	tm := newTerminal(t, nil, nil)
	tm.press("kill echo")
	tm.shows("> kill echo", 11)
	tm.ed.End()
	if err := <-tm.errs; !errors.Is(err, ErrEnded) {
		t.Error(err)
	}
	tm.errs <- nil // for the cleanup
	select {
	case l := <-tm.lines:
		t.Errorf("half a line came back: %q", l)
	default:
	}
}

// Close must not hang or leak, whatever the editor was doing.
func TestCloseAtOnce(t *testing.T) {
	checkLeaks(t)
	for range 20 {
		e, err := New(Config{Out: io.Discard})
		if err != nil {
			t.Fatal(err)
		}
		e.Feed([]Key{'a', Enter, 'b'})
		if err := e.Close(); err != nil {
			t.Error(err)
		}
	}
}

// Whatever is typed, from afar and at any speed, with the window's width and the
// log changing under it: no panic, no hang, nothing left.
func TestRandomKeys(t *testing.T) {
	h, _ := OpenHistory("")
	n := 20000
	if testing.Short() {
		n = 2000
	}
	for seed := range uint64(4) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			tm := newTerminal(t, h, func(line string) Completion {
				return Completion{Start: len(line), Words: []string{"one", "two", "three"}[:len(line)%4%4]}
			})
			drained := make(chan struct{})
			go func() {
				defer close(drained)
				for l := range tm.lines {
					if strings.HasSuffix(l, "the end") {
						return
					}
				}
			}()
			rnd := rand.New(rand.NewPCG(seed, 1))
			pool := []string{"\x12", "\x13", "\x03", "\x07", "\r", "\t", "\x14", "\x1a", "\x1b[A", "\x1b[B", "\x1b[C", "\x1b[D", "\x1b[3~",
				"\x04", "\x01", "\x05", "\x0b", "\x15", "\x17", "\x19", "\x7f", "\x1b", "\x1bb", "\x1bf", "\x1bd", "\x0c", "玩", "e\u0301", "🙂",
				"some words to paste", " ", "x", "y", "z", "\x00", "\xff"}
			for i := range n {
				tm.press(pool[rnd.IntN(len(pool))])
				switch rnd.IntN(50) {
				case 0:
					tm.width.Store(int64(rnd.IntN(60)))
					tm.ed.Resized()
				case 1:
					tm.ed.Print([]byte("log\n"))
				case 2:
					if rnd.IntN(20) == 0 {
						tm.ed.Flush()
					}
				}
				if i%40 == 0 {
					tm.drain()
				}
			}
			// The queue takes so many keys that the last may be dropped: try
			// until the line arrives.
			deadline := time.After(60 * time.Second)
			for {
				tm.press("\x07\x03the end\r")
				select {
				case <-drained:
					return
				case <-deadline:
					t.Fatalf("hangs; the screen:\n%s", tm.screen)
				case <-time.After(50 * time.Millisecond): // then press again
				}
			}
		})
	}
}

func FuzzDecoder(f *testing.F) {
	f.Add([]byte("list\r\n"))
	f.Add([]byte("\x1b[1;5D\x1bOA\x1b[[A\x1b\x1b[200~玩\xff"))
	f.Fuzz(func(t *testing.T, in []byte) {
		var whole, pieces Decoder
		keys := whole.Decode(in)
		var again []Key
		for i := range in {
			again = append(again, pieces.Decode(in[i:i+1])...)
		}
		if len(keys) > len(in) || string(keysBytes(keys)) != string(keysBytes(again)) {
			t.Errorf("%q: whole %v, in pieces %v", in, keys, again)
		}
		for _, k := range keys {
			if k <= 0 || k == wake || k == resize || k == paste || k < 0x20 && control(byte(k)) == 0 {
				t.Errorf("%q: key %#x", in, rune(k))
			}
		}
	})
}

func keysBytes(keys []Key) []byte {
	var b bytes.Buffer
	for _, k := range keys {
		b.WriteRune(rune(k))
	}
	return b.Bytes()
}
