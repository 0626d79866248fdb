package runtime

import (
	"context"
	"fmt"
	"time"

	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/hotpatch"
)

// A reload replaces the code of a service in place: a new generation is
// prepared beside the one that serves (beginUpgrade), takes over between two
// messages (commit), and the old one finishes what it was asked (drain) before
// it is freed (retire). A preparation that fails changes nothing (abort).

// ReloadOptions say how a service is reloaded.
type ReloadOptions struct {
	// Args replace the arguments of the script; nil keeps them.
	Args []string
	// Trigger says what asked for the reload, for the log: `saved echo.lua`.
	Trigger string
	// Why says, in a few words for the log, why services are reloaded where
	// something less might have been expected: `not patched: a call is new`.
	Why map[Handle]string
	// Saved is when the files were saved that it is for; zero if it is for none.
	Saved time.Time
	// Noticed is when that was heard of; zero stands for Saved.
	Noticed time.Time
	// Settled is when they were known to be whole; what passes from then to the
	// beginning was spent on planning. Zero stands for the beginning.
	Settled time.Time
	// Begun, if set, is called once all preparations have begun: a reload of the
	// same services from then on is a newer one.
	Begun func()
	// Try has a patch that is refused leave no trace in log and history: what
	// asked for it has another way.
	Try bool
	// Needed has services that run the given Files already, by the time that the
	// reload would begin, left as they are: ErrUpToDate.
	Needed bool
	// Quiet has services say nothing in the log of what came of it: who asked does,
	// for all of them together ([Node.LogOutcomes]).
	Quiet bool
	// Patience is how long one message may keep a service from beginning with a patch; 0
	// is no limit.
	Patience time.Duration
	// Fresh drops the kept state, and takes nothing over by name.
	Fresh bool
	// Anew has services take nothing over by name; the kept state stays.
	Anew map[Handle]bool
	// Now answers the callers of the old code with an error instead of
	// letting it finish.
	Now bool
	// Files are the contents of files, by absolute path, that have been read
	// already; a nil content stands for a file that is gone. Others are read
	// from disk.
	Files map[string][]byte
	// Drain overrides the node's DrainTimeout; 0 doesn't.
	Drain time.Duration

	warm   *warmed   // what was read and compiled ahead
	drains *drainLog // of all services of the batch
	before before
}

// ReloadRecord is one entry of a service's history.
type ReloadRecord struct {
	Service    Handle
	Script     string
	Generation int  // that runs after it
	From       int  // that ran before; 0 at the launch
	Hash       Hash // over all files that it runs
	At         time.Time
	Trigger    string
	Why        string // of ReloadOptions
	ReloadTimes
	Err    error           // why it failed; nil if it succeeded
	Kind   string          // "patched", or empty for a reload
	Report hotpatch.Report // what a patch has done
	TakenOver
	Mended bool // it runs what it ran before, and a failure is over by that

	files map[string]*loadedFile // that the generation loaded
}

// ReloadTimes are how long a reload took, from the save that it was for.
type ReloadTimes struct {
	Notice    time.Duration // from the save until it was heard of
	Settle    time.Duration // from there until its files were whole
	Plan      time.Duration // from there to the beginning
	Took      time.Duration // from the beginning, in all
	Read      time.Duration // of it, reading files
	Compile   time.Duration // of it, compiling
	Start     time.Duration // of it, the main chunk and the start function
	Switch    time.Duration // of it, the switch
	SinceSave time.Duration // from the save that it was for to its end
}

// TakenOver is what a reload has taken over of the code before, and what not.
type TakenOver struct {
	Kept       []string // what a reload took over by name from the code before, where it is not as at first
	Lost       []string // what is gone with that code: variables, timers, forks
	Found      []string // services that the code before had launched, and that were not launched again
	Left       []string // those that go on, but that the new code didn't launch
	Unread     int      // connections that were read before, and that nobody reads
	Unrestored []string // variables in which what a start that failed has changed stays
}

// Reload reloads services as one batch: all are prepared from the same bytes
// before any is switched; one that fails stays as it is and stops none of the
// others. It waits until the new generations serve, not until the old ones
// have drained, and returns a record for each service, in order.
func (n *Node) Reload(ctx context.Context, targets []Handle, options ReloadOptions) []ReloadRecord {
	return n.reload(ctx, targets, options, snapshotOf(options.Files))
}

func (n *Node) reload(ctx context.Context, targets []Handle, options ReloadOptions, source *snapshot) []ReloadRecord {
	options.before = options.timeBefore()
	options.drains = &drainLog{node: n}
	records := make([]ReloadRecord, len(targets))
	prepared := make([]*preparing, len(targets))
	for i, h := range targets {
		records[i] = ReloadRecord{Service: h, At: time.Now(), Trigger: options.Trigger}
		if s, err := n.Service(h); err == nil {
			records[i].Script = s.script
		}
		prepared[i], records[i].Err = n.prepare(h, options, source)
	}
	if options.Begun != nil {
		options.Begun()
	}
	ready := make([]preparation, len(targets))
	for i := range targets {
		if records[i].Err == nil {
			ready[i] = n.awaitPrepared(ctx, records[i], prepared[i])
			records[i] = ready[i].record
		}
	}
	for i := range targets {
		if records[i].Err == nil {
			records[i] = n.switchOver(ctx, ready[i])
		}
	}
	options.drains.tell()
	return records
}

// before is what passes from a save to the beginning of what it leads to.
type before struct{ notice, settle, plan time.Duration }

// timeBefore splits the time from the save to this moment.
func (o ReloadOptions) timeBefore() before {
	if o.Saved.IsZero() {
		return before{}
	}
	noticed, settled := o.Noticed, o.Settled
	if noticed.IsZero() {
		noticed = o.Saved
	}
	if settled.IsZero() {
		settled = time.Now()
	}
	return before{noticed.Sub(o.Saved), settled.Sub(noticed), time.Since(settled)}
}

// preparation is the end of one: what can be committed, or why nothing can.
type preparation struct {
	upgrade *upgrade
	record  ReloadRecord
}

// preparing is a preparation that a service was asked for.
type preparing struct {
	upgrade *upgrade // the service's own; nil until it has begun
	done    chan preparation
}

// prepare has a service begin its reload.
func (n *Node) prepare(h Handle, options ReloadOptions, source *snapshot) (*preparing, error) {
	s, err := n.Service(h)
	if err != nil {
		return nil, err
	}
	if s.native != nil {
		return nil, fmt.Errorf("%s (%s) is one of the node's own services", h, s.script)
	}
	options.warm = n.warm(s, source)
	p := &preparing{done: make(chan preparation, 1)}
	begun := n.change(s, func(s *Service) {
		p.upgrade = s.beginUpgrade(options, nil, source, nil, func(u *upgrade, err error) {
			p.done <- preparation{u, u.record}
		})
	})
	if !begun {
		return nil, fmt.Errorf("%s: %w", h, ErrNoService)
	}
	return p, nil
}

// awaitPrepared waits for the end of a preparation. If ctx ends first, the
// reload is given up.
func (n *Node) awaitPrepared(ctx context.Context, record ReloadRecord, prepared *preparing) preparation {
	select {
	case p := <-prepared.done:
		return p
	case <-ctx.Done():
	}
	record.Err = fmt.Errorf("reload %s: %w", record.Service, ctx.Err())
	if s, err := n.Service(record.Service); err == nil {
		n.do(s, func(s *Service) {
			if u := prepared.upgrade; u != nil {
				u.abort(record.Err)
			}
		})
	}
	return preparation{record: record}
}

// switchOver commits a preparation.
func (n *Node) switchOver(ctx context.Context, p preparation) ReloadRecord {
	done := make(chan ReloadRecord, 1)
	if !n.change(p.upgrade.service, func(*Service) {
		p.upgrade.commit(func() { done <- p.upgrade.record })
	}) {
		p.record.Err = fmt.Errorf("%s: %w", p.record.Service, ErrNoService)
		return p.record
	}
	select {
	case p.record = <-done:
	case <-ctx.Done():
		p.record.Err = fmt.Errorf("reload %s: the switch waits for generation %d to answer what it was asked: %w", p.record.Service, p.record.From, ctx.Err())
	}
	return p.record
}

// warmed is what was read and compiled ahead of a reload. It keeps the
// compiled code alive until the reload has found it.
type warmed struct {
	read, compile time.Duration
	code          []*lua.FunctionProto
}

// warm reads and compiles what the service has loaded so far, on the caller's
// goroutine, so that the service itself loses no time with it. Errors show
// when the service loads the file.
func (n *Node) warm(s *Service, source *snapshot) *warmed {
	w := &warmed{}
	st := s.standing.Load()
	if st == nil || st.files == nil {
		return w
	}
	began := n.elapsed()
	contents := make(map[string][]byte)
	for _, path := range st.files.names() {
		if data, err := source.read(path); err == nil {
			contents[path] = data
		}
	}
	w.read = n.elapsed() - began
	for path, data := range contents {
		if code, err := n.compiler.compileAhead(data, "@"+path, &n.firstValues); err == nil {
			w.code = append(w.code, code)
		}
	}
	w.compile = n.elapsed() - began - w.read
	return w
}
