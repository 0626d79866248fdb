package main

import (
	"net"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/creack/pty"
	"github.com/rogpeppe/go-internal/testscript"
)

// cmdTerminal is the script command `terminal FILE PROGRAM [ARG...]`: it runs a
// program on a terminal of its own and plays a dialogue from FILE. A line
// `< PATTERN` waits until the program has written that, behind what was seen
// before; `> KEYS` types keys, written as in a Go string; `! PATTERN` says what
// must not have come since the last `<`; `run COMMAND...` runs a script command.
// The program has to end by itself, and with `!` before the command by a status other
// than 0.
func cmdTerminal(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) < 2 {
		ts.Fatalf("usage: terminal FILE PROGRAM [ARG...]")
	}
	dialogue := ts.ReadFile(args[0])
	name := args[1]
	if name == "devnode" {
		path, err := execPath(ts)
		ts.Check(err)
		name = path
	}
	cmd := exec.Command(name, args[2:]...)
	cmd.Dir, cmd.Env = ts.MkAbs("."), append(scriptEnv(ts), "TERM=xterm")
	tty, err := pty.StartWithSize(cmd, &pty.Winsize{Cols: 120, Rows: 40})
	ts.Check(err)
	defer tty.Close()
	p := &dialogueTerminal{ts: ts, tty: tty}
	ended := make(chan struct{})
	go func() { defer close(ended); p.read() }()
	defer func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		<-ended
	}()
	for line := range strings.Lines(dialogue) {
		p.play(strings.TrimRight(line, "\n"))
	}
	select {
	case <-ended:
	case <-time.After(endTime):
		ts.Fatalf("terminal: %s goes on after the dialogue:\n%s", args[1], p.text())
	}
	if failed := cmd.Wait() != nil; failed != neg && args[1] == "devnode" {
		ts.Fatalf("terminal: %s ended with %v:\n%s", args[1], cmd.ProcessState, p.text())
	}
	if strings.Contains(p.text(), "DATA RACE") {
		ts.Fatalf("terminal: a data race:\n%s", p.text())
	}
}

// cmdTelnet is the script command `telnet FILE`: the dialogue is with the node's
// console, by way of the system's telnet.
func cmdTelnet(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: telnet FILE")
	}
	host, port, err := net.SplitHostPort(ts.Getenv("DEVNODE_CONSOLE"))
	ts.Check(err)
	cmdTerminal(ts, false, []string{args[0], "telnet", host, port})
}

// dialogueTerminal is a program on a terminal, and what it has written.
type dialogueTerminal struct {
	ts  *testscript.TestScript
	tty *os.File

	mu   sync.Mutex
	all  []byte
	seen int // of the text without escape sequences
}

func (p *dialogueTerminal) read() {
	buf := make([]byte, 4096)
	for {
		n, err := p.tty.Read(buf)
		p.mu.Lock()
		p.all = append(p.all, buf[:n]...)
		p.mu.Unlock()
		if err != nil {
			return
		}
	}
}

var escapes = regexp.MustCompile(`\x1b(\[[0-9;?]*[ -/]*[@-~]|[()][A-Za-z0-9]|[=>78])|\r|\a`)

// text is what was written, without what only moves the cursor.
func (p *dialogueTerminal) text() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return escapes.ReplaceAllString(string(p.all), "")
}

func (p *dialogueTerminal) play(line string) {
	verb, rest, _ := strings.Cut(line, " ")
	switch verb {
	case "", "#":
	case "<":
		p.expect(rest)
	case ">":
		keys, err := strconv.Unquote(`"` + strings.ReplaceAll(rest, `"`, `\"`) + `"`)
		p.ts.Check(err)
		_, err = p.tty.WriteString(keys)
		p.ts.Check(err)
	case "!":
		if fresh := p.text()[p.seen:]; regexp.MustCompile(`(?m)` + rest).MatchString(fresh) {
			p.ts.Fatalf("terminal: %q came:\n%s", rest, fresh)
		}
	case "run":
		words := strings.Fields(rest)
		scriptCommands()[words[0]](p.ts, false, words[1:])
	default:
		p.ts.Fatalf("terminal: what is %q?", line)
	}
}

func (p *dialogueTerminal) expect(pattern string) {
	re := regexp.MustCompile(`(?m)` + pattern)
	for deadline := time.Now().Add(startTime); ; {
		text := p.text()
		if at := re.FindStringIndex(text[p.seen:]); at != nil {
			p.seen += at[1]
			return
		}
		if time.Now().After(deadline) {
			p.ts.Fatalf("terminal: %q doesn't come; there is:\n%s", pattern, text[p.seen:])
		}
		time.Sleep(pollTime)
	}
}
