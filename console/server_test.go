package console

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// served is a console on a listener of its own.
type served struct {
	t       *testing.T
	node    *fakeNode
	journal *Journal
	log     *syncBuffer
	addr    string
	net     string
	stop    func()
}

// serveFake starts a console over the fake node; it is stopped, and checked for
// leaks, when the test ends.
func serveFake(t *testing.T, cfg ListenConfig) *served {
	t.Helper()
	noLeaks(t)
	if cfg.Address == "" {
		cfg.Address = "127.0.0.1:0"
	}
	l, err := Listen(cfg)
	if err != nil {
		t.Fatal(err)
	}
	s := &served{t: t, node: newFakeNode(), log: newSyncBuffer(), addr: l.Addr().String(), net: l.Addr().Network()}
	if s.net == "unix" {
		s.addr = strings.TrimPrefix(cfg.Address, "unix:")
	}
	backend := s.node.backend()
	s.journal = backend.Journal
	c, err := New(Config{Backend: backend, Now: fixedNow, Log: func(line string) { fmt.Fprintln(s.log, line) }})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- c.Serve(ctx, l) }()
	stopped := false
	s.stop = func() {
		if stopped {
			return
		}
		stopped = true
		cancel()
		if err := <-done; err != nil {
			t.Error("serve:", err)
		}
	}
	t.Cleanup(s.stop)
	return s
}

// dial connects, with a deadline that turns a hang into a failure.
func (s *served) dial() net.Conn {
	s.t.Helper()
	c, err := net.Dial(s.net, s.addr)
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { _ = c.Close() })
	if err := c.SetDeadline(time.Now().Add(60 * time.Second)); err != nil {
		s.t.Fatal(err)
	}
	return c
}

// plainConn is the connection of a program. Where that is slow to speak, as on a busy
// machine, it is asked first whether it is a telnet; that is not read.
type plainConn struct {
	*bufio.Reader
	net.Conn
	asked sync.Once
}

func (c *plainConn) Read(b []byte) (int, error) {
	c.asked.Do(func() {
		if head, _ := c.Peek(len(telnetQuestion)); string(head) == telnetQuestion {
			_, _ = c.Discard(len(head))
		}
	})
	return c.Reader.Read(b)
}

func (s *served) dialPlain() net.Conn {
	s.t.Helper()
	c := s.dial()
	return &plainConn{Reader: bufio.NewReader(c), Conn: c}
}

// pipe sends a script as `printf … | nc -N` does and returns all that comes back.
func (s *served) pipe(script string) string {
	s.t.Helper()
	c := s.dial()
	if _, err := io.WriteString(c, script); err != nil {
		s.t.Fatal(err)
	}
	if err := c.(interface{ CloseWrite() error }).CloseWrite(); err != nil {
		s.t.Fatal(err)
	}
	all, err := io.ReadAll(&plainConn{Reader: bufio.NewReader(c), Conn: c})
	if err != nil {
		s.t.Logf("read: %v", err)
	}
	return string(all)
}

// logged waits until the log holds a text.
func (s *served) logged(want string) {
	s.t.Helper()
	eventually(s.t, func() bool { return strings.Contains(s.log.String(), want) }, func() string {
		return fmt.Sprintf("the log lacks %q:\n%s", want, s.log.String())
	})
}

func eventually(t *testing.T, ok func() bool, otherwise func() string) {
	t.Helper()
	deadline := time.Now().Add(60 * time.Second)
	for !ok() {
		if time.Now().After(deadline) {
			t.Fatal(otherwise())
		}
		time.Sleep(2 * time.Millisecond) // polling, bounded by the deadline
	}
}

func TestPlainPipe(t *testing.T) {
	s := serveFake(t, ListenConfig{})
	got := s.pipe("list\r\n\n\nping echo\n")
	want := banner + "\n" +
		":00000008\tsnlua main\t\t1\trunning\t\n" +
		":00000009\tsnlua echo 1\t.echo ECHO\t3\trunning\t12:00:00 2 → 3, 4 ms\n" +
		":0000000a\tsnlua gate 玩家 一区\t\t1\trunning\tfailed: gate.lua:7: '=' expected near 'x'\n" +
		":0000000b\tsnlua worker a b c\t\t1\trunning\t\n" +
		":0000000c\tsnlua worker d\t\t2\tdraining\t\n" +
		":0000000d\tsnlua spin\t\t1\trunning\t\n" +
		"<CMD OK>\n0\n<CMD OK>\n"
	if got != want {
		t.Errorf("got %q\nwant %q", got, want)
	}
	if strings.Contains(got, "\x1b") || strings.Contains(got, "\xff") || strings.Contains(got, "\r") {
		t.Errorf("escape, telnet or CR bytes in %q", got)
	}
}

// A hung service costs its caller an error within five seconds, and the next
// command works.
func TestHungServiceHangsNobody(t *testing.T) {
	s := serveFake(t, ListenConfig{})
	start := time.Now()
	got := s.pipe("call spin 1\nping echo\n")
	if d := time.Since(start); d > time.Minute {
		t.Errorf("took %v", d)
	}
	if want := "call :0000000d (snlua spin): no answer in 4s; it is running lua from :00000009 for 3.2s, spin.lua:33\n"; !strings.Contains(got, want) {
		t.Errorf("%q lacks %q", got, want)
	}
	if !strings.HasSuffix(got, "<CMD Error>\n0\n<CMD OK>\n") {
		t.Errorf("the next command: %q", got)
	}
}

// What runs or changes something is in the log, with who asked for it.
func TestAudit(t *testing.T) {
	s := serveFake(t, ListenConfig{})
	s.pipe("inject echo -e return 27\ncall echo 1\nstart worker x\nkill echo\nlist\n")
	s.logged("disconnected")
	for _, want := range []string{
		": connected\n", `: inject :00000009 (snlua echo 1) return 27`, ": call :00000009 (snlua echo 1) 1\n", ": start worker x\n",
		": kill :00000009 (snlua echo 1)\n",
	} {
		if !strings.Contains(s.log.String(), want) || !strings.HasPrefix(s.log.String(), "console 127.0.0.1:") {
			t.Errorf("the log lacks %q:\n%s", want, s.log)
		}
	}
}

func TestHalfALineIsNoCommand(t *testing.T) {
	s := serveFake(t, ListenConfig{})
	if got := s.pipe("ping echo\nkill echo"); got != banner+"\n0\n<CMD OK>\n" {
		t.Errorf("%q", got)
	}
	if _, err := s.node.at(9); err != nil {
		t.Error("half a line was run")
	}
}

func TestLongLine(t *testing.T) {
	s := serveFake(t, ListenConfig{})
	got := s.pipe("call echo " + strings.Repeat("x", maxLine+1) + "\nping echo\n")
	if strings.Contains(got, "<CMD OK>") {
		t.Errorf("%q", got)
	}
	s.logged("longer than 64 KiB")
}

func TestWorkerOverUnixSocket(t *testing.T) {
	if _, err := net.Listen("unix", filepath.Join(t.TempDir(), "x")); err != nil {
		t.Skip("no Unix sockets here:", err)
	}
	path := filepath.Join(t.TempDir(), "run", "devnode.sock")
	s := serveFake(t, ListenConfig{Address: "unix:" + path})
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	if got := s.pipe("ping echo\n"); got != banner+"\n0\n<CMD OK>\n" {
		t.Errorf("%q", got)
	}
	if _, err := Listen(ListenConfig{Address: "unix:" + path}); err == nil {
		t.Error("listened on a socket in use")
	}
	s.stop()
	if _, err := os.Stat(path); err == nil {
		t.Error("the socket's file is left")
	}
}

func TestOpenAddressNeedsToken(t *testing.T) {
	for _, a := range []string{":0", "0.0.0.0:0", "[::]:0"} {
		if l, err := Listen(ListenConfig{Address: a}); err == nil {
			_ = l.Close()
			t.Errorf("%s: listened without a token", a)
		}
	}
}

func TestToken(t *testing.T) {
	file := filepath.Join(t.TempDir(), "token")
	s := serveFake(t, ListenConfig{Address: "127.0.0.1:0", TokenFile: file})
	token, err := ReadToken(file)
	if err != nil {
		t.Fatal(err)
	}
	if info, _ := os.Stat(file); info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v", info.Mode())
	}
	if got := s.pipe(token + "\nping echo\n"); got != "token?\n"+banner+"\n0\n<CMD OK>\n" {
		t.Errorf("%q", got)
	}
	if got := s.pipe("list\nlist\n" + token[1:] + "\n" + token + "\nlist\n"); got != "token?\ntoken?\ntoken?\nwrong token\n" {
		t.Errorf("%q", got)
	}
	if strings.Contains(s.log.String(), token[1:]) {
		t.Error("the token is in the log")
	}
	if err := os.Chmod(file, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := Listen(ListenConfig{Address: "127.0.0.1:0", TokenFile: file}); err == nil {
		t.Error("a token that others can read was taken")
	}
}

// What other protocols send must run nothing, whatever lines come with it.
func TestCrossProtocol(t *testing.T) {
	for name, attack := range map[string]string{
		"get":         "GET /kill/echo HTTP/1.1\r\nHost: 127.0.0.1:8000\r\n\r\nkill echo\n",
		"post":        "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nkill echo\r\n",
		"line before": "kill echo\nPOST / HTTP/1.1\r\n",
		"host only":   "kill echo\nHost: evil\n",
		"half a line": "kill echo\nGET /",
		"websocket":   "kill echo\r\nSec-WebSocket-Key: x\r\n",
		"http2":       "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
		"tls":         "\x16\x03\x01\x02\x00\x01\x00kill echo\n",
		"stun":        "\x00\x01\x00\x00\x21\x12\xa4\x42\nkill echo\n",
		"ff later":    "kill echo\n\xff\xfb\x01",
	} {
		t.Run(name, func(t *testing.T) {
			s := serveFake(t, ListenConfig{NoProbe: true})
			if got := s.pipe(attack); strings.Contains(got, "CMD") {
				t.Errorf("ran something: %q", got)
			}
			s.logged("attack?")
			if _, err := s.node.at(9); err != nil {
				t.Error("the service was killed")
			}
		})
	}
}

// An attack that arrives while a command runs ends that command.
func TestAttackCancels(t *testing.T) {
	s := serveFake(t, ListenConfig{})
	c := s.dial()
	fmt.Fprint(c, "call spin --timeout 1\n")
	fmt.Fprint(c, "call --timeout 60s spin 1\n")
	eventually(t, func() bool { return s.node.waiting() > 0 }, func() string { return "never called" })
	fmt.Fprint(c, "GET / HTTP/1.1\r\n")
	_, _ = io.ReadAll(c)
	eventually(t, func() bool { return s.node.waiting() == 0 }, func() string { return "still waiting" })
	s.logged("attack?")
}

// One more than there are places always gets in, whatever the others do: it takes the
// place of one that has said no line yet, else of the one that is idle for the longest,
// else of the one whose command runs for the longest.
func TestOneMoreGetsIn(t *testing.T) {
	for name, c := range map[string]struct{ line, answer string }{
		"half a line": {"list", banner + "\n"},
		"idle":        {"ping echo\n", "<CMD OK>\n"},
		"running":     {"call --timeout 60s spin 1\n", banner + "\n"},
	} {
		t.Run(name, func(t *testing.T) {
			s := serveFake(t, ListenConfig{NoProbe: true})
			first := bufio.NewReader(say(s.dialPlain(), c.line))
			readUntil(t, first, c.answer)
			waiting := func(n int) {
				if name == "running" {
					eventually(t, func() bool { return s.node.waiting() == n }, func() string { return "not called" })
				}
			}
			waiting(1)
			var others []net.Conn
			for range maxConns - 1 {
				others = append(others, say(s.dialPlain(), c.line))
			}
			for _, o := range others {
				readUntil(t, bufio.NewReader(o), c.answer)
			}
			waiting(maxConns)
			if code, out, errs := execOn(t, ClientConfig{Address: s.addr}, "ping", "echo"); code != ExitOK || out != "0\n" {
				t.Errorf("the owner got %d %q %q", code, out, errs)
			}
			if all, _ := io.ReadAll(first); string(all) != "closed: another connection needed its place\n" {
				t.Errorf("the first one got %q", all)
			}
			s.logged("another connection needed its place")
		})
	}
}

// A connection whose command runs keeps its place from those that have nothing to do.
func TestRunningKeepsItsPlace(t *testing.T) {
	s := serveFake(t, ListenConfig{NoProbe: true})
	owner := say(s.dialPlain(), "call --timeout 60s spin 1\n")
	in := bufio.NewReader(owner)
	readUntil(t, in, banner+"\n")
	eventually(t, func() bool { return s.node.waiting() == 1 }, func() string { return "not called" })
	for range 2 * maxConns {
		say(s.dialPlain(), "half")
	}
	s.logged("another connection needed its place")
	fmt.Fprint(owner, interruptLine+"\nping echo\n")
	readUntil(t, in, "<CMD Error>\n")
	readUntil(t, in, "<CMD OK>\n")
}

func say(c net.Conn, text string) net.Conn {
	fmt.Fprint(c, text)
	return c
}

// readUntil reads lines until one.
func readUntil(t *testing.T, in *bufio.Reader, line string) {
	t.Helper()
	for {
		switch got, err := in.ReadString('\n'); {
		case got == line:
			return
		case err != nil:
			t.Fatalf("%q, %v; want %q", got, err, line)
		}
	}
}

// Connections that say nothing keep nobody out: not those who have still to send
// the token, nor those of the owner's own programs.
func TestSilentConnections(t *testing.T) {
	token := filepath.Join(t.TempDir(), "token")
	for name, cfg := range map[string]ListenConfig{
		"without a token": {}, "with a token": {TokenFile: token}, "any user": {AnyUser: true},
		"Unix socket": {Address: "unix:" + filepath.Join(t.TempDir(), "s")},
	} {
		t.Run(name, func(t *testing.T) {
			s := serveFake(t, cfg)
			client := ClientConfig{Address: s.addr, TokenFile: cfg.TokenFile}
			if s.net == "unix" {
				client.Address = "unix:" + s.addr
			}
			for range 3 {
				for range maxConns + maxStrangers {
					s.dial()
				}
				if code, out, errs := execOn(t, client, "ping", "echo"); code != ExitOK || out != "0\n" {
					t.Fatalf("the owner got %d %q %q", code, out, errs)
				}
			}
			s.logged("another connection needed its place")
		})
	}
}

// Who has sent the token keeps the place, however many come who haven't.
func TestKnownKeepTheirPlaces(t *testing.T) {
	token := filepath.Join(t.TempDir(), "token")
	s := serveFake(t, ListenConfig{TokenFile: token})
	secret, err := ReadToken(token)
	if err != nil {
		t.Fatal(err)
	}
	owner := s.dialPlain()
	in := bufio.NewReader(owner)
	fmt.Fprintln(owner, secret)
	for range 2 {
		if _, err := in.ReadString('\n'); err != nil {
			t.Fatal(err)
		}
	}
	for range 3 * maxStrangers {
		s.dial()
	}
	fmt.Fprintln(owner, "ping echo")
	if line, err := in.ReadString('\n'); line != "0\n" {
		t.Errorf("%q, %v", line, err)
	}
}
