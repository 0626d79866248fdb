package runtime

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"devnode/runtime/hotpatch"
)

// A patch replaces functions inside the living VM, where a reload makes a new
// one: state, connections and tasks stay. The files are compared with those
// that run (patchsource.go); if nothing but function bodies differs, all living
// functions of theirs are looked for (patchroots.go) and get the new code, and
// for the local variables that it uses those that lived with the old
// (patchjoin.go). Calls that are under way go on in the new code where they have
// a place there (patchframes.go), and else end in the old (patchstale.go).
//
// Prototypes belong to all VMs that run the same source, so they are never
// changed: each function is given another.

// KindPatched is the Kind of a record of a patch.
const KindPatched = "patched"

// Patch brings services up to date with their files by replacing functions in
// place, each wholly or not at all: what can't be patched is refused, with the
// reason, and nothing has changed then. Of the options it takes Files,
// Saved, Trigger, Try and Patience. It returns a record for each service, in order; one that succeeded
// has the kind KindPatched and, since other code runs now, a new generation
// number.
func (n *Node) Patch(ctx context.Context, targets []Handle, options ReloadOptions) []ReloadRecord {
	source := n.newPatchSource(options.Files)
	records := make([]ReloadRecord, len(targets))
	asked := make([]*patching, len(targets))
	for i, h := range targets {
		asked[i], records[i] = n.beginPatch(h, options, source)
	}
	for i, p := range asked {
		if p != nil {
			records[i] = p.await(ctx)
		}
	}
	return records
}

// patching is a patch that a service was asked for.
type patching struct {
	service *Service
	record  ReloadRecord
	options ReloadOptions
	nothing bool        // is to be changed: a reload that is being prepared is ended, whenever there is time
	claimed atomic.Bool // by the service, which patches, or by who waits, who gives up
	done    chan ReloadRecord
}

// beginPatch asks a service for a patch. Without one, the record says why.
func (n *Node) beginPatch(h Handle, options ReloadOptions, source *patchSource) (*patching, ReloadRecord) {
	record := ReloadRecord{Service: h, At: time.Now(), Trigger: options.Trigger, Kind: KindPatched}
	since := options.timeBefore()
	record.Notice, record.Settle, record.Plan = since.notice, since.settle, since.plan
	began := n.elapsed()
	s, fl, err := n.patchable(h)
	if err != nil {
		record.Err = err
		return nil, record
	}
	record.Script = s.script
	files, older, refused := source.changed(fl)
	record.Compile = n.elapsed() - began
	p := &patching{service: s, record: record, options: options, nothing: refused == nil && len(files) == 0, done: make(chan ReloadRecord, 1)}
	begun := n.change(s, func(s *Service) {
		if !p.nothing && !p.claimed.CompareAndSwap(false, true) {
			return
		}
		record := p.record
		if refused == nil && s.code != nil && s.code.files != fl {
			refused = errors.New("it was reloaded meanwhile")
		}
		s.patchNow(&record, files, older, refused, began, options)
		if record.Err != nil && s.code != nil && !options.Try {
			s.tried = fl.with(options.Files)
			s.publish()
		}
		p.done <- record
	})
	if !begun {
		record.Err = fmt.Errorf("%s: %w", h, ErrNoService)
		return nil, record
	}
	return p, ReloadRecord{}
}

// await waits until the service has answered, or gives the patch up with ctx, or
// when it takes too long.
func (p *patching) await(ctx context.Context) ReloadRecord {
	record, late := p.answered(ctx)
	if late == nil {
		return record
	}
	if p.nothing {
		return p.record
	}
	if !p.claimed.CompareAndSwap(false, true) {
		return <-p.done // it is at it
	}
	s := p.service
	p.record.Err = fmt.Errorf("patch %s (%s): no answer: %w; %s", s.actor.Handle(), s.script, late, s.busyWith())
	if p.options.Try {
		p.record.Err = errors.New(s.busyWith())
	}
	return p.record
}

// longestQueue is how long a patch waits for a service whose turn doesn't come.
const longestQueue = 10 * time.Second

// answered waits for the service's answer, unless one message takes it longer than
// the patience. Where its turn is yet to come, as on a busy machine, it is waited
// for: a reload would lose what a patch keeps.
func (p *patching) answered(ctx context.Context) (record ReloadRecord, late error) {
	var look <-chan time.Time
	if p.options.Patience > 0 {
		ticker := time.NewTicker(p.options.Patience)
		defer ticker.Stop()
		look = ticker.C
	}
	for began := time.Now(); ; {
		select {
		case record = <-p.done:
			return record, nil
		case <-ctx.Done():
			return record, ctx.Err()
		case <-look:
			at := p.service.progress()
			if at.Running && at.Since >= p.options.Patience || time.Since(began) >= longestQueue {
				return record, context.DeadlineExceeded
			}
		}
	}
}

// patchable finds a service of the user's and the files that it has loaded.
func (n *Node) patchable(h Handle) (*Service, *files, error) {
	s, err := n.Service(h)
	if err != nil {
		return nil, nil, err
	}
	if s.native != nil {
		return nil, nil, fmt.Errorf("%s (%s) is one of the node's own services", h, s.script)
	}
	st := s.standing.Load()
	if st == nil || st.files == nil {
		return nil, nil, fmt.Errorf("%s has not finished its start function yet", s.script)
	}
	return s, st.files, nil
}

// patchNow plans the patch and carries it out, or notes why it is refused.
func (s *Service) patchNow(record *ReloadRecord, files, older []*hotpatch.Change, refused error, began time.Duration, options ReloadOptions) {
	n := s.node
	at := n.elapsed()
	var p *hotpatch.Patch
	err := refused
	if s.code != nil && err == nil && len(files) == 0 {
		record.Took = n.elapsed() - began
		s.stay(record, options.Quiet)
		return
	}
	if err == nil || s.code != nil && s.code.declines() != nil {
		p, err = s.planPatch(files, older)
	}
	if s.code != nil {
		record.From, record.Generation = s.code.number, s.code.number
	}
	if err != nil {
		record.Took = n.elapsed() - began
		if options.Try {
			record.Err = err
			return
		}
		record.Err = refusal(err)
		if !options.Quiet {
			s.log("%s", record.Summary())
		}
		n.events.emit(Event{Kind: EventReloadFailed, Service: s.actor.Handle(), Script: s.script, Generation: record.From, Text: record.Err.Error(), Record: record})
		if s.code != nil {
			s.record(*record)
		}
		return
	}
	g := s.code
	record.Report = g.applyPatch(p, files, options.Files)
	record.Generation, record.files = g.number, g.files.state()
	record.Hash = hashOfFiles(record.files)
	record.Switch = n.elapsed() - at
	record.Took = n.elapsed() - began
	if record.Settle > 0 {
		record.SinceSave = record.Notice + record.Settle + record.Plan + record.Took
	}
	s.tried = nil
	s.record(*record)
	if !options.Quiet {
		s.log("%s", record.Summary())
	}
	n.events.emit(Event{Kind: EventPatched, Service: s.actor.Handle(), Script: s.script, Generation: g.number, Text: record.Summary(), Record: record})
}

// stay is what a patch or a reload does to a service that runs the wanted files
// already: a reload that is being prepared is given up, and a failure is mended.
func (s *Service) stay(record *ReloadRecord, quiet bool) {
	if s.upgrade != nil {
		s.upgrade.abort(ErrSuperseded)
	}
	s.tried = nil
	record.Kind, record.From, record.Generation = KindPatched, s.code.number, s.code.number
	if _, failure := s.lastReload(); failure == "" {
		s.publish()
		return
	}
	record.files = s.code.files.state()
	record.Hash = hashOfFiles(record.files)
	record.Mended = true
	s.record(*record)
	if !quiet {
		s.log("%s", record.Summary())
	}
	s.node.events.emit(Event{Kind: EventMended, Service: s.actor.Handle(), Script: s.script, Generation: record.Generation, Text: record.Summary(), Record: record})
}
