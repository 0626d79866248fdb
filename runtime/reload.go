package runtime

import (
	"context"
	"fmt"
	"strings"
	"time"

	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/vm"
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
	// Fresh drops the kept state.
	Fresh bool
	// Now answers the callers of the old code with an error instead of
	// letting it finish.
	Now bool
	// Files are the contents of files, by absolute path, that have been read
	// already; a nil content stands for a file that is gone. Others are read
	// from disk.
	Files map[string][]byte
	// Drain overrides the node's DrainTimeout; 0 doesn't.
	Drain time.Duration
}

// ReloadRecord is one entry of a service's history.
type ReloadRecord struct {
	Service    Handle
	Script     string
	Generation int // that runs after it
	From       int // that ran before; 0 at the launch
	Hash       Hash
	At         time.Time
	Trigger    string
	Took       time.Duration // in all
	Read       time.Duration // of it, reading and compiling
	Start      time.Duration // of it, the main chunk and the start function
	Switch     time.Duration // of it, the switch
	Err        error         // why it failed; nil if it succeeded
	Warnings   []string

	contents map[string][]byte // the files that the generation loaded
}

// reloadHooks are what a generation has asked require "reload" for.
type reloadHooks struct {
	done     func(error) // told of the end of the start function
	accepts  []lua.LValue
	disposes []lua.LValue
	declined string
}

// upgrade is a reload in progress.
type upgrade struct {
	service  *Service
	options  ReloadOptions
	next     *Generation
	fresh    map[string]lua.LValue // kept state that next has introduced
	began    time.Duration
	record   ReloadRecord
	ready    func(*upgrade, error) // told once it can be committed, or has failed
	caller   *Task                 // the task that called reload()
	deadline *time.Timer
	slices   *time.Ticker
	over     chan struct{}
	settled  bool // ready was told
}

// Reload reloads services as one batch: all are prepared from the same bytes
// before any is switched; one that fails stays as it is and stops none of the
// others. It waits until the new generations serve, not until the old ones
// have drained, and returns a record for each service, in order.
func (n *Node) Reload(ctx context.Context, targets []Handle, options ReloadOptions) []ReloadRecord {
	return n.reload(ctx, targets, options, snapshotOf(options.Files))
}

func (n *Node) reload(ctx context.Context, targets []Handle, options ReloadOptions, source *snapshot) []ReloadRecord {
	records := make([]ReloadRecord, len(targets))
	upgrades := make([]chan *upgrade, len(targets))
	for i, h := range targets {
		prepared := make(chan *upgrade, 1)
		upgrades[i] = prepared
		records[i] = ReloadRecord{Service: h, At: time.Now(), Trigger: options.Trigger}
		s, err := n.Service(h)
		if err == nil && s.native != nil {
			err = fmt.Errorf("%s (%s) is one of the node's own services", h, s.script)
		}
		if err != nil {
			records[i].Err = err
			continue
		}
		n.warm(s, source)
		record := &records[i]
		if !n.do(s, func(s *Service) {
			s.beginUpgrade(options, nil, source, nil, func(u *upgrade, err error) {
				*record = u.record
				if err != nil {
					u = nil
				}
				prepared <- u
			})
		}) {
			records[i].Err = ErrNoService
			close(prepared)
		}
	}
	for i := range targets {
		if records[i].Err != nil || upgrades[i] == nil {
			continue
		}
		u := <-upgrades[i]
		if u == nil {
			continue
		}
		done := make(chan struct{})
		n.do(u.service, func(*Service) {
			u.commit()
			records[i] = u.record
			close(done)
		})
		<-done
	}
	return records
}

// warm reads and compiles what the service has loaded so far, on the caller's
// goroutine, so that the service itself loses no time with it.
func (n *Node) warm(s *Service, source *snapshot) {
	st := s.standing.Load()
	if st == nil || st.files == nil {
		return
	}
	for path := range st.files.contents() {
		if data, err := source.read(path); err == nil {
			_ = data
		}
	}
}

// beginUpgrade starts the preparation of a new generation. ready is told once,
// between two messages of the service.
func (s *Service) beginUpgrade(options ReloadOptions, args []lua.LValue, source *snapshot, caller *Task, ready func(*upgrade, error)) {
	u := &upgrade{service: s, options: options, ready: ready, caller: caller, began: s.node.elapsed(), over: make(chan struct{})}
	u.record = ReloadRecord{Service: s.handle, Script: s.script, At: time.Now(), Trigger: options.Trigger}
	switch {
	case s.code == nil || s.leaving != nil:
		u.settle(fmt.Errorf("%w: it has ended", ErrNoService))
		return
	case !s.code.started:
		u.settle(fmt.Errorf("%s has not finished its start function yet", s.script))
		return
	case s.code.reload.declined != "":
		u.settle(fmt.Errorf("%s declines to be reloaded: %s", s.script, s.code.reload.declined))
		return
	}
	u.record.From, u.record.Generation = s.code.number, s.code.number
	if s.upgrade != nil {
		s.upgrade.abort(fmt.Errorf("given up for a newer reload"))
	}
	s.upgrade = u
	u.prepare(args, source)
}

// prepare loads the new generation while the old one serves.
func (u *upgrade) prepare(args []lua.LValue, source *snapshot) {
	s := u.service
	s.lastGeneration++
	u.next = s.newGeneration(s.lastGeneration, newFiles(source, s.node.config.Loaded))
	s.publish()
	u.limit()
	switch {
	case args != nil:
	case u.options.Args != nil:
		args = argValues(u.options.Args)
	default:
		args = argValues(s.args)
	}
	u.next.load(args, func(err error) {
		if s.upgrade != u || u.settled {
			return
		}
		u.record.Start = s.node.elapsed() - u.began - u.record.Read
		if err != nil {
			u.abort(err)
			return
		}
		u.settle(nil)
	})
}

// limit ends a preparation that outlasts its deadline, and has one that
// computes for long take turns with the old code.
func (u *upgrade) limit() {
	s, g := u.service, u.next
	n := s.node
	timeout := n.config.ReloadTimeout
	u.deadline = time.AfterFunc(timeout, func() {
		n.do(s, func(s *Service) {
			if s.upgrade == u && !u.settled {
				u.abort(fmt.Errorf("its start outlasts %s%s", timeout, g.doing()))
			}
		})
	})
	u.slices = time.NewTicker(sliceLength)
	machine := g.vm
	n.natives.Go(func() {
		for {
			select {
			case <-u.over:
				return
			case <-u.slices.C:
				machine.Interrupt()
			}
		}
	})
}

// sliceLength is how long a preparation runs before messages get their turn.
const sliceLength = 5 * time.Millisecond

// yieldTurn lets the service's other messages go first, if g is being prepared.
// It is called between two instructions of g.
func (g *Generation) yieldTurn(f *vm.Fiber) error {
	s := g.service
	if s.upgrade == nil || s.upgrade.next != g || s.box.len() == 0 || s.running == nil {
		return nil
	}
	t := s.running
	s.node.push(s, message{ptype: ptypeControl, data: controlData(func(s *Service) {
		if t.state == taskActive {
			s.step(t)
		}
	})}, s.worker)
	f.Park()
	return nil
}

// settle tells that the preparation is over, one way or the other.
func (u *upgrade) settle(err error) {
	if u.settled {
		return
	}
	u.settled = true
	u.stopClocks()
	u.record.Err = err
	u.record.Took = u.service.node.elapsed() - u.began
	u.ready(u, err)
}

func (u *upgrade) stopClocks() {
	if u.deadline != nil {
		u.deadline.Stop()
		u.slices.Stop()
		u.deadline = nil
		close(u.over)
	}
}

// abort drops the new generation; the old one never stopped serving.
func (u *upgrade) abort(err error) {
	s := u.service
	if s.upgrade != u {
		return
	}
	s.upgrade = nil
	if g := u.next; g != nil {
		for _, name := range g.names {
			s.node.handles.unname(name, s.handle)
		}
		for _, child := range g.children {
			s.node.terminate(child, fmt.Errorf("the generation that launched it was dropped"))
		}
		g.close("the reload was given up")
	}
	already := u.settled
	u.settle(err)
	u.record.Err = err
	s.record(u.record)
	s.publish()
	if !already || s.leaving == nil {
		s.log("reload %s failed, generation %d goes on: %s", s.script, u.record.From, err)
	}
	s.node.events.emit(Event{Kind: EventReloadFailed, Service: s.handle, Script: s.script, Generation: u.record.From, Text: err.Error()})
}

// commit is the switch: from here the new generation answers.
func (u *upgrade) commit() {
	s := u.service
	if s.upgrade != u || s.leaving != nil {
		if u.record.Err == nil {
			u.record.Err = fmt.Errorf("%w: it has ended", ErrNoService)
		}
		return
	}
	at := s.node.elapsed()
	old, next := s.code, u.next
	s.runHooks(old, old.reload.disposes)
	s.upgrade = nil
	s.adoptKept(u)
	s.code = next
	next.files.settle()
	if u.options.Args != nil {
		s.args = u.options.Args
	}
	s.draining = append(s.draining, old)
	old.draining = true
	u.record.Generation, u.record.Hash = next.number, next.scriptHash()
	u.record.contents = next.files.contents()
	u.record.Switch = s.node.elapsed() - at
	u.record.Took = s.node.elapsed() - u.began
	s.record(u.record)
	s.log("%s", u.record.Summary())
	s.node.events.emit(Event{Kind: EventReloaded, Service: s.handle, Script: s.script, Generation: next.number, Text: u.record.Summary()})
	s.runHooks(next, next.reload.accepts)
	u.drain(old)
	s.publish()
}

// drain lets the old generation finish what it was asked.
func (u *upgrade) drain(old *Generation) {
	s := u.service
	if u.caller != nil && u.caller.gen == old {
		s.kill(u.caller, "its handler has reloaded the service")
	}
	old.cutBackground("its service was reloaded")
	if u.options.Now {
		old.cut("its service was reloaded with --now")
		return
	}
	old.settle()
	if old.retired {
		return
	}
	timeout := u.options.Drain
	if timeout <= 0 {
		timeout = s.node.config.DrainTimeout
	}
	old.expiry = time.AfterFunc(timeout, func() {
		s.node.do(s, func(*Service) {
			if !old.retired {
				old.cut(fmt.Sprintf("generation %d was still at it %s after the reload", old.number, timeout))
			}
		})
	})
}

// cut ends what a replaced generation still does; the callers get an error,
// the log the list of the tasks.
func (g *Generation) cut(reason string) {
	s := g.service
	var cut []string
	for _, t := range g.tasks() {
		if t.state != taskOver {
			cut = append(cut, t.describe())
			s.kill(t, reason)
		}
	}
	for r := range g.responses {
		cut = append(cut, fmt.Sprintf("response for session %d of %s", r.request.session, r.request.source))
	}
	g.failDeferred(reason)
	if len(cut) > 0 {
		s.log("reload %s: %d tasks of generation %d were cut: %s", s.script, len(cut), g.number, strings.Join(cut, "; "))
	}
	g.retire()
}

// retire frees a generation that has nothing left to do.
func (g *Generation) retire() {
	if g.retired {
		return
	}
	g.retired = true
	if g.expiry != nil {
		g.expiry.Stop()
	}
	s := g.service
	for i, d := range s.draining {
		if d == g {
			s.draining = append(s.draining[:i:i], s.draining[i+1:]...)
			break
		}
	}
	g.finalize()
	s.publish()
	s.node.events.emit(Event{Kind: EventDrained, Service: s.handle, Script: s.script, Generation: g.number})
}

// adoptKept makes the state that the new generation has introduced the
// service's, and drops what a fresh reload drops.
func (s *Service) adoptKept(u *upgrade) {
	if u.options.Fresh || s.kept == nil {
		s.kept = make(map[string]lua.LValue)
	}
	for name, v := range u.fresh {
		s.kept[name] = v
	}
}

// runHooks calls functions of a generation, one after another, without
// waiting for those that block.
func (s *Service) runHooks(g *Generation, hooks []lua.LValue) {
	for _, fn := range hooks {
		t := g.newTask(taskMain, fn, nil)
		s.step(t)
	}
}

// Summary is the record in one line.
func (r ReloadRecord) Summary() string {
	if r.Err != nil {
		return fmt.Sprintf("reload %s failed after %s, generation %d goes on: %s", r.Script, milliseconds(r.Took), r.From, r.Err)
	}
	why := ""
	if r.Trigger != "" {
		why = ": " + r.Trigger
	}
	return fmt.Sprintf("reload %s: generation %d -> %d in %s (read %s, start %s, switch %s)%s", r.Script, r.From, r.Generation,
		milliseconds(r.Took), milliseconds(r.Read), milliseconds(r.Start), milliseconds(r.Switch), why)
}

func milliseconds(d time.Duration) string {
	return fmt.Sprintf("%.2f ms", float64(d)/float64(time.Millisecond))
}
