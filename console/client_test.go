package console

import (
	"bufio"
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// execOn runs one command and returns what a shell would see.
func execOn(t *testing.T, cfg ClientConfig, args ...string) (code int, out, errs string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 60*time.Second)
	defer cancel()
	var o, e bytes.Buffer
	code = Exec(ctx, cfg, args, &o, &e)
	return code, o.String(), e.String()
}

func TestExec(t *testing.T) {
	s := serveFake(t, ListenConfig{})
	cfg := ClientConfig{Address: s.addr}
	for name, c := range map[string]struct {
		args      []string
		code      int
		out, errs string
	}{
		"ok":       {[]string{"ping", "echo"}, 0, "0\n", ""},
		"lua":      {[]string{"call", "echo", `"a b", 2`}, 0, "1\techo\n2\t\"a b\", 2\n3\t42\n4\tnil\n5\ttrue\nn\t5\n", ""},
		"lines":    {[]string{"inject", "echo", "-e", "print('a')\nreturn 1", "x y"}, 0, "=inject|print('a')\nreturn 1|[\"x y\"]\n\"a value\"\n{\"x\", false, name = \"玩家\", f = function: 0xc00012 (echo.lua:3)}\n", ""},
		"error":    {[]string{"kill", "nosuch"}, 1, "", "no service nosuch: no address, name or script that runs\ntry: list\n"},
		"partial":  {[]string{"check", "bad.lua"}, 1, "bad.lua:3: '=' expected near 'x'\nbad.lua:9: module nosuch not found\n", "check: 2 problems\n"},
		"json":     {[]string{"ping", "nosuch", "--json"}, 1, "", "{\"error\":\"no service nosuch: no address, name or script that runs\",\"try\":\"list\"}\n"},
		"quit":     {[]string{"quit"}, 0, "", ""},
		"nothing":  {nil, 2, "", "exec: no command\n"},
		"tail":     {[]string{"tail", "--once", "echo"}, 0, "12:00:00.000\tinfo\t:00000009\thello\n", ""},
		"too long": {[]string{"call", "echo", strings.Repeat("x", maxLine)}, 2, "", "exec: the command is longer than 64 KiB\n"},
	} {
		t.Run(name, func(t *testing.T) {
			code, out, errs := execOn(t, cfg, c.args...)
			if code != c.code || out != c.out || errs != c.errs {
				t.Errorf("got %d %q %q, want %d %q %q", code, out, errs, c.code, c.out, c.errs)
			}
		})
	}
}

// A client that a busy machine lets speak late is asked whether it is a telnet.
func TestExecSpeaksLate(t *testing.T) {
	c := &lineClient{in: bufio.NewReader(strings.NewReader(telnetQuestion + banner + "\n"))}
	if err := c.greet(ClientConfig{}); err != nil {
		t.Error(err)
	}
}

// A live command goes on until the context ends, and that is no failure.
func TestExecLive(t *testing.T) {
	s := serveFake(t, ListenConfig{})
	ctx, cancel := context.WithCancel(context.Background())
	out := newSyncBuffer()
	code := make(chan int, 1)
	go func() { code <- Exec(ctx, ClientConfig{Address: s.addr}, []string{"tail"}, out, os.Stderr) }()
	eventually(t, func() bool { return strings.Contains(out.String(), "boom") }, out.String)
	cancel()
	select {
	case c := <-code:
		if c != 0 {
			t.Error("exit code", c)
		}
	case <-time.After(60 * time.Second):
		t.Fatal("goes on")
	}
}

func TestExecNobodyThere(t *testing.T) {
	code, _, errs := execOn(t, ClientConfig{Address: "unix:" + filepath.Join(t.TempDir(), "none")}, "list")
	if code != ExitConnect || !strings.Contains(errs, "try: ") {
		t.Error(code, errs)
	}
}

func TestExecToken(t *testing.T) {
	file := filepath.Join(t.TempDir(), "token")
	s := serveFake(t, ListenConfig{TokenFile: file})
	other := filepath.Join(t.TempDir(), "other")
	if _, err := makeToken(other); err != nil {
		t.Fatal(err)
	}
	for token, want := range map[string]string{
		file: "0 0\n ", "": "2  the node wants", other: "2  wrong token",
	} {
		code, out, errs := execOn(t, ClientConfig{Address: s.addr, TokenFile: token}, "ping", "echo")
		got := string(rune('0'+code)) + " " + out + " " + errs
		want = strings.ReplaceAll(want, "the node", "this node")
		if !strings.HasPrefix(strings.Replace(got, "console "+s.addr+": ", "", 1), want) {
			t.Errorf("%s: got %q, want %q", token, got, want)
		}
	}
}

func TestAttachScript(t *testing.T) {
	s := serveFake(t, ListenConfig{})
	for name, c := range map[string]struct {
		script    string
		code      int
		out, errs string
	}{
		"ok":                    {"ping echo\n\nping gate\n", 0, "0\n0\n", ""},
		"no newline at the end": {"ping echo\nping gate", 0, "0\n0\n", ""},
		"a mark in front":       {"\ufeffping echo\n", 0, "0\n", ""},
		"half a chunk":          {"use echo\nfor i = 1, 2 do", 1, "", "use: the last chunk lacks its end and was not run\n"},
		"failure":               {"ping echo\nping nosuch\nping gate\n", 1, "0\n0\n", "no service nosuch: no address, name or script that runs\ntry: list\n"},
		"use":                   {"use echo\n1\nfor i = 1, 2 do\nend\n.exit\nping echo\n", 0, "\"1\"\n1\n2\n0\n", ""},
		"quit":                  {"ping echo\nquit\nping echo\n", 0, "0\n", ""},
		"tail":                  {"tail -n 1\nping echo\n", 0, "12:00:02.000\tinfo\t:00000000\tclear \\x1b[2J screen\n0\n", ""},
	} {
		t.Run(name, func(t *testing.T) {
			in := filepath.Join(t.TempDir(), "script")
			if err := os.WriteFile(in, []byte(c.script), 0o600); err != nil {
				t.Fatal(err)
			}
			f, err := os.Open(in)
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = f.Close() }()
			outName := filepath.Join(t.TempDir(), "out")
			out, err := os.Create(outName)
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = out.Close() }()
			var errs bytes.Buffer
			code := Attach(context.Background(), ClientConfig{Address: s.addr}, f, out, &errs)
			got, _ := os.ReadFile(outName)
			if code != c.code || string(got) != c.out || errs.String() != c.errs {
				t.Errorf("got %d %q %q, want %d %q %q", code, got, errs.String(), c.code, c.out, c.errs)
			}
		})
	}
}

// A node that goes away before all lines have run makes the script fail.
func TestAttachScriptNodeEnds(t *testing.T) {
	s := serveFake(t, ListenConfig{})
	in, write, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = in.Close() }()
	read, out, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = read.Close() }()
	var errs bytes.Buffer
	code := make(chan int, 1)
	go func() { code <- Attach(context.Background(), ClientConfig{Address: s.addr}, in, out, &errs) }()
	if _, err := write.WriteString("ping echo\n"); err != nil {
		t.Fatal(err)
	}
	_ = read.SetReadDeadline(time.Now().Add(60 * time.Second))
	if _, err := read.Read(make([]byte, 10)); err != nil { // it has been answered
		t.Fatal(err)
	}
	s.stop()
	if got := <-code; got != ExitConnect || !strings.Contains(errs.String(), "the node closed the connection") {
		t.Errorf("got %d %q", got, errs.String())
	}
	_ = write.Close()
	_ = out.Close()
}
