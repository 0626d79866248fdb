package live

import (
	"fmt"
	"slices"

	"devnode/runtime"
)

// split parts records into those of scripts that have a service among others, which
// are to be reloaded yet, and the rest: what came of a script is told at once.
func (r *Reloader) split(records []runtime.ReloadRecord, others []runtime.Handle) (rest, later []runtime.ReloadRecord) {
	awaited := map[string]bool{}
	for _, h := range others {
		awaited[r.scriptOf(h)] = true
	}
	for _, rec := range records {
		if awaited[rec.Script] {
			later = append(later, rec)
		} else {
			rest = append(rest, rec)
		}
	}
	return rest, later
}

func (r *Reloader) scriptOf(h runtime.Handle) string {
	info, err := r.node.Info(h)
	if err != nil {
		return ""
	}
	return info.Script
}

// tell has the log say what came of services, in a line for each script. What failed,
// and what is mended, is told by the failures.
func (r *Reloader) tell(records []runtime.ReloadRecord) {
	records = slices.DeleteFunc(slices.Clone(records), func(rec runtime.ReloadRecord) bool {
		word := rec.Word()
		return word == "failed" || word == "unchanged"
	})
	r.node.LogOutcomes(records, r.options.Times)
}

// asides are what is said of services that a save leaves alone, a line for each
// script.
type asides []aside

type aside struct {
	script, text string
	services     []runtime.Handle
}

func (as *asides) add(script string, h runtime.Handle, text string) {
	for i := range *as {
		if a := &(*as)[i]; a.script == script && a.text == text {
			a.services = append(a.services, h)
			return
		}
	}
	*as = append(*as, aside{script, text, []runtime.Handle{h}})
}

func (as *asides) log(log func(string, ...any)) {
	for _, a := range *as {
		who := fmt.Sprintf("%s %s is", a.script, a.services[0])
		if n := len(a.services); n > 1 {
			who = fmt.Sprintf("%s is in %d services", a.script, n)
		}
		log("%s %s", who, a.text)
	}
}
