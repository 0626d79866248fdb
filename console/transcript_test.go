package console

import (
	"bytes"
	"context"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/txtar"
)

var update = flag.Bool("update", false, "rewrite the transcripts in testdata")

// A transcript is a txtar file: its comment says what it is about, a file named
// "plain" or "terminal" holds lines that begin with "> ", each followed by what
// the console answers. Every other file is written to the working directory
// before, for commands that read files.
func TestTranscripts(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal("no transcripts", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) { runTranscript(t, file) })
	}
}

func runTranscript(t *testing.T, file string) {
	archive, err := txtar.ParseFile(file)
	if err != nil {
		t.Fatal(err)
	}
	abs, err := filepath.Abs(file)
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(t.TempDir())
	for _, f := range archive.Files {
		if f.Name != "plain" && f.Name != "terminal" {
			if err := os.WriteFile(f.Name, f.Data, 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	changed := false
	for i, f := range archive.Files {
		if f.Name != "plain" && f.Name != "terminal" {
			continue
		}
		got := replay(t, string(f.Data), f.Name == "terminal")
		if got == string(f.Data) {
			continue
		}
		if *update {
			archive.Files[i].Data, changed = []byte(got), true
		} else {
			t.Errorf("%s, %s: got\n%s\nwant\n%s", file, f.Name, got, f.Data)
		}
	}
	if changed {
		if err := os.WriteFile(abs, txtar.Format(archive), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// replay runs the lines of a transcript and returns it with the answers.
func replay(t *testing.T, script string, human bool) string {
	c, err := New(Config{Backend: newFakeNode().backend(), Now: fixedNow})
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	sh := &shell{console: c, peer: "test", out: &out, human: human, person: func() bool { return human }, style: func() style { return style{width: 100} }}
	for line := range strings.Lines(script) {
		line = strings.TrimSuffix(line, "\n")
		cmd, ok := strings.CutPrefix(line, "> ")
		if !ok {
			if strings.HasPrefix(line, "# ") {
				out.WriteString(line + "\n")
			}
			continue
		}
		out.WriteString(line + "\n")
		if err := sh.do(context.Background(), cmd); err != nil {
			out.WriteString("(" + err.Error() + ")\n")
		}
	}
	return out.String()
}

func fixedNow() time.Time { return time.Date(2026, 1, 2, 12, 5, 0, 0, time.UTC) }

// Every command has its transcript, with and without --json.
func TestTranscriptsOfEveryCommand(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	have := map[string]bool{}
	for _, file := range files {
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(b)) {
			cmd, ok := strings.CutPrefix(strings.TrimSpace(line), "> ")
			if !ok {
				continue
			}
			name, rest := cutName(cmd)
			if have[name] = true; wantsJSON(rest) {
				have[name+" --json"] = true
			}
		}
	}
	for _, c := range newCommandTable(newFakeNode().backend()).list {
		if !have[c.Name] || !have[c.Name+" --json"] {
			t.Errorf("%s: no transcript, or none with --json", c.Name)
		}
	}
}
