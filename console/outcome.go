package console

import (
	"strings"
	"time"
)

// Outcome is what came of a reload, or of a save, for one service.
type Outcome struct {
	Word      string   // "patched", "patched, 1 stale", "reloaded", "unchanged", "launched", "failed"
	Why       string   // a service was reloaded, not patched
	Functions []string // with new code
	Values    []string // `limit 5 -> 6`
	Kept      []string // what the new code goes on with, where that isn't what its text begins with
	Lost      []string // what is gone
	Stale     []string // what goes on in old code
	Found     []string // services that go on, and that the new start function got again
	Left      []string // services that go on, and that it didn't launch again
	Notes     []string
	Unread    int // connections that nobody reads any more
	Times     []Span
}

// Span is a part of the time that a reload took.
type Span struct {
	Name string
	Took time.Duration
}

// members are the outcome for --json; what is empty is left out.
func (o Outcome) members() object {
	if o.Word == "" {
		return nil
	}
	doc := object{{"outcome", o.Word}}
	if o.Why != "" {
		doc = append(doc, member{"why", o.Why})
	}
	for _, list := range []struct {
		name  string
		words []string
	}{
		{"functions", o.Functions}, {"values", o.Values}, {"kept", o.Kept}, {"lost", o.Lost}, {"stale", o.Stale},
		{"goes_on", o.Found}, {"no_longer_launched", o.Left}, {"notes", o.Notes},
	} {
		if len(list.words) > 0 {
			doc = append(doc, member{list.name, list.words})
		}
	}
	if o.Unread > 0 {
		doc = append(doc, member{"unread_connections", o.Unread})
	}
	times := object{}
	for _, s := range o.Times {
		times = append(times, member{s.Name, s.Took.Seconds()})
	}
	return append(doc, member{"times", times})
}

// spans are the times in one line.
func (o Outcome) spans() string {
	var words []string
	for _, s := range o.Times {
		words = append(words, s.Name+" "+duration(s.Took))
	}
	return strings.Join(words, ", ")
}
