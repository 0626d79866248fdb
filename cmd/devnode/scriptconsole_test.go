package main

import (
	"bufio"
	"fmt"
	"net"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// answerTime is more than any command of the console takes.
const answerTime = time.Minute

// cmdConsole is the script command `console LINE...`: its words are one line.
// The answer goes to stdout, without the banner and without its last line, which
// decides on success.
func cmdConsole(ts *testscript.TestScript, neg bool, args []string) {
	answer, ok, err := ask(ts.Getenv("DEVNODE_CONSOLE"), strings.Join(args, " "))
	ts.Check(err)
	fmt.Fprint(ts.Stdout(), answer)
	switch {
	case ok && neg:
		ts.Fatalf("console %s: it succeeded, an error was expected", strings.Join(args, " "))
	case !ok && !neg:
		ts.Fatalf("console %s: %s", strings.Join(args, " "), answer)
	}
}

// ask runs one line on a console, over TCP, as any program would.
func ask(address, line string) (answer string, ok bool, err error) {
	conn, err := net.DialTimeout("tcp", address, answerTime)
	if err != nil {
		return "", false, err
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(answerTime)); err != nil {
		return "", false, err
	}
	if _, err := fmt.Fprintf(conn, "%s\n", line); err != nil {
		return "", false, err
	}
	in := bufio.NewScanner(conn)
	in.Buffer(nil, 16<<20)
	var b strings.Builder
	for first := true; in.Scan(); first = false {
		text := in.Text()
		if first { // a client that is slow to speak is asked whether it is a telnet
			text = strings.TrimPrefix(text, "\xff\xfd\x1f")
		}
		switch {
		case first && strings.HasPrefix(text, "Welcome to devnode"):
		case text == "<CMD OK>", text == "<CMD Error>":
			return b.String(), text == "<CMD OK>", nil
		default:
			b.WriteString(text + "\n")
		}
	}
	return b.String(), false, fmt.Errorf("the console ended after %q: %v", b.String(), in.Err())
}
