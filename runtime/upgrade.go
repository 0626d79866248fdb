package runtime

import (
	"errors"
	"fmt"
	"time"

	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/internal/actor"
	"devnode/runtime/internal/attach"
	"devnode/runtime/lua/vm"
)

// reloadHooks are what a generation has asked require "reload" for.
type reloadHooks struct {
	accepts  []lua.LValue
	disposes []lua.LValue
	declined string
	version  lua.LValue // given to reload.migrate
	migrate  lua.LValue
	classes  []classSwap
}

// reloads are what g has asked require "reload" for, to be read.
func (g *Generation) reloads() *reloadHooks {
	if g.reload == nil {
		return &reloadHooks{}
	}
	return g.reload
}

// forReload is reloads, to be added to.
func (g *Generation) forReload() *reloadHooks {
	if g.reload == nil {
		g.reload = &reloadHooks{}
	}
	return g.reload
}

// upgrade is a reload in progress.
type upgrade struct {
	service   *Service
	options   ReloadOptions
	next      *Generation
	fresh     map[string]lua.LValue // kept state that next has introduced
	given     map[string]lua.LValue // kept state that next has asked for, fresh or not
	unkept    []string              // names of kept state that a variable has taken over
	began     time.Duration
	record    ReloadRecord
	ready     func(*upgrade, error) // told once it can be committed, or has failed
	caller    *Task                 // the task that called reload()
	deadline  *actor.Alarm          // of limit
	over      chan struct{}         // closed once what it limits is over
	lagging   *actor.Alarm          // of tellIfSlow
	due       []*Task               // of next, that would run if they weren't held back
	carry     *carry                // what next takes over by name; nil where that is nothing, or it hasn't begun
	settled   bool                  // ready was told
	expiry    *actor.Alarm          // of the wait for the old generation before a migration
	migrating bool
	holding   bool   // requests wait until the kept state has its new shape
	done      func() // told once the switch was made, or given up
}

// beginUpgrade starts the preparation of a new generation. ready is told once,
// between two messages of the service.
func (s *Service) beginUpgrade(options ReloadOptions, args []lua.LValue, source *snapshot, caller *Task, ready func(*upgrade, error)) *upgrade {
	u := &upgrade{service: s, options: options, ready: ready, caller: caller, began: s.node.elapsed()}
	u.record = ReloadRecord{Service: s.actor.Handle(), Script: s.script, At: time.Now(), Trigger: options.Trigger, Why: options.Why[s.actor.Handle()], ReloadTimes: ReloadTimes{Notice: options.before.notice, Settle: options.before.settle, Plan: options.before.plan}}
	if w := options.warm; w != nil {
		u.record.Read, u.record.Compile = w.read, w.compile
	}
	if s.code != nil {
		u.record.From, u.record.Generation = s.code.number, s.code.number
	}
	switch {
	case s.code == nil || s.leaving != nil:
		u.settle(fmt.Errorf("%w: it has ended", ErrNoService))
		return u
	case !s.code.started:
		u.settle(fmt.Errorf("%s has not finished its start function yet", s.script))
		return u
	}
	if options.Needed && s.code.files.hold(options.Files) {
		s.stay(&u.record, options.Quiet)
		u.settle(ErrUpToDate)
		return u
	}
	if s.upgrade != nil {
		s.upgrade.abort(ErrSuperseded)
	}
	s.upgrade = u
	if err := s.code.declines(); err != nil {
		s.tried = s.code.files.with(options.Files)
		u.abort(err)
		return u
	}
	u.prepare(args, source)
	return u
}

// declines is why g can't be exchanged live, if it has said so.
func (g *Generation) declines() error {
	if g.reloads().declined == "" {
		return nil
	}
	return fmt.Errorf("%s declines to be reloaded: %s", g.service.script, g.reloads().declined)
}

// prepare loads the new generation while the old one serves.
func (u *upgrade) prepare(args []lua.LValue, source *snapshot) {
	s := u.service
	s.lastGeneration++
	u.next = s.newGeneration(s.lastGeneration, newFiles(source, s.node))
	u.next.again = s.code.launchesFor()
	s.publish()
	s.states.Tell(attach.Prepared, u.next.attached())
	s.node.events.emit(Event{Kind: EventPreparing, Service: s.actor.Handle(), Script: s.script, Generation: u.next.number, Text: u.options.Trigger})
	u.limit("its start")
	u.tellIfSlow()
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
		u.record.Start = s.node.elapsed() - u.began
		if err != nil {
			u.abort(err)
			return
		}
		u.settle(nil)
	})
}

// limit ends a part of the reload that runs code of the new generation and
// outlasts the deadline, and has one that computes for long take turns with the
// old code. stopClocks ends it.
func (u *upgrade) limit(part string) {
	s, g := u.service, u.next
	n := s.node
	timeout := n.config.ReloadTimeout
	over := make(chan struct{})
	u.over = over
	u.deadline = actor.SetAlarm(timeout, func() {
		n.do(s, func(s *Service) {
			if s.upgrade == u && u.over == over {
				u.abort(fmt.Errorf("%s outlasts %s%s", part, timeout, g.doing()))
			}
		})
	})
	slices := time.NewTicker(sliceLength)
	machine := g.vm
	n.natives.Go(func() {
		defer slices.Stop()
		for {
			select {
			case <-over:
				return
			case <-slices.C:
				machine.Interrupt()
			}
		}
	})
}

// slow is how long a preparation takes before the log says where it is.
const slow = time.Second

// tellIfSlow has the log say so when the preparation goes on for long.
func (u *upgrade) tellIfSlow() {
	s := u.service
	u.lagging = actor.SetAlarm(slow, func() {
		s.node.do(s, func(s *Service) {
			if s.upgrade == u && !u.settled {
				u.next.log("reload %s: generation %d is still being prepared%s", s.script, u.next.number, u.next.doing())
			}
		})
	})
}

// sliceLength is how long a preparation runs before messages get their turn.
const sliceLength = 5 * time.Millisecond

// yieldTurn lets the service's other messages go first, if g is being prepared.
// It is called between two instructions of g.
func (g *Generation) yieldTurn(f *vm.Fiber) error {
	s := g.service
	if s.upgrade == nil || s.upgrade.next != g || s.actor.Mailbox.Len() == 0 || s.running == nil {
		return nil
	}
	if f.Closing() { // it can't wait, and the service has others to serve
		return errors.New("a __close method takes too long in a generation that is being prepared")
	}
	t := s.running
	g.interruptedChunk = t.kind == taskChunk
	s.node.push(s, s.controlMessage(func(s *Service) {
		g.interruptedChunk = false
		if t.state == taskActive {
			s.step(t)
		}
	}), s.worker)
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
	u.tookUntilNow()
	if err == nil {
		u.pauseTasks()
	}
	u.ready(u, err)
}

// tookUntilNow notes how long the reload has taken so far.
func (u *upgrade) tookUntilNow() {
	u.record.Took = u.record.Read + u.record.Compile + u.service.node.elapsed() - u.began
}

func (u *upgrade) stopClocks() {
	u.lagging.Stop()
	if u.over != nil {
		u.deadline.Stop()
		close(u.over)
		u.over = nil
	}
}

// abort drops the new generation; the old one never stopped serving.
func (u *upgrade) abort(err error) {
	s := u.service
	if s.upgrade != u {
		return
	}
	if t := s.running; t != nil && t.gen == u.next { // it has killed the start function
		s.node.do(s, func(*Service) { u.abort(err) })
		return
	}
	u.drop(err)
	u.tellFailed(err)
}

// drop is abort, but that nobody is told yet.
func (u *upgrade) drop(err error) {
	s := u.service
	s.upgrade = nil
	s.starting.Store(false)
	if g := u.next; g != nil {
		g.files.settle()
		s.tried = g.files
		g.takeBack()
		g.states.Tell(attach.Aborted, g.attached())
		s.states.Tell(attach.Aborted, g.attached())
		g.close("the reload was given up", s.leaving == nil)
		u.record.Unrestored = u.carry.giveUp()
		if s.lastGeneration == g.number { // the number was never seen to serve
			s.lastGeneration--
		}
	}
	u.stopClocks()
	u.tookUntilNow()
	u.record.Err = err
	s.record(u.record)
	s.publish()
}

// tellFailed tells everybody of a reload that was dropped.
func (u *upgrade) tellFailed(err error) {
	s := u.service
	switch {
	case u.options.Quiet:
	case s.leaving == nil:
		if !u.options.Quiet {
			s.log("%s", u.record.Summary())
		}
	case !u.settled:
		s.log("reload %s was given up: %s", s.script, err)
	}
	s.node.events.emit(Event{Kind: EventReloadFailed, Service: s.actor.Handle(), Script: s.script, Generation: u.record.From, Text: err.Error(), Record: &u.record})
	u.settle(err) // who is told finds all of it in the log, the history and the list
	u.finish()
}

// commit makes the new generation the one that answers, and tells done when
// that has happened or failed. Where the shape of the kept state changes, the
// old generation finishes first, while requests wait.
func (u *upgrade) commit(done func()) {
	s := u.service
	if s.upgrade != u || s.leaving != nil {
		if u.record.Err == nil {
			u.record.Err = fmt.Errorf("%w: it has ended", ErrNoService)
		}
		done()
		return
	}
	u.done = done
	if err := s.code.declines(); err != nil {
		u.abort(err)
		return
	}
	if u.mustMigrate() {
		u.hold()
		return
	}
	u.change()
}

// change is the switch: from here the new generation answers.
func (u *upgrade) change() {
	s := u.service
	at := s.node.elapsed()
	old, next := s.code, u.next
	u.carry.commit()
	s.runHooks(old, "reload.dispose", old.reloads().disposes)
	s.upgrade = nil
	if u.ignoresShape() {
		defer next.log("reload %s: the kept state has version %s, and generation %d has no reload.migrate: it goes on with the state as it is", s.script, s.shape(), next.number)
	}
	s.adoptKept(u)
	next.reloads().swapClasses()
	s.code, s.tried = next, nil
	next.files.settle()
	next.giveNames()
	if u.options.Args != nil {
		s.args = u.options.Args
	}
	s.draining = append(s.draining, old)
	old.draining = true
	u.record.Generation, u.record.files = next.number, next.files.state()
	u.record.Hash = hashOfFiles(u.record.files)
	u.record.Switch = s.node.elapsed() - at
	u.tookUntilNow()
	if !u.options.Saved.IsZero() {
		u.record.SinceSave = time.Since(u.options.Saved)
	}
	u.carry.tell(&u.record)
	s.states.Tell(attach.Replacing, old.attached())
	u.cutBackground(old)
	s.runHooks(next, "reload.accept", next.reloads().accepts)
	next.states.Tell(attach.Switched, next.attached())
	s.states.Tell(attach.Switched, next.attached())
	u.resumePaused()
	next.tellLaunches(&u.record)
	u.record.Unread = s.states.Unread()
	s.record(u.record)
	if !u.options.Quiet {
		s.log("%s", u.record.Summary())
	}
	s.node.events.emit(Event{Kind: EventReloaded, Service: s.actor.Handle(), Script: s.script, Generation: next.number, Text: u.record.Summary(), Record: &u.record})
	u.drain(old)
	s.publish()
	s.inspectKept(next)
	u.finish()
}

// finish lets the requests that waited go on, and tells whoever waits.
func (u *upgrade) finish() {
	u.holding = false
	u.carry = nil // generations hold on to u, and must not to those before them
	if u.done != nil {
		u.done()
		u.done = nil
	}
	u.service.releaseHeld()
}
