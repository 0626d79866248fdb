package runtime

import (
	"context"
	"errors"
	"maps"
	"strings"

	"devnode/runtime/hotpatch"
)

// What Foresee answers.
const (
	PlanPatch   = "patch"   // the living VM takes in what the text changes
	PlanReload  = "reload"  // it takes a new generation
	PlanNothing = "nothing" // the service runs these files already
	PlanRestart = "restart" // the service declines to be reloaded
	PlanFail    = "fail"    // it is to be patched, and can't be
)

// Foresight says what is to be foreseen.
type Foresight struct {
	Files  map[string][]byte // as in ReloadOptions
	Reload string            // why it would be reloaded in any case; empty where a patch would do
	Patch  bool              // where that isn't enough it fails
	Anew   bool              // a reload would take over nothing by name
}

// Foresee tells what bringing a service to the files given would do, as the record
// that it would leave: what would be patched, or why it would be reloaded, and what
// would be kept, lost and stale. It runs no code of the new files but what a patch
// evaluates, and changes nothing. A service that doesn't answer before ctx ends can't
// be patched.
func (n *Node) Foresee(ctx context.Context, h Handle, o Foresight) (kind string, record ReloadRecord) {
	record = ReloadRecord{Service: h, From: 1, Generation: 2}
	s, fl, err := n.patchable(h)
	if err != nil {
		record.Why = err.Error()
		return PlanReload, record
	}
	record.Script = s.script
	source := n.newPatchSource(o.Files)
	changed, older, refused := source.changed(fl)
	if refused == nil && len(changed) == 0 {
		record.Kind, record.From = KindPatched, record.Generation
		return PlanNothing, record
	}
	type answer struct {
		kind   string
		record ReloadRecord
	}
	done := make(chan answer, 1)
	if n.do(s, func(s *Service) {
		kind, record := s.foresee(record, changed, older, refused, o)
		done <- answer{kind, record}
	}) {
		select {
		case a := <-done:
			return a.kind, a.record
		case <-ctx.Done():
		}
	}
	if refused == nil {
		refused = errors.New(s.busyWith())
	}
	record.Why = "not patched: " + causeLine(refused)
	return PlanReload, record
}

// Plan is Foresee in a few words.
func (n *Node) Plan(ctx context.Context, h Handle, files map[string][]byte) (kind, why string) {
	kind, record := n.Foresee(ctx, h, Foresight{Files: files})
	switch kind {
	case PlanNothing:
		return kind, "none of its files has changed"
	case PlanPatch:
		return kind, record.Brief()
	}
	return kind, strings.TrimPrefix(record.Why, "not patched: ")
}

func causeLine(err error) string {
	text, _, _ := strings.Cut(err.Error(), "\n")
	return strings.TrimPrefix(text, "lua loader error : ")
}

// foresee is Foresee's answer, of the service itself. refused is why the files can't
// become a patch, whatever the service says.
func (s *Service) foresee(record ReloadRecord, changed, older []*hotpatch.Change, refused error, o Foresight) (string, ReloadRecord) {
	if s.code == nil {
		return PlanNothing, record
	}
	if err := s.code.declines(); err != nil {
		record.Why = err.Error()
		return PlanRestart, record
	}
	record.From, record.Generation = s.code.number, s.lastGeneration+1
	if refused == nil && o.Reload == "" {
		p, err := s.planPatch(changed, older)
		if err == nil {
			record.Kind, record.Report = KindPatched, p.Report()
			record.Report.Stale = p.Foreseen(kindOfFiber)
			p.Cancel()
			return PlanPatch, record
		}
		refused = err
	}
	if o.Patch {
		record.Why = refusal(refused).Error()
		return PlanFail, record
	}
	if record.Why = o.Reload; record.Why == "" {
		record.Why = "not patched: " + causeLine(refused)
	}
	files := maps.Clone(o.Files)
	for _, c := range changed {
		if files == nil {
			files = make(map[string][]byte)
		}
		files[c.Path] = c.New
	}
	s.code.foresee(&record, files, o.Anew)
	return PlanReload, record
}
