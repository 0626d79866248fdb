package console

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// liveCommands go on until they are told to end: ^C or q on a terminal, the next
// line from a program.
func liveCommands(b Backend) []*Command {
	cs := []*Command{{
		Name: "top", Group: "live", Live: true,
		flags: []option{
			{name: "--by", arg: "COLUMN", help: "sort by cpu (default), message, mailbox, memory or task"},
			{name: "--every", arg: "TIME", help: "how often to look, 1s by default; a program that doesn't ask gets one table"},
			{name: "-n", arg: "ROWS", help: "show so many services at most"},
			{name: "-m", help: "measure the memory, as --by memory does; without it, memory is shown where it is known"},
		},
		Summary: "Watch cpu, messages, mailbox and memory of the services, sorted",
		Detail:  "cpu is the share of one core, message a rate per second, both since the last look. Ends with q or ^C, for a program with its next line.",
		run:     runTop,
	}}
	if b.Journal != nil {
		cs = append(cs, &Command{
			Name: "tail", Group: "live", Args: "[ADDR]", max: 1, Live: true, complete: []completer{completeServices},
			flags: []option{
				{name: "--level", arg: "LEVEL", help: "only error, warn (and worse), info (the default) or debug, which says who connects, too"},
				{name: "-n", arg: "LINES", help: "begin with so many lines from before, 10 by default"},
				{name: "--once", help: "only the lines from before"},
				{name: "--events", help: "instead of the log, what happens to services: launched, exited, preparing, reloaded, patched, reload-failed, mended, draining, drained, endless"},
			},
			Summary: "Follow the log, of one service or of all",
			Detail:  "Ends with q or ^C, for a program with its next line. Lines that come faster than they are read are dropped and counted.",
			Example: "tail worker --level warn",
			run:     runTail,
		})
	}
	return cs
}

// until is the channel that ends a live command; nil, when there is nobody to
// end it, makes it show what is there and return.
func (r *request) until() <-chan struct{} {
	if r.shell.ended == nil {
		return nil
	}
	return r.shell.ended()
}

// liveEnd is the result of a live command whose context ended: the time that
// --timeout gave it is no error.
func liveEnd(ctx context.Context) (Result, error) {
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return nothing{}, nil
	}
	return nil, errInterrupted
}

func runTail(ctx context.Context, r *request) (Result, error) {
	var filter tailFilter
	if r.word(0) != "" {
		s, err := r.service(ctx, 0)
		if err != nil {
			return nil, err
		}
		filter.only, filter.one = s.Address, true
	}
	level := r.flags["--level"]
	if filter.least = severity(level); filter.least < 0 {
		return nil, hint(fmt.Errorf("tail: no level %q", level), "--level warn")
	}
	n, err := r.number("-n", 10)
	if err != nil {
		return nil, err
	}
	j := r.backend().Journal
	if r.has("--events") {
		if j = r.backend().Events; j == nil {
			return nil, errors.New("tail: this node tells of no events")
		}
	}
	lines, next, _, more := j.since(0)
	lines = slices.DeleteFunc(lines, func(l LogLine) bool { return !filter.wants(l) })
	lines = lines[max(0, len(lines)-n):]
	var stop <-chan struct{}
	if !r.has("--once") {
		stop = r.until()
	}
	for {
		for _, l := range lines {
			if !filter.wants(l) {
				continue
			}
			if err := r.shell.show(logRow(l), r.json); err != nil {
				return nil, err
			}
		}
		if stop == nil {
			return nothing{}, nil
		}
		if err := r.shell.flushed(); err != nil {
			return nil, err
		}
		select {
		case <-more:
		case <-stop:
			return nothing{}, nil
		case <-ctx.Done():
			return liveEnd(ctx)
		}
		var lost uint64
		if lines, next, lost, more = j.since(next); lost > 0 {
			lines = append([]LogLine{{Level: "warn", Text: fmt.Sprintf("… %d lines were dropped", lost)}}, lines...)
		}
	}
}

type tailFilter struct {
	one   bool
	only  Address
	least int
}

func (f tailFilter) wants(l LogLine) bool {
	return (!f.one || l.Address == f.only) && severity(l.Level) >= f.least
}

// severity orders the levels; one that isn't known is below all.
func severity(level string) int {
	if level == "" {
		level = "info"
	}
	return slices.Index([]string{"debug", "info", "warn", "error"}, level)
}

// number reads a flag that is a count.
func (r *request) number(flag string, otherwise int) (int, error) {
	if !r.has(flag) {
		return otherwise, nil
	}
	n, err := strconv.Atoi(r.flags[flag])
	if err != nil || n < 0 {
		return 0, fmt.Errorf("%s: %s: %q is no count", r.cmd.Name, flag, r.flags[flag])
	}
	return n, nil
}

// logRow is one line of the log.
type logRow LogLine

func (l logRow) level() string { return cmp.Or(l.Level, "info") }

func (l logRow) plain() string {
	if l.Kind != "" {
		return strings.Join([]string{l.Time.Format("15:04:05.000"), l.Kind, l.Address.String(), oneLine(l.Script), strconv.Itoa(l.Generation), oneLine(l.Text)}, "\t") + "\n"
	}
	return strings.Join([]string{l.Time.Format("15:04:05.000"), oneLine(l.level()), l.Address.String(), oneLine(l.Text)}, "\t") + "\n"
}

func (l logRow) pretty(s style) string {
	out := Printable(l.Text)
	if l.Kind != "" {
		out = fmt.Sprintf("%s %s, generation %d: %s", l.Kind, Printable(l.Script), l.Generation, out)
	}
	switch l.Level {
	case "error":
		out = s.red(out)
	case "debug":
		out = s.dim(out)
	}
	return fmt.Sprintf("%s %s %s\n", s.dim(l.Time.Format("15:04:05")), s.dim(l.Address.String()), out)
}

func (l logRow) document() any {
	if l.Kind != "" {
		doc := object{{"time", l.Time.Format(time.RFC3339Nano)}, {"event", l.Kind}, {"address", l.Address.String()},
			{"script", l.Script}, {"generation", l.Generation}}
		if l.File != "" {
			doc = append(doc, object{{"file", l.File}, {"line", l.Line}}...)
		}
		return append(append(doc, member{"text", l.Text}), l.Outcome.members()...)
	}
	return object{{"time", l.Time.Format(time.RFC3339Nano)}, {"level", l.level()}, {"address", l.Address.String()}, {"text", l.Text}}
}

// nothing is the result of a command that has shown its results already.
type nothing struct{}

func (nothing) plain() string       { return "" }
func (nothing) pretty(style) string { return "" }
func (nothing) document() any       { return nil }
