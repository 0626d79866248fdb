package console

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
)

// A client that closes its connection altogether gives up what runs for it; one
// that has only ended its input waits for the answer.
func TestClientThatGoesAway(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("only Linux tells a closed connection from a half closed one")
	}
	for name, address := range map[string]string{
		"TCP": "127.0.0.1:0", "IPv6": "[::1]:0", "Unix socket": "unix:" + filepath.Join(t.TempDir(), "s"),
	} {
		t.Run(name, func(t *testing.T) {
			s := serveFake(t, ListenConfig{Address: address})
			c := s.dial()
			fmt.Fprint(c, "call --timeout 60s spin 1\nkill echo\n")
			eventually(t, func() bool { return s.node.waiting() > 0 }, func() string { return "never called" })
			_ = c.Close()
			eventually(t, func() bool { return s.node.waiting() == 0 }, func() string { return "it goes on" })
			s.logged(": disconnected\n")
			if _, err := s.node.at(9); err != nil {
				t.Error("what it had sent before was run afterwards")
			}

			c = s.dial()
			fmt.Fprint(c, "call --timeout 2s spin 1\nping echo\n")
			_ = c.(interface{ CloseWrite() error }).CloseWrite()
			all, _ := io.ReadAll(c)
			if !strings.Contains(string(all), "no answer in 2s") || !strings.HasSuffix(string(all), "\n0\n<CMD OK>\n") {
				t.Errorf("half closed: %q", all)
			}
		})
	}
}

// A program ends what runs by a line of its own; a live command ends by it as by
// any line, and where nothing runs it means nothing.
func TestInterruptLine(t *testing.T) {
	s := serveFake(t, ListenConfig{})
	c := s.dialPlain()
	in := bufio.NewReader(c)
	answer := func() (all string) {
		t.Helper()
		for {
			line, err := in.ReadString('\n')
			if err != nil {
				t.Fatal(err)
			}
			if all += line; strings.HasPrefix(line, "<CMD ") {
				return all
			}
		}
	}
	fmt.Fprint(c, interruptLine+"\nping echo\n")
	if got := answer(); got != banner+"\n0\n<CMD OK>\n" {
		t.Errorf("%q", got)
	}
	fmt.Fprint(c, "call --timeout 60s spin 1\n")
	eventually(t, func() bool { return s.node.waiting() > 0 }, func() string { return "never called" })
	fmt.Fprint(c, interruptLine+"\n")
	if got := answer(); got != "interrupted; it is running lua from :00000009 for 3.2s, spin.lua:33\ntry: signal :0000000d\n<CMD Error>\n" {
		t.Errorf("%q", got)
	}
	fmt.Fprint(c, "tail -n 1\n")
	if line, _ := in.ReadString('\n'); !strings.Contains(line, "screen") {
		t.Errorf("%q", line)
	}
	fmt.Fprint(c, interruptLine+"\n")
	if got := answer(); got != "<CMD OK>\n" {
		t.Errorf("%q", got)
	}
	fmt.Fprint(c, "ping echo\n")
	if got := answer(); got != "0\n<CMD OK>\n" {
		t.Errorf("%q", got)
	}
}

// ^C of exec ends the command on the node, and its answer is waited for.
func TestExecInterrupted(t *testing.T) {
	s := serveFake(t, ListenConfig{})
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	var errs strings.Builder
	code := make(chan int, 1)
	go func() {
		code <- Exec(ctx, ClientConfig{Address: s.addr}, []string{"call", "--timeout", "60s", "spin", "1"}, io.Discard, &errs)
	}()
	eventually(t, func() bool { return s.node.waiting() > 0 }, func() string { return "never called" })
	cancel()
	select {
	case c := <-code:
		if want := "interrupted; it is running lua from :00000009 for 3.2s, spin.lua:33\ntry: signal :0000000d\n"; c != ExitFailed || errs.String() != want {
			t.Errorf("%d %q, want %q", c, errs.String(), want)
		}
	case <-time.After(60 * time.Second):
		t.Fatal("it goes on")
	}
	eventually(t, func() bool { return s.node.waiting() == 0 }, func() string { return "it goes on on the node" })
}
