//go:build unix

package console

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/creack/pty"
	"golang.org/x/term"
)

// promptAt runs the node's own prompt on a pseudo-terminal.
func promptAt(t *testing.T) (p *person, node *fakeNode, prompt *Prompt, ended chan error, cancel func()) {
	t.Helper()
	noLeaks(t)
	far, near, err := pty.Open()
	if err != nil {
		t.Fatal(err)
	}
	if err := pty.Setsize(near, &pty.Winsize{Cols: 80, Rows: 24}); err != nil {
		t.Fatal(err)
	}
	node = newFakeNode()
	c, err := New(Config{Backend: node.backend(), HistoryFile: t.TempDir() + "/history"})
	if err != nil {
		t.Fatal(err)
	}
	prompt = c.NewPrompt(near, near)
	p = watchTerminal(t, far)
	ctx, stop := context.WithCancel(context.Background())
	ended = make(chan error, 1)
	before, err := term.GetState(int(near.Fd()))
	if err != nil {
		t.Fatal(err)
	}
	go func() { ended <- prompt.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		select {
		case <-ended:
		case <-time.After(60 * time.Second):
			t.Error("the prompt doesn't end")
		}
		if after, err := term.GetState(int(near.Fd())); err != nil || fmt.Sprint(*after) != fmt.Sprint(*before) {
			t.Errorf("the terminal is not as before: %v", err)
		}
		_ = near.Close()
		_ = far.Close()
		<-p.done
	})
	return p, node, prompt, ended, stop
}

func end(t *testing.T, ended chan error, want error) {
	t.Helper()
	select {
	case err := <-ended:
		if !errors.Is(err, want) || (err == nil) != (want == nil) {
			t.Errorf("ended with %v, want %v", err, want)
		}
		ended <- nil // for the cleanup
	case <-time.After(60 * time.Second):
		t.Fatal("the prompt doesn't end")
	}
}

func TestPromptLogAbove(t *testing.T) {
	p, _, prompt, _, _ := promptAt(t)
	p.row("devnode>")
	p.types("ping ec")
	p.row("devnode> ping ec")
	for i := range 3 {
		fmt.Fprintf(prompt.Log(), "[:00000009] line %d \x1b[31m\n", i)
	}
	p.sees("line 2")
	p.row("devnode> ping ec")
	p.types("ho\r")
	p.sees("0 (")
	p.row("devnode>")
	want := "[:00000009] line 0 \\x1b[31m\n[:00000009] line 1 \\x1b[31m\n[:00000009] line 2 \\x1b[31m\ndevnode> ping echo\n"
	if got := p.screen.All(); !strings.Contains(got, want) {
		t.Errorf("the screen:\n%s", got)
	}
}

func TestPromptEnds(t *testing.T) {
	t.Run("^C", func(t *testing.T) {
		p, _, _, ended, _ := promptAt(t)
		p.row("devnode>")
		p.types("half\x03")
		p.row("devnode>")
		p.types("\x03")
		end(t, ended, ErrInterrupted)
	})
	t.Run("^D", func(t *testing.T) {
		p, _, _, ended, _ := promptAt(t)
		p.row("devnode>")
		p.types("\x04")
		end(t, ended, nil)
	})
	t.Run("quit", func(t *testing.T) {
		p, _, _, ended, _ := promptAt(t)
		p.types("quit\r")
		end(t, ended, nil)
	})
	t.Run("context", func(t *testing.T) {
		p, _, _, ended, cancel := promptAt(t)
		p.row("devnode>")
		p.types("half")
		p.row("devnode> half")
		cancel()
		end(t, ended, context.Canceled)
	})
	t.Run("context in a command", func(t *testing.T) {
		p, node, _, ended, cancel := promptAt(t)
		p.row("devnode>")
		p.types("call --timeout 60s spin 1\r")
		eventually(t, func() bool { return node.waiting() == 1 }, func() string { return "not called" })
		cancel()
		end(t, ended, context.Canceled)
	})
}

// The log of a busy node, while a person types: nothing of the line is lost.
func TestPromptFloodOfLog(t *testing.T) {
	p, _, prompt, _, _ := promptAt(t)
	p.row("devnode>")
	done := make(chan struct{})
	go func() {
		defer close(done)
		for i := range 2000 {
			fmt.Fprintf(prompt.Log(), "line %d\n", i)
		}
	}()
	p.types("ping echo")
	<-done
	p.sees("line 1999")
	p.row("devnode> ping echo")
	p.types("\r")
	p.sees("0 (")
}

// Nobody reads the terminal: the log's writer goes on.
func TestPromptStoppedTerminal(t *testing.T) {
	noLeaks(t)
	far, near, err := pty.Open()
	if err != nil {
		t.Fatal(err)
	}
	c, err := New(Config{Backend: newFakeNode().backend()})
	if err != nil {
		t.Fatal(err)
	}
	prompt := c.NewPrompt(near, near)
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- prompt.Run(ctx) }()
	buf := make([]byte, 64)
	if _, err := far.Read(buf); err != nil { // the prompt stands
		t.Fatal(err)
	}
	written := make(chan struct{})
	go func() {
		defer close(written)
		line := strings.Repeat("x", 1000) + "\n"
		for range 10000 {
			_, _ = prompt.Log().Write([]byte(line))
		}
	}()
	select {
	case <-written:
	case <-time.After(60 * time.Second):
		t.Error("the log waits for the terminal")
	}
	go func() { // someone reads again
		for {
			if _, err := far.Read(make([]byte, 64<<10)); err != nil {
				return
			}
		}
	}()
	cancel()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	_ = near.Close()
	_ = far.Close()
}

func TestPromptWantsATerminal(t *testing.T) {
	f, err := os.Open(os.DevNull)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	if IsTerminal(f, f) {
		t.Error("/dev/null is no terminal")
	}
}
