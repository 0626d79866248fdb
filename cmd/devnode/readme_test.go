package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestTranscripts runs the commands that stand behind a `$` in a document, in
// order, against a node with a copy of the demo, and holds their output against
// what the document says. Numbers and times may differ, but not addresses.
func TestTranscripts(t *testing.T) {
	for _, doc := range []string{"README.md", "docs/watch.md", "docs/coming-from-skynet.md"} {
		t.Run(doc, func(t *testing.T) { playDocument(t, doc) })
	}
}

func playDocument(t *testing.T, doc string) {
	for _, program := range []string{"sh", "sed"} {
		if _, err := exec.LookPath(program); err != nil {
			t.Skipf("there is no %s here", program)
		}
	}
	text, err := os.ReadFile(filepath.Join(repository, doc))
	if err != nil {
		t.Fatal(err)
	}
	commands := consoleBlocks(string(text))
	if len(commands) < 6 {
		t.Fatalf("%s has %d commands, want those of its transcript at least", doc, len(commands))
	}
	script := filepath.Join(t.TempDir(), "readme.txtar")
	if err := os.WriteFile(script, []byte("readme\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Files: []string{script}, Setup: setupScript,
		Cmds: map[string]scriptCommand{"readme": func(ts *testscript.TestScript, _ bool, _ []string) {
			for _, c := range commands {
				c.play(ts)
			}
		}},
	})
}

// example is a command of a document, and its output there.
type example struct{ command, output string }

var consoleBlock = regexp.MustCompile("(?ms)^```console\n(.*?)^```$")

func consoleBlocks(text string) []example {
	var list []example
	for _, m := range consoleBlock.FindAllStringSubmatch(text, -1) {
		for line := range strings.Lines(m[1]) {
			if command, ok := strings.CutPrefix(line, "$ "); ok {
				list = append(list, example{command: strings.TrimSpace(command)})
			} else if len(list) > 0 {
				list[len(list)-1].output += line
			}
		}
	}
	return list
}

// play runs a command until its output is as it should be: what was saved the
// moment before may take some milliseconds.
func (e example) play(ts *testscript.TestScript) {
	switch {
	case e.command == "go run ./cmd/devnode":
		cmdNode(ts, false, []string{"start"})
		return
	case strings.HasPrefix(e.command, "telnet "):
		return // telnet.txtar has a dialogue with it
	}
	want := blur(e.output)
	for deadline := time.Now().Add(startTime); ; {
		cmd := exec.Command("sh", "-c", e.command)
		cmd.Dir, cmd.Env = ts.MkAbs("."), append(scriptEnv(ts), addressVariable+"="+ts.Getenv(addressVariable))
		var out bytes.Buffer
		cmd.Stdout, cmd.Stderr = &out, &out
		err := cmd.Run()
		got := blur(out.String())
		if err == nil && got == want {
			return
		}
		if time.Now().After(deadline) || strings.Contains(e.command, "sed") {
			ts.Fatalf("$ %s: %v\n got %s\nwant %s", e.command, err, got, want)
		}
		time.Sleep(pollTime)
	}
}

var (
	blurred = regexp.MustCompile(`([\dT-]*\d+:\d+:\d+(\.\d+)?(Z|[+-]\d\d:\d\d)?|\d+(\.\d+)? ?(µs|ms|s)\b|"times":\{[^}]*\})`)
	// The echo service reloads itself every 4.5 s.
	itself = regexp.MustCompile(`(?m)^(\S+\tsnlua echo) .*$`)
	counts = regexp.MustCompile(`(?m)^\d+$`)
)

// blur takes out what is another at each run.
func blur(text string) string {
	text = itself.ReplaceAllString(text, "$1")
	return counts.ReplaceAllString(blurred.ReplaceAllString(text, "TIME"), "NUMBER")
}
