package main

import (
	"encoding/json"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"

	"devnode/console"
)

// logSink takes the node's log, a line a Write, and passes it on: to whoever
// follows the journal, and to its outlet, as text or as JSON. It is safe for
// concurrent use.
type logSink struct {
	journal *console.Journal
	asJSON  bool
	now     func() time.Time
	out     *outlet
}

// outlet is a writer that can be exchanged while it is used: the log moves above
// the prompt once there is one.
type outlet struct {
	mu sync.Mutex
	to io.Writer
}

func (o *outlet) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.to.Write(p)
}

func (o *outlet) turnTo(w io.Writer) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.to = w
}

// Write takes a line of the node's log: `[:0000000a/2] text`.
func (s *logSink) Write(p []byte) (int, error) {
	address, generation, text := splitLine(strings.TrimSuffix(string(p), "\n"))
	return len(p), s.line(address, generation, text)
}

// logf writes a line of devnode's own.
func (s *logSink) logf(format string, args ...any) {
	_ = s.line(0, 0, fmt.Sprintf(format, args...)) // a log that can't be written has nowhere to say so
}

// own takes a line about what was typed at the node's own prompt: it is for who
// follows the log elsewhere, and for its file, where there is one.
func (s *logSink) own(text string, toFile bool) {
	l := console.LogLine{Time: s.now(), Level: levelOf(text), Text: text}
	s.journal.Append(l)
	if toFile {
		_ = s.write(l, 0)
	}
}

func (s *logSink) line(address console.Address, generation int, text string) error {
	l := console.LogLine{Time: s.now(), Level: levelOf(text), Address: address, Text: text}
	s.journal.Append(l)
	if l.Level == "debug" {
		return nil // for those who ask: `tail --level debug`
	}
	return s.write(l, generation)
}

// write sends a line out, as text or as JSON.
func (s *logSink) write(l console.LogLine, generation int) error {
	if s.asJSON {
		return s.json(l, generation)
	}
	speaker := "devnode"
	if l.Address != 0 {
		speaker = l.Address.String()
	}
	if generation > 0 {
		speaker += "/" + strconv.Itoa(generation)
	}
	_, err := fmt.Fprintf(s.out, "[%s] %s\n", speaker, l.Text)
	return err
}

// json writes a line as one object.
func (s *logSink) json(l console.LogLine, generation int) error {
	doc := struct {
		Time       string `json:"time"`
		Level      string `json:"level"`
		Address    string `json:"address,omitempty"`
		Generation int    `json:"generation,omitempty"`
		Text       string `json:"text"`
	}{Time: l.Time.Format(time.RFC3339Nano), Level: l.Level, Generation: generation, Text: l.Text}
	if l.Address != 0 {
		doc.Address = l.Address.String()
	}
	line, err := json.Marshal(doc)
	if err != nil {
		return err
	}
	_, err = s.out.Write(append(line, '\n'))
	return err
}

// splitLine takes the speaker off a line of the node's log.
func splitLine(line string) (address console.Address, generation int, text string) {
	rest, ok := strings.CutPrefix(line, "[:")
	speaker, text, ok2 := strings.Cut(rest, "] ")
	if !ok || !ok2 {
		return 0, 0, line
	}
	hex, number, _ := strings.Cut(speaker, "/")
	h, err := strconv.ParseUint(hex, 16, 32)
	if err != nil {
		return 0, 0, line
	}
	generation, _ = strconv.Atoi(number)
	return console.Address(h), generation, text
}

// levelOf judges a line by the words that the node begins its own with.
func levelOf(text string) string {
	for _, p := range []string{"error:", "lua call [", "lua loader error", "init service failed"} {
		if strings.HasPrefix(text, p) {
			return "error"
		}
	}
	if strings.HasPrefix(text, "reload ") && strings.Contains(text, " failed") {
		return "error"
	}
	for _, p := range []string{"Maybe forgot", "Unknown session", "Unknown request", "Lua warning", "recv a signal", "No service has the global name"} {
		if strings.HasPrefix(text, p) {
			return "warn"
		}
	}
	if comesAndGoes.MatchString(text) {
		return "debug"
	}
	return "info"
}

// comesAndGoes fits the lines of a console's client on this machine that did
// nothing out of the ordinary: each `devnode exec` is one.
var comesAndGoes = regexp.MustCompile(`^console (127\.\S+|\[::1\]\S*|unix\S*): (dis)?connected$`)
