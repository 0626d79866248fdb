//go:build unix

package console

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/creack/pty"
)

// attachAt attaches to a node from a pseudo-terminal.
func attachAt(t *testing.T, cfg ClientConfig) (p *person, ended chan int, errs *bytes.Buffer) {
	t.Helper()
	t.Setenv("TERM", "xterm")
	t.Setenv("NO_COLOR", "")
	far, near, err := pty.Open()
	if err != nil {
		t.Fatal(err)
	}
	if err := pty.Setsize(near, &pty.Winsize{Cols: 80, Rows: 24}); err != nil {
		t.Fatal(err)
	}
	p = watchTerminal(t, far)
	ctx, cancel := context.WithCancel(context.Background())
	code := make(chan int, 1)
	ended = make(chan int, 2)
	errs = &bytes.Buffer{}
	go func() { code <- Attach(ctx, cfg, near, near, errs) }()
	go func() { c := <-code; ended <- c; ended <- c }()
	t.Cleanup(func() {
		cancel()
		<-ended
		_ = near.Close()
		_ = far.Close()
		<-p.done
	})
	return p, ended, errs
}

func leaves(t *testing.T, ended chan int, want int) {
	t.Helper()
	select {
	case code := <-ended:
		if code != want {
			t.Errorf("exit code %d, want %d", code, want)
		}
		ended <- code
	case <-time.After(60 * time.Second):
		t.Fatal("still attached")
	}
}

func TestAttachKeepsHistory(t *testing.T) {
	s := serveFake(t, ListenConfig{})
	file := filepath.Join(t.TempDir(), "state", "history")
	cfg := ClientConfig{Address: s.addr, HistoryFile: file}
	p, ended, _ := attachAt(t, cfg)
	p.row("devnode>")
	p.types("ping ec\t\r")
	p.sees("0 (")
	p.row("devnode>")
	p.types("quit\r")
	leaves(t, ended, 0)
	info, err := os.Stat(file)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("%v %v", info, err)
	}

	p, ended, _ = attachAt(t, cfg)
	p.row("devnode>")
	p.types("\x1b[A\x1b[A")
	p.row("devnode> ping echo")
	p.types("\x03\x04")
	leaves(t, ended, 0)
	if b, _ := os.ReadFile(file); !strings.HasPrefix(string(b), "ping echo") {
		t.Errorf("history %q", b)
	}
}

func TestAttachOverUnixSocket(t *testing.T) {
	path := filepath.Join(t.TempDir(), "s")
	serveFake(t, ListenConfig{Address: "unix:" + path})
	p, ended, _ := attachAt(t, ClientConfig{Address: "unix:" + path})
	p.row("devnode>")
	p.types("call echo 玩家\r")
	p.sees(`"玩家"`)
	p.row("devnode>")
	if err := pty.Setsize(p.tty, &pty.Winsize{Cols: 40, Rows: 24}); err != nil {
		t.Fatal(err)
	}
	p.types("\x1d")
	leaves(t, ended, 0)
}

func TestAttachToken(t *testing.T) {
	file := filepath.Join(t.TempDir(), "token")
	s := serveFake(t, ListenConfig{TokenFile: file})
	p, ended, _ := attachAt(t, ClientConfig{Address: s.addr, TokenFile: file})
	p.row("devnode>")
	p.types("\x04")
	leaves(t, ended, 0)

	token, err := ReadToken(file)
	if err != nil {
		t.Fatal(err)
	}
	p, ended, _ = attachAt(t, ClientConfig{Address: s.addr})
	p.row("token?")
	p.types("wrong\r")
	p.types(token + "\r")
	p.row("devnode>")
	if strings.Contains(p.screen.All(), token[:8]) {
		t.Error("the token is on the screen")
	}
	p.types("\x04")
	leaves(t, ended, 0)
}

func TestAttachNodeEnds(t *testing.T) {
	s := serveFake(t, ListenConfig{})
	p, ended, errs := attachAt(t, ClientConfig{Address: s.addr})
	p.row("devnode>")
	p.types("half")
	p.row("devnode> half")
	s.stop()
	leaves(t, ended, ExitConnect)
	if want := "console " + s.addr + ": the node closed the connection\n"; errs.String() != want {
		t.Errorf("got %q, want %q", errs.String(), want)
	}
}
