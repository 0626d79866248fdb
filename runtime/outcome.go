package runtime

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"devnode/runtime/hotpatch"
)

// What came of a reload is said in the same words everywhere: by the log, `list`,
// `history`, `check`, the events and --json.

// Word is what became of the service: "launched", "patched", "patched, 2 stale",
// "reloaded", "unchanged", "given up" for a newer reload, or "failed".
func (r ReloadRecord) Word() string {
	switch {
	case errors.Is(r.Err, ErrUpToDate):
		return "unchanged"
	case errors.Is(r.Err, ErrSuperseded):
		return "given up"
	case r.Err != nil:
		return "failed"
	case r.From == 0:
		return "launched"
	case r.Kind != KindPatched:
		return "reloaded"
	case r.From == r.Generation:
		return "unchanged"
	}
	return patchedWord(r.StaleCalls())
}

func patchedWord(stale int) string {
	if stale > 0 {
		return fmt.Sprintf("patched, %d stale", stale)
	}
	return "patched"
}

// StaleCalls is how many calls go on in old code after a patch.
func (r ReloadRecord) StaleCalls() int {
	n := 0
	for _, s := range r.Report.Stale {
		n += s.Count
	}
	return n
}

// What is what a reload that succeeded has changed, kept and lost, and why it was no
// patch, in one line.
func (r ReloadRecord) What() string {
	if r.Kind == KindPatched {
		return patchText(r.Report, staleTexts(r))
	}
	return strings.TrimPrefix(r.Why+stateText(r), "; ")
}

// Brief is What in a few words, for `list` and `history`.
func (r ReloadRecord) Brief() string {
	if r.Kind == KindPatched {
		return r.Report.Words()
	}
	return r.What()
}

func patchText(report hotpatch.Report, stale []string) string {
	text := report.Text()
	for _, old := range stale {
		text += "; stale: " + old
	}
	return text
}

func staleTexts(r ReloadRecord) []string {
	var list []string
	for _, old := range r.Report.Stale {
		list = append(list, old.String())
	}
	return list
}

// stateText is what a reload has kept and lost, for the log; empty if that is nothing.
func stateText(r ReloadRecord) string {
	text := ""
	add := func(what string, names []string) {
		if len(names) > 0 {
			text += "; " + what + " " + shortList(names)
		}
	}
	add("kept:", r.Kept)
	add("goes on:", r.Found)
	add("lost:", r.Lost)
	add("no longer launched:", r.Left)
	add("what its start function changed stays changed in", r.Unrestored)
	switch r.Unread {
	case 0:
	case 1:
		text += "; 1 connection has no reader"
	default:
		text += fmt.Sprintf("; %d connections have no reader", r.Unread)
	}
	return text
}

// Summary is the record in one line, without its times.
func (r ReloadRecord) Summary() string {
	text := fmt.Sprintf("reload %s", r.Script)
	switch word := r.Word(); {
	case r.Err != nil && r.From == 0:
		return fmt.Sprintf("reload %s failed: %s", r.Service, r.Err)
	case r.Err != nil:
		return fmt.Sprintf("%s %s, generation %d goes on%s: %s", text, word, r.From, stateText(r), r.Err)
	case word == "unchanged":
		text += fmt.Sprintf(": generation %d runs these files already", r.From)
	default:
		text += fmt.Sprintf(": %s, generation %d -> %d", word, r.From, r.Generation) + after(": ", r.What())
	}
	return text + after("; ", r.Trigger)
}

// after is text behind sep, where there is any.
func after(sep, text string) string {
	if text == "" {
		return ""
	}
	return sep + text
}

// Times say where the time of a reload went, from the save on where it was for one.
func (r ReloadRecord) Times() string {
	var parts []string
	add := func(name string, d time.Duration) { parts = append(parts, name+" "+milliseconds(d)) }
	text := "in " + milliseconds(r.Took)
	if r.SinceSave > 0 {
		text += ", live " + milliseconds(r.SinceSave) + " after the save"
		add("notice", r.Notice)
		add("settle", r.Settle)
		add("plan", r.Plan)
	}
	if r.Kind != KindPatched {
		add("read", r.Read)
	}
	add("compile", r.Compile)
	if r.Kind != KindPatched {
		add("start", r.Start)
	}
	add("switch", r.Switch)
	return text + ": " + strings.Join(parts, ", ")
}

func milliseconds(d time.Duration) string {
	return fmt.Sprintf("%.2f ms", float64(d)/float64(time.Millisecond))
}

// maxNamed bounds the names that a line has of each kind.
const maxNamed = 8

// shortList joins names, the first few of them.
func shortList(names []string) string {
	if more := len(names) - maxNamed; more > 0 {
		return fmt.Sprintf("%s and %d more", strings.Join(names[:maxNamed], ", "), more)
	}
	return strings.Join(names, ", ")
}
