package main

import (
	"bufio"
	"fmt"
	"net"
	"os"
	"regexp"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// cmdEdits is the script command `edits FILE [PORT]`: it makes the edits of a table,
// one after the other, in the files of a node that runs, and looks at what the log
// says of each, and at what is true then. PORT is a pattern by which the log says
// where clients connect. A table has lines
//
//	client NAME            connect, and give this name; FILE's edits ask by it
//	# NAME                 begin an edit
//	@ FILE                 of this file
//	- OLD                  replace this text (several lines are one text)
//	+ NEW                  by this
//	% OLD => NEW           replace a text wherever it stands in the file
//	log TEXT               the log says so; what is lost or stale has to be in it
//	console LINE = PATTERN a line on the console answers so
//	NAME> LINE = PATTERN   a client asks, and is answered so; with ~ for > it asks again until then
//	grows LINE             the number that a console line answers isn't less than before
func cmdEdits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) == 0 {
		ts.Fatalf("usage: edits FILE [PORT]")
	}
	e := &editTable{ts: ts, clients: make(map[string]*editClient), grown: make(map[string]string)}
	if len(args) > 1 {
		e.port = regexp.MustCompile(args[1])
	}
	for line := range strings.Lines(ts.ReadFile(args[0])) {
		if line = strings.TrimSuffix(line, "\n"); strings.TrimSpace(line) != "" {
			e.line(line)
		}
	}
	e.save()
	ts.Logf("%d edits", e.count)
}

// editTable is the work of cmdEdits.
type editTable struct {
	ts      *testscript.TestScript
	port    *regexp.Regexp
	clients map[string]*editClient
	grown   map[string]string // answers of grows lines

	name, file string
	old, new   []string
	count      int
	last       byte
	text       string // of the file, while an edit of it is being put together
	changed    bool
	from       int // where the log of this edit begins
}

func (e *editTable) line(line string) {
	mark, rest := line[0], strings.TrimPrefix(line[1:], " ")
	if mark != '-' && mark != '+' || mark == '-' && e.last == '+' {
		e.replace()
	}
	e.last = mark
	switch mark {
	case '#':
		e.name, e.count = rest, e.count+1
		return
	case '@':
		e.file, e.text, e.changed = rest, e.ts.ReadFile(rest), false
		return
	case '-':
		e.old = append(e.old, rest)
		return
	case '+':
		e.new = append(e.new, rest)
		return
	case '%':
		old, new, _ := strings.Cut(rest, " => ")
		e.text, e.changed = strings.ReplaceAll(e.text, old, new), true
		return
	}
	e.save()
	word, rest, _ := strings.Cut(line, " ")
	switch {
	case word == "client":
		e.clients[rest] = e.connect(rest)
	case word == "log":
		e.wantLog(rest)
	case word == "grows":
		e.grows(rest)
	case word == "console":
		question, want, _ := strings.Cut(rest, " = ")
		e.until(line, want, true, func() string { return e.console(question) })
	default:
		who := e.clients[word[:len(word)-1]]
		if who == nil {
			e.ts.Fatalf("%s: no such client", line)
		}
		question, want, _ := strings.Cut(rest, " = ")
		e.until(line, want, strings.HasSuffix(word, "~"), func() string { return who.ask(e.ts, question) })
	}
}

// replace does one replacement of an edit.
func (e *editTable) replace() {
	if len(e.old) == 0 {
		return
	}
	old, new := strings.Join(e.old, "\n"), strings.Join(e.new, "\n")
	if n := strings.Count(e.text, old); n != 1 {
		e.ts.Fatalf("%s: the text is there %d times: %s", e.name, n, old)
	}
	e.text, e.changed = strings.Replace(e.text, old, new, 1), true
	e.old, e.new = nil, nil
}

// save writes the file, in one of the ways in which editors do.
func (e *editTable) save() {
	if !e.changed {
		return
	}
	e.changed, e.from = false, len(e.ts.ReadFile("node.out"))
	path := e.ts.MkAbs(e.file)
	switch e.count % 3 {
	case 0: // in place
		e.ts.Check(os.WriteFile(path, []byte(e.text), 0o644))
	case 1: // a new file in its place
		e.ts.Check(os.WriteFile(path+".tmp", []byte(e.text), 0o644))
		e.ts.Check(os.Rename(path+".tmp", path))
	case 2: // the old one as a backup
		e.ts.Check(os.Rename(path, path+"~"))
		e.ts.Check(os.WriteFile(path, []byte(e.text), 0o644))
		e.ts.Check(os.Remove(path + "~"))
	}
}

// wantLog waits until the log says something since the save.
func (e *editTable) wantLog(text string) {
	said := ""
	for deadline := time.Now().Add(answerTime); !strings.Contains(said, text); time.Sleep(pollTime) {
		if said = e.ts.ReadFile("node.out")[e.from:]; time.Now().After(deadline) {
			e.ts.Fatalf("%s (%s): the log doesn't say %s; it says\n%s", e.name, e.file, text, said)
		}
	}
	for line := range strings.Lines(said) {
		for _, bad := range []string{"lost: ", " stale"} {
			if strings.Contains(line, text) && strings.Contains(line, bad) && !strings.Contains(text, bad) {
				e.ts.Fatalf("%s (%s): %s", e.name, e.file, line)
			}
		}
	}
}

// until compares an answer, which may be asked for again where patient is set.
func (e *editTable) until(line, want string, patient bool, answer func() string) {
	pattern := regexp.MustCompile(want)
	for deadline := time.Now().Add(answerTime); ; time.Sleep(pollTime) {
		got := answer()
		if pattern.MatchString(got) {
			return
		}
		if !patient || time.Now().After(deadline) {
			e.ts.Fatalf("%s (%s): %s: %s\n%s", e.name, e.file, line, got, e.ts.ReadFile("node.out")[e.from:])
		}
	}
}

func (e *editTable) console(line string) string {
	answer, _, err := ask(e.ts.Getenv("DEVNODE_CONSOLE"), line)
	e.ts.Check(err)
	return strings.TrimSpace(answer)
}

func (e *editTable) grows(line string) {
	now := e.console(line)
	if was := e.grown[line]; len(now) < len(was) || len(now) == len(was) && now < was {
		e.ts.Fatalf("%s (%s): %s: %s, and %s before\n%s", e.name, e.file, line, now, was, e.ts.ReadFile("node.out")[e.from:])
	}
	e.grown[line] = now
}

// editClient is a connection to what runs.
type editClient struct {
	conn net.Conn
	in   *bufio.Scanner
}

// connect is for a server that asks for a name.
func (e *editTable) connect(name string) *editClient {
	var port []string
	for deadline := time.Now().Add(startTime); port == nil; time.Sleep(pollTime) {
		if port = e.port.FindStringSubmatch(e.ts.ReadFile("node.out")); time.Now().After(deadline) {
			e.ts.Fatalf("the log doesn't say a port")
		}
	}
	conn, err := net.Dial("tcp", "127.0.0.1:"+port[1])
	e.ts.Check(err)
	e.ts.Defer(func() { conn.Close() })
	c := &editClient{conn, bufio.NewScanner(conn)}
	c.read(e.ts)
	c.ask(e.ts, name)
	return c
}

// ask sends a line, and gives the next that is no news.
func (c *editClient) ask(ts *testscript.TestScript, line string) string {
	_, err := fmt.Fprintf(c.conn, "%s\n", line)
	ts.Check(err)
	return c.read(ts)
}

func (c *editClient) read(ts *testscript.TestScript) string {
	ts.Check(c.conn.SetReadDeadline(time.Now().Add(answerTime)))
	for c.in.Scan() {
		if text := c.in.Text(); !strings.HasPrefix(text, "* ") {
			return text
		}
	}
	return fmt.Sprintf("(the connection has ended: %v)", c.in.Err())
}
