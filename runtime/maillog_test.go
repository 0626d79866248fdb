package runtime

import (
	"os"
	"strings"
	"testing"
)

func TestMailLog(t *testing.T) {
	logs := t.TempDir()
	tn := newTestNode(t, map[string]string{"s.lua": version(1)}, func(c *Config) { c.Env = map[string]string{"logpath": logs} })
	h := tn.launch("s")
	tn.ask(h, "version")
	if err := tn.LogMail(h, true); err != nil {
		t.Fatal(err)
	}
	tn.ask(h, "version")
	if err := tn.LogMail(h, false); err != nil {
		t.Fatal(err)
	}
	tn.ask(h, "version")
	text, err := os.ReadFile(tn.MailLogPath(h))
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")
	if err != nil || len(lines) != 2 || !strings.HasPrefix(lines[0], "open time: ") {
		t.Fatalf("%v, %q", err, text)
	}
	// A short string of 7 bytes: type 4, length 7, and the text.
	if f := strings.Fields(lines[1]); len(f) != 5 || f[1] != "10" || f[2] != "1" || f[4] != "3c76657273696f6e" {
		t.Errorf("line %q", lines[1])
	}
	if err := tn.LogMail(99, true); err == nil {
		t.Error("a service that isn't there was logged")
	}
}
