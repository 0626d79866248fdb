package runtime

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// Outcome is what one reload did to the services of one script, however many they
// are, in one line of the log.
type Outcome struct {
	Script   string
	Services []Handle
	Failed   bool
	Text     string
	Times    string // where the time went, of the service that took longest
}

// Outcomes sums up records, script by script. What failed is apart, by its reason.
// Services that run what they ran before are left out.
func Outcomes(records []ReloadRecord) []Outcome {
	groups := make(map[string][]ReloadRecord)
	var keys []string
	for _, r := range records {
		key := r.Script
		switch word := r.Word(); {
		case word == "unchanged" && !r.Mended:
			continue
		case r.Err != nil:
			key += "\x00" + word + strings.SplitN(r.Err.Error(), "\n", 2)[0]
		}
		if groups[key] == nil {
			keys = append(keys, key)
		}
		groups[key] = append(groups[key], r)
	}
	var list []Outcome
	for _, key := range keys {
		list = append(list, outcomeOf(groups[key]))
	}
	return list
}

// LogOutcomes writes Outcomes into the log: what concerns one service in its name, the
// rest in the node's. times adds where the time went.
func (n *Node) LogOutcomes(records []ReloadRecord, times bool) {
	for _, o := range Outcomes(records) {
		text := o.Text
		if times && !o.Failed {
			text += "; " + o.Times
		}
		n.logOutcome(o, text)
	}
}

func (n *Node) logOutcome(o Outcome, text string) {
	if len(o.Services) == 1 {
		if s := n.grab(o.Services[0]); s != nil {
			n.logLine(s.actor.Handle(), s.edition(), text)
			return
		}
	}
	n.logLine(0, 0, text)
}

func outcomeOf(records []ReloadRecord) Outcome {
	first := records[0]
	longest := first
	o := Outcome{Script: first.Script, Failed: first.Word() == "failed"}
	for _, r := range records {
		o.Services = append(o.Services, r.Service)
		if r.SinceSave > longest.SinceSave || r.SinceSave == longest.SinceSave && r.Took > longest.Took {
			longest = r
		}
	}
	o.Times = longest.Times()
	switch {
	case len(records) == 1:
		o.Text = first.Summary()
	case first.Err != nil:
		o.Text = fmt.Sprintf("reload %s %s in %d services, their old code goes on%s: %s", first.Script, first.Word(), len(records), stateText(together(records)), first.Err)
	default:
		o.Text = fmt.Sprintf("reload %s: ", first.Script) + partsOf(records) + after("; ", first.Trigger)
	}
	return o
}

// partsOf says of services that were patched what that did, and then of those that
// were reloaded.
func partsOf(records []ReloadRecord) string {
	byKind := make(map[string][]ReloadRecord)
	for _, r := range records {
		kind, _, _ := strings.Cut(r.Word(), ",")
		byKind[kind] = append(byKind[kind], r)
	}
	var parts []string
	for _, kind := range []string{"patched", "reloaded", "unchanged"} {
		if group := byKind[kind]; len(group) > 0 {
			parts = append(parts, partOf(group))
		}
	}
	return strings.Join(parts, "; ")
}

func partOf(records []ReloadRecord) string {
	all := together(records)
	word := all.Word()
	if word == "unchanged" {
		return fmt.Sprintf("%d services run these files already", len(records))
	}
	where := fmt.Sprintf(" in %d services", len(records))
	if len(records) == 1 {
		where = " in 1 service"
	}
	if sameGenerations(records) {
		where += fmt.Sprintf(", generation %d -> %d", all.From, all.Generation)
	}
	what := all.What()
	if all.Kind == KindPatched {
		if word = patchedWord(staleCalls(records)); word != "patched" {
			word += ","
		}
		what = patchText(all.Report, tally(records, staleTexts))
	}
	return word + where + after(": ", what)
}

func staleCalls(records []ReloadRecord) int {
	n := 0
	for _, r := range records {
		n += r.StaleCalls()
	}
	return n
}

func sameGenerations(records []ReloadRecord) bool {
	return !slices.ContainsFunc(records, func(r ReloadRecord) bool {
		return r.From != records[0].From || r.Generation != records[0].Generation
	})
}

// together is a record with what all of some have done, each thing once.
func together(records []ReloadRecord) ReloadRecord {
	if len(records) == 1 {
		return records[0]
	}
	all := records[0]
	all.Unread = 0
	for _, r := range records {
		all.Unread += r.Unread
		for _, fn := range r.Report.Functions {
			if !slices.Contains(all.Report.Functions, fn) {
				all.Report.Functions = append(all.Report.Functions[:len(all.Report.Functions):len(all.Report.Functions)], fn)
			}
		}
	}
	all.Report.Stale = nil
	all.Why = strings.Join(tally(records, func(r ReloadRecord) []string { return slices.DeleteFunc([]string{r.Why}, isEmpty) }), ", ")
	all.Report.Values = tally(records, func(r ReloadRecord) []string { return r.Report.Values })
	all.Report.Kept = tally(records, func(r ReloadRecord) []string { return r.Report.Kept })
	all.Report.Notes = tally(records, func(r ReloadRecord) []string { return r.Report.Notes })
	all.Kept = tally(records, func(r ReloadRecord) []string { return r.Kept })
	all.Lost = tally(records, func(r ReloadRecord) []string { return r.Lost })
	all.Found = tally(records, func(r ReloadRecord) []string { return r.Found })
	all.Left = tally(records, func(r ReloadRecord) []string { return r.Left })
	all.Unrestored = tally(records, func(r ReloadRecord) []string { return r.Unrestored })
	return all
}

func isEmpty(s string) bool { return s == "" }

// inParticular is what may differ between services in lines that say the same.
var inParticular = regexp.MustCompile(`"[^"]*"|[0-9.]+|\b(entry|entries|timers?|forks?|true|false|nil)\b`)

// tally lists what records say, each thing once: those that differ in figures only
// by the first of them. What not all of them say is followed by how many do.
func tally(records []ReloadRecord, of func(ReloadRecord) []string) []string {
	type said struct {
		text  string
		like  bool // others say it with other figures
		count int
	}
	var list []*said
	known := make(map[string]*said)
	for _, r := range records {
		for _, text := range of(r) {
			shape := inParticular.ReplaceAllString(text, "#")
			s := known[shape]
			if s == nil {
				s = &said{text: text}
				known[shape] = s
				list = append(list, s)
			}
			s.count++
			s.like = s.like || s.text != text
		}
	}
	var texts []string
	for _, s := range list {
		text := s.text
		if s.like {
			text += " or the like"
		}
		if s.count != len(records) || s.like {
			text += fmt.Sprintf(" (%d services)", s.count)
		}
		texts = append(texts, text)
	}
	return texts
}
