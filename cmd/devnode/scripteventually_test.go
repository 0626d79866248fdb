package main

import (
	"os/exec"
	"regexp"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// pollTime is the pause between two looks.
const pollTime = 10 * time.Millisecond

// cmdEventually is the script command `eventually [-not] PATTERN
// COMMAND...`: it runs the command again and again until its output matches (or,
// with -not, doesn't). The commands are console, cat and exec.
func cmdEventually(ts *testscript.TestScript, neg bool, args []string) {
	not := false
	for len(args) > 0 && strings.HasPrefix(args[0], "-") {
		switch {
		case args[0] == "-not":
			not = true
			args = args[1:]
		default:
			ts.Fatalf("eventually: what is %s?", args[0])
		}
	}
	if neg || len(args) < 2 {
		ts.Fatalf("usage: eventually [-not] PATTERN COMMAND...")
	}
	pattern, err := regexp.Compile(`(?m)` + args[0])
	ts.Check(err)
	began := time.Now()
	for {
		out := look(ts, args[1:])
		if pattern.MatchString(out) != not {
			ts.Logf("after %s", time.Since(began).Round(time.Millisecond))
			return
		}
		if time.Since(began) > startTime {
			ts.Fatalf("eventually: after %s there is still:\n%s", startTime, out)
		}
		time.Sleep(pollTime)
	}
}

// look is what a command finds at this moment; one that fails finds its error.
func look(ts *testscript.TestScript, args []string) string {
	switch args[0] {
	case "console":
		answer, _, err := ask(ts.Getenv("DEVNODE_CONSOLE"), strings.Join(args[1:], " "))
		if err != nil {
			return err.Error()
		}
		return answer
	case "cat":
		return ts.ReadFile(args[1])
	case "exec":
		cmd := exec.Command(args[1], args[2:]...)
		cmd.Dir, cmd.Env = ts.MkAbs("."), append(scriptEnv(ts), "DEVNODE_CONSOLE="+ts.Getenv("DEVNODE_CONSOLE"))
		out, _ := cmd.CombinedOutput()
		return string(out)
	}
	ts.Fatalf("eventually %s: want console, cat or exec", args[0])
	return ""
}
