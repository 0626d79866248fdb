package backend

import (
	"time"

	"devnode/console"
	"devnode/runtime"
)

// outcome is a record in fields, for --json.
func outcome(r runtime.ReloadRecord) console.Outcome {
	o := console.Outcome{
		Word: r.Word(), Why: r.Why, Functions: r.Report.Functions, Values: r.Report.Values, Notes: r.Report.Notes,
		Kept: r.Kept, Lost: r.Lost, Found: r.Found, Left: r.Left, Unread: r.Unread, Times: spans(r),
	}
	if r.Err != nil {
		o.Why = "" // the error says it
	}
	if r.Kind == runtime.KindPatched {
		o.Kept = r.Report.Kept
	}
	for _, old := range r.Report.Stale {
		o.Stale = append(o.Stale, old.String())
	}
	return o
}

// Outcome is a record in fields, for a stream of events.
func Outcome(r *runtime.ReloadRecord) console.Outcome {
	if r == nil {
		return console.Outcome{}
	}
	return outcome(*r)
}

func spans(r runtime.ReloadRecord) []console.Span {
	list := []console.Span{{Name: "took", Took: r.Took}}
	add := func(name string, d time.Duration) {
		if d > 0 {
			list = append(list, console.Span{Name: name, Took: d})
		}
	}
	add("since_save", r.SinceSave)
	add("notice", r.Notice)
	add("settle", r.Settle)
	add("plan", r.Plan)
	add("read", r.Read)
	add("compile", r.Compile)
	add("start", r.Start)
	add("switch", r.Switch)
	return list
}
