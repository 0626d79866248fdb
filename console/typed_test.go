//go:build unix

package console

import (
	"bytes"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"devnode/console/telnet"
)

// A Chinese character holds bytes that a telnet of seven bits takes for its own
// escape; what it sends and shows is whole.
func TestStockTelnetChinese(t *testing.T) {
	s := serveFake(t, ListenConfig{})
	p := telnetTo(t, s)
	p.row("devnode>")
	p.types("call echo 来九杀条\r")
	p.sees("\"来九杀条\"\n")
	p.row("devnode>")
	p.types("ping echo\r")
	p.sees("0 (")
}

// What is typed before the prompt is there is run at the prompt, and the session is
// a person's.
func TestStockTelnetTypedAhead(t *testing.T) {
	s := serveFake(t, ListenConfig{})
	host, port, _ := strings.Cut(s.addr, ":")
	typed := filepath.Join(t.TempDir(), "typed")
	cmd := exec.Command("sh", "-c", `until [ -e "$1" ]; do sleep 0.01; done; exec "$0" "$2" "$3"`, stockTelnet(t), typed, host, port)
	cmd.Env = append(os.Environ(), "TERM=xterm")
	p := sit(t, cmd)
	p.types("ping echo\r")
	if err := os.WriteFile(typed, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	p.sees("0 (")
	p.row("devnode>")
	p.types("\x1b[A")
	p.row("devnode> ping echo")
}

// refuse answers every offer and question of a telnet server with no, and returns
// its text.
func refuse(t *testing.T, c net.Conn, until string, offers *[]byte) string {
	t.Helper()
	var p telnet.Parser
	var text []byte
	buf := make([]byte, 4096)
	for !bytes.Contains(text, []byte(until)) {
		n, err := c.Read(buf)
		if err != nil {
			t.Fatalf("%v after %q", err, text)
		}
		data, events := p.Parse(buf[:n])
		text = append(text, data...)
		for _, e := range events {
			*offers = append(*offers, e.Command, e.Option)
			no := byte(telnet.DONT)
			if e.Command == telnet.DO {
				no = telnet.WONT
			}
			if _, err := c.Write([]byte{telnet.IAC, no, e.Option}); err != nil {
				t.Fatal(err)
			}
		}
	}
	return string(text)
}

// A telnet that refuses everything sends lines, whose end may be CR NUL.
func TestTelnetRefusesAll(t *testing.T) {
	s := serveFake(t, ListenConfig{})
	c := s.dial()
	var offers []byte
	refuse(t, c, banner+"\n", &offers)
	for _, line := range []string{"ping echo\r\x00", "ping echo\r\n", "ping echo\n", "ping echo\r\x00ping echo\r\n"} {
		if _, err := io.WriteString(c, line); err != nil {
			t.Fatal(err)
		}
		want := strings.Repeat("0\n<CMD OK>\n", strings.Count(line, "ping"))
		if got := refuse(t, c, want, &offers); got != want {
			t.Errorf("%q: got %q", line, got)
		}
	}
	if bytes.Contains(offers, []byte{telnet.DO, telnet.SGA}) {
		t.Error("busybox's telnet takes DO SGA for the end of ours")
	}
	if bytes.Contains(offers, []byte{telnet.DO, telnet.Binary}) {
		t.Error("a telnet that edits its lines is asked for bytes, and then shows stairs")
	}
}

// A telnet whose answer comes when the node has given up waiting for it, as on a busy
// machine, is a telnet all the same; the first byte decides whenever it comes.
func TestTelnetAnswersLate(t *testing.T) {
	for name, typed := range map[string]string{"at once": "", "after a line": "ping echo\r\n"} {
		t.Run(name, func(t *testing.T) { answersLate(t, typed) })
	}
}

func answersLate(t *testing.T, typed string) {
	s := serveFake(t, ListenConfig{})
	c := s.dial()
	read := func(until string) string {
		t.Helper()
		var got []byte
		for buf := make([]byte, 4096); !bytes.Contains(got, []byte(until)); {
			n, err := c.Read(buf)
			if err != nil {
				t.Fatalf("%v after %q", err, got)
			}
			got = append(got, buf[:n]...)
		}
		return string(got)
	}
	write := func(text string) {
		t.Helper()
		if _, err := io.WriteString(c, text); err != nil {
			t.Fatal(err)
		}
	}
	read(banner + "\n") // the node takes the client for a program
	if typed != "" {
		write(typed)
		read("<CMD OK>\n")
	}
	write("\xff\xfb\x1f\xff\xfa\x1f\x00\x50\x00\x18\xff\xf0") // IAC WILL NAWS, 80x24
	read("\xff\xfb\x01")                                      // IAC WILL ECHO
	write("\xff\xfd\x01\xff\xfd\x03")                         // IAC DO ECHO, DO SGA
	read("devnode>")
	write("ping echo\r")
	read("0 (")
}

// A program that speaks first, and has nothing more to say, is never asked whether it
// is a telnet, whatever ends its lines.
func TestCRLFProgramIsNotAsked(t *testing.T) {
	s := serveFake(t, ListenConfig{})
	if got, want := s.pipe("ping echo\r\n"), banner+"\n0\n<CMD OK>\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// A client that leaves while it follows the log has done nothing wrong.
func TestTailClientLeaves(t *testing.T) {
	s := serveFake(t, ListenConfig{})
	c := s.dial()
	if _, err := io.WriteString(c, "tail -n 1\n"); err != nil {
		t.Fatal(err)
	}
	for seen := ""; !strings.Contains(seen, "clear"); {
		buf := make([]byte, 4096)
		n, err := c.Read(buf)
		if err != nil {
			t.Fatal(err)
		}
		seen += string(buf[:n])
	}
	if err := c.(*net.TCPConn).SetLinger(0); err != nil {
		t.Fatal(err)
	}
	_ = c.Close() // with a reset
	eventually(t, func() bool {
		s.journal.Append(LogLine{Time: time.Now(), Text: "more"})
		return strings.Contains(s.log.String(), "disconnected")
	}, s.log.String)
	if strings.Contains(s.log.String(), "disconnected:") {
		t.Error(s.log.String())
	}
}
