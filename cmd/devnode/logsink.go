package main

import (
	"encoding/json"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
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
	leftOut atomic.Int64 // lines of devnode's own, since nobody reads the log
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

// outletPatience is how long devnode's own lines wait for a log that nobody reads.
const outletPatience = time.Second

// writeSoon is Write of somebody who can't wait for ever. It is false, and nothing
// was written, where another write goes on for longer than patience.
func (o *outlet) writeSoon(p []byte, patience time.Duration) bool {
	for until := time.Now().Add(patience); !o.mu.TryLock(); time.Sleep(time.Millisecond) {
		if time.Now().After(until) {
			return false
		}
	}
	defer o.mu.Unlock()
	_, _ = o.to.Write(p) // a log that can't be written has nowhere to say so
	return true
}

func (o *outlet) turnTo(w io.Writer) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.to = w
}

// Write takes a line of the node's log: `[:0000000a/2] text`.
func (s *logSink) Write(p []byte) (int, error) {
	address, generation, text := splitLine(strings.TrimSuffix(string(p), "\n"))
	l := s.line(address, text)
	if l.Level == "debug" {
		return len(p), nil // for those who ask: `tail --level debug`
	}
	_, err := s.out.Write(s.written(l, generation))
	return len(p), err
}

// logf writes a line of devnode's own.
func (s *logSink) logf(format string, args ...any) {
	if l := s.line(0, fmt.Sprintf(format, args...)); l.Level != "debug" {
		s.writeOwn(l)
	}
}

// own takes a line about what was typed at the node's own prompt: it is for who
// follows the log elsewhere, and for its file, where there is one.
func (s *logSink) own(text string, toFile bool) {
	if l := s.line(0, text); toFile {
		s.writeOwn(l)
	}
}

// writeOwn writes a line of devnode's own. Where nobody reads the log the line is
// left out, and counted: the console answers on.
func (s *logSink) writeOwn(l console.LogLine) {
	line, patience, leftOut := s.written(l, 0), outletPatience, s.leftOut.Swap(0)
	if leftOut > 0 {
		said := console.LogLine{Time: s.now(), Level: "warn", Text: fmt.Sprintf("%d lines of devnode's own were left out: the log was full", leftOut)}
		line, patience = append(s.written(said, 0), line...), 0
	}
	if !s.out.writeSoon(line, patience) {
		s.leftOut.Add(leftOut + 1)
	}
}

// line puts a line into the journal.
func (s *logSink) line(address console.Address, text string) console.LogLine {
	l := console.LogLine{Time: s.now(), Level: levelOf(text), Address: address, Text: text}
	s.journal.Append(l)
	return l
}

// written is a line as it is written, as text or as JSON.
func (s *logSink) written(l console.LogLine, generation int) []byte {
	if s.asJSON {
		return asJSON(l, generation)
	}
	speaker := "devnode"
	if l.Address != 0 {
		speaker = l.Address.String()
	}
	if generation > 0 {
		speaker += "/" + strconv.Itoa(generation)
	}
	return fmt.Appendf(nil, "[%s] %s\n", speaker, l.Text)
}

// asJSON is a line as one object.
func asJSON(l console.LogLine, generation int) []byte {
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
	if err != nil { // no text is like that
		return nil
	}
	return append(line, '\n')
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
	if failedReload.MatchString(text) {
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

// failedReload fits the line of a reload that failed.
var failedReload = regexp.MustCompile(`^reload \S+ failed\b`)

// comesAndGoes fits the lines of a console's client on this machine that did
// nothing out of the ordinary: each `devnode exec` is one.
var comesAndGoes = regexp.MustCompile(`^console (127\.\S+|\[::1\]\S*|unix\S*): (dis)?connected$`)
