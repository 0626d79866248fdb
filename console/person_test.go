//go:build unix

package console

import (
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"devnode/console/consoletest"

	"github.com/creack/pty"
)

// person sits at a pseudo-terminal, types, and reads the screen.
type person struct {
	t      *testing.T
	tty    *os.File
	screen *consoletest.Screen
	done   chan struct{}
}

// sit runs a program on a pseudo-terminal of 80 by 24.
func sit(t *testing.T, cmd *exec.Cmd) *person {
	t.Helper()
	tty, err := pty.StartWithSize(cmd, &pty.Winsize{Cols: 80, Rows: 24})
	if err != nil {
		t.Fatal(err)
	}
	p := watchTerminal(t, tty)
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		_ = tty.Close()
		<-p.done
	})
	return p
}

// watchTerminal shows what comes out of the far end of a pseudo-terminal.
func watchTerminal(t *testing.T, tty *os.File) *person {
	p := &person{t: t, tty: tty, screen: consoletest.NewScreen(80, 24), done: make(chan struct{})}
	go func() {
		defer close(p.done)
		_, _ = io.Copy(p.screen, tty)
	}()
	return p
}

func (p *person) types(keys string) {
	p.t.Helper()
	if _, err := io.WriteString(p.tty, keys); err != nil {
		p.t.Fatal(err)
	}
}

// sees waits until a text is on the screen, or was.
func (p *person) sees(want string) {
	p.t.Helper()
	eventually(p.t, func() bool { return strings.Contains(p.screen.All(), want) }, func() string {
		return "the screen lacks " + want + ":\n" + p.screen.All()
	})
}

// row waits until the cursor's row is as wanted, up to the cursor.
func (p *person) row(want string) {
	p.t.Helper()
	last := ""
	eventually(p.t, func() bool { last, _ = p.screen.Row(); return last == want }, func() string {
		return "the row is " + last + ", want " + want + "; the screen:\n" + p.screen.String()
	})
}

// stockTelnet finds a telnet, or skips the test.
func stockTelnet(t *testing.T) string {
	t.Helper()
	for _, name := range []string{"inetutils-telnet", "telnet.netkit", "telnet"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	t.Skip("no telnet here: apt-get install inetutils-telnet to run this test")
	return ""
}

func telnetTo(t *testing.T, s *served) *person {
	t.Helper()
	host, port, _ := strings.Cut(s.addr, ":")
	cmd := exec.Command(stockTelnet(t), host, port)
	cmd.Env = append(os.Environ(), "TERM=xterm")
	return sit(t, cmd)
}

func TestStockTelnet(t *testing.T) {
	s := serveFake(t, ListenConfig{})
	p := telnetTo(t, s)
	p.sees(banner)
	p.row("devnode>")

	p.types("lsit\x1b[D\x1b[D\x08\x1b[Cs\r") // lsit, repaired by arrows: list
	p.sees(":0000000a  snlua gate 玩家 一区                1  running           failed: gate\n.lua:7")
	p.row("devnode>")
	if strings.Contains(p.screen.All(), "<CMD") {
		t.Error("a mark for programs is on the screen:\n" + p.screen.All())
	}

	p.types("\x1b[A")
	p.row("devnode> list")
	p.types("\x15ping ec\t")
	p.row("devnode> ping echo")
	p.types("\r")
	p.sees("0 (")

	p.types("\x12lis")
	p.row("devnode> list")
	p.types("\x07\x03")
	p.row("devnode>")

	p.types("half a line\x03")
	p.sees("half a line^C")
	p.row("devnode>")
}

func TestStockTelnetInterruptsACommand(t *testing.T) {
	s := serveFake(t, ListenConfig{})
	p := telnetTo(t, s)
	p.row("devnode>")
	p.types("call --timeout 60s spin 1\r")
	eventually(t, func() bool { return s.node.waiting() == 1 }, func() string { return "not called" })
	p.types("\x03")
	p.sees("interrupted")
	p.row("devnode>")
	eventually(t, func() bool { return s.node.waiting() == 0 }, func() string { return "still called" })

	p.types("top\r")
	p.sees("message/s")
	p.types("q")
	p.row("devnode>")
	p.types("tail\r")
	p.sees("boom")
	p.types("\x03")
	p.row("devnode>")
	p.types("ping echo\r")
	p.sees("0 (")
}

func TestStockTelnetCompletion(t *testing.T) {
	s := serveFake(t, ListenConfig{})
	p := telnetTo(t, s)
	p.row("devnode>")
	t.Chdir(t.TempDir())
	for _, f := range []string{"gate.lua", "gamma.lua", "other.txt"} {
		if err := os.WriteFile(f, nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	p.types("inject ga\t")
	p.row("devnode> inject gate")
	p.types("g\t\t\t")
	p.sees("gamma.lua  gate.lua")
	p.row("devnode> inject gate ga")
	p.types("m\t\x03")
	p.sees("inject gate gamma.lua")
}

func TestStockTelnetUse(t *testing.T) {
	s := serveFake(t, ListenConfig{})
	p := telnetTo(t, s)
	p.row("devnode>")
	p.types("use echo\r")
	p.row("echo>")
	p.types("CM\t\t")
	p.row("echo> CMD")
	p.types(".g\t\r")
	p.sees(`"CMD.get"`)
	p.row("echo>")
	p.types("for i = 1, 2 do\r")
	p.row("  >>>")
	p.types("print(i) end\r")
	p.sees("1\n2\necho>")
	p.types("for x\r\x03")
	p.row("echo>")
	p.types("\x04")
	p.row("devnode>")
	p.types("\x04")
	p.sees("Connection closed")
}

func TestStockTelnetResize(t *testing.T) {
	s := serveFake(t, ListenConfig{})
	p := telnetTo(t, s)
	p.row("devnode>")
	if err := pty.Setsize(p.tty, &pty.Winsize{Cols: 40, Rows: 24}); err != nil {
		t.Fatal(err)
	}
	p.screen.Resize(40, 24)
	// The size reaches the console before what is typed after it.
	p.types("help\r")
	p.sees("dbgcmd      Send a debug command that…\n")
}

// A line half typed survives the hang-up of nobody but its own client, and runs
// for nobody.
func TestTelnetHangsUpInMidLine(t *testing.T) {
	s := serveFake(t, ListenConfig{})
	c := s.dial()
	if _, err := io.WriteString(c, "\xff\xfd\x01\xff\xfd\x03\xff\xfc\x1f"); err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(c, "kill echo"); err != nil {
		t.Fatal(err)
	}
	_ = c.SetReadDeadline(time.Now().Add(60 * time.Second))
	for seen := ""; !strings.Contains(seen, "kill echo"); {
		buf := make([]byte, 4096)
		n, err := c.Read(buf)
		if err != nil {
			t.Fatalf("%v after %q", err, seen)
		}
		seen += string(buf[:n])
	}
	_ = c.Close()
	s.logged("disconnected")
	if _, err := s.node.at(9); err != nil {
		t.Error("half a line was run")
	}
}
