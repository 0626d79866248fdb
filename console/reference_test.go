package console

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// transcriptBlock is an example in a document: lines that begin with "> ", and
// what the console answers.
var transcriptBlock = regexp.MustCompile("(?s)```console\n(.*?)```")

// The examples in the reference are what the console answers, and docs/console.md
// is what the table and the examples make.
func TestReference(t *testing.T) {
	head, err := os.ReadFile("reference.md")
	if err != nil {
		t.Fatal(err)
	}
	played := transcriptBlock.ReplaceAllStringFunc(string(head), func(block string) string {
		script := transcriptBlock.FindStringSubmatch(block)[1]
		return "```console\n" + replay(t, script, false) + "```"
	})
	inStep(t, "reference.md", string(head), played)

	c, err := New(Config{Backend: newFakeNode().backend()})
	if err != nil {
		t.Fatal(err)
	}
	// The head that was compiled in may be older than the one just written.
	want := strings.Replace(c.Reference(), referenceHead, played, 1)
	path := filepath.Join("..", "docs", "console.md")
	have, err := os.ReadFile(path)
	if err != nil && !*update {
		t.Fatal(err)
	}
	inStep(t, path, string(have), want)
}

// inStep compares a file with what it should be, or writes it.
func inStep(t *testing.T, path, have, want string) {
	t.Helper()
	if have == want {
		return
	}
	if !*update {
		t.Errorf("%s is stale: go test ./console -run Reference -update", path)
		return
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(want), 0o644); err != nil {
		t.Fatal(err)
	}
}

// Every command is explained: a summary that is no sentence with a full stop, a
// group that help knows, and flags with a help of their own.
func TestCommandsAreExplained(t *testing.T) {
	table := newCommandTable(newFakeNode().backend())
	seen := map[string]bool{}
	for _, c := range table.list {
		if c.Summary == "" || strings.HasSuffix(c.Summary, ".") {
			t.Errorf("%s: summary %q", c.Name, c.Summary)
		}
		if !strings.Contains(strings.Join(groups(), " "), c.Group) || c.Group == "" {
			t.Errorf("%s: group %q", c.Name, c.Group)
		}
		for _, n := range append([]string{c.Name}, c.Aliases...) {
			if seen[n] {
				t.Errorf("%s: named twice", n)
			}
			seen[n] = true
		}
		for _, f := range c.flags {
			if f.help == "" || !strings.HasPrefix(f.name, "-") {
				t.Errorf("%s %s: %q", c.Name, f.name, f.help)
			}
		}
	}
}

// A node that offers less has fewer commands, and nothing else changes.
func TestGroupsMayBeMissing(t *testing.T) {
	c, err := New(Config{Backend: Backend{Node: newFakeNode()}})
	if err != nil {
		t.Fatal(err)
	}
	names := strings.Join(c.table.words(), " ")
	for _, gone := range []string{"reload", "use", "getenv", "logon", "trace", "watch", "netstat", "service", "clearcache", "tail"} {
		if strings.Contains(" "+names+" ", " "+gone+" ") {
			t.Errorf("%s is there without its group", gone)
		}
	}
	if _, err := New(Config{}); err == nil {
		t.Error("a console without a node")
	}
}
