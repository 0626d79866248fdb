package runtime

import (
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"devnode/runtime/internal/actor"
	"devnode/runtime/internal/attach"
)

// endOfCode is how a generation ends: what it has still to answer, and until when.
type endOfCode struct {
	responses   responses  // closures of skynet.response that it made
	ended       endedTasks // of requests, while it drains
	draining    bool
	drainsSince time.Duration // once it was found that it has to drain
	drains      *drainLog     // then
	retired     bool
	finalizing  bool                  // its __gc methods run for the last time
	cutOff      atomic.Pointer[error] // they have to end, and why
	expiry      *actor.Alarm          // ends the drain
}

// cutBackground ends what the old generation does for nobody who waits, and notes in
// the record what of it nobody starts anew.
func (u *upgrade) cutBackground(old *Generation) {
	if u.caller != nil && u.caller.gen == old {
		u.service.kill(u.caller, "its handler has reloaded the service")
	}
	old.ended = make(endedTasks)
	old.cutBackground("its service was reloaded")
	u.record.Lost = append(u.record.Lost, old.ended.words()...)
	clear(old.ended)
}

// drain lets the old generation finish what it was asked.
func (u *upgrade) drain(old *Generation) {
	s := u.service
	if u.options.Now {
		for _, g := range slices.Clone(s.draining) { // old, and those before it
			g.cut("its service was reloaded with --now")
		}
		return
	}
	old.settle()
	if old.retired {
		return
	}
	old.drainsSince = s.node.elapsed()
	what := old.pendingWork()
	if old.drains = u.options.drains; old.drains == nil {
		old.drains = &drainLog{node: s.node, told: true}
		old.log("reload %s: generation %d drains: %s", s.script, old.number, what)
	}
	old.drains.began(old, what)
	s.node.events.emit(Event{Kind: EventDraining, Service: s.actor.Handle(), Script: s.script, Generation: old.number, Text: what})
	timeout := u.options.Drain
	if timeout <= 0 {
		timeout = s.node.config.DrainTimeout
	}
	old.expiry = actor.SetAlarm(timeout, func() {
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
	g.keepResponses()
	for _, r := range g.responses {
		cut = append(cut, fmt.Sprintf("response for session %d of %s", r.request.session, r.request.source))
	}
	g.failDeferred(reason)
	switch list := strings.Join(cut, "; "); len(cut) {
	case 0:
	case 1:
		g.log("reload %s: 1 task of generation %d was cut: %s", s.script, g.number, list)
	default:
		g.log("reload %s: %d tasks of generation %d were cut: %s", s.script, len(cut), g.number, list)
	}
	g.retire()
}

// retire frees a generation that has nothing left to do.
func (g *Generation) retire() {
	if g.retired {
		return
	}
	g.retired = true
	g.expiry.Stop()
	s := g.service
	if g.successor != nil && g.drainsSince > 0 {
		g.successor.follow()
	}
	s.draining = slices.DeleteFunc(s.draining, func(d *Generation) bool { return d == g }) // clears what is behind, too
	if g.drainsSince > 0 {
		g.drains.over(g, s.node.elapsed()-g.drainsSince)
	}
	g.end()
	s.publish()
	s.node.events.emit(Event{Kind: EventDrained, Service: s.actor.Handle(), Script: s.script, Generation: g.number})
}

// pendingWork is how much g still has to do, in words.
func (g *Generation) pendingWork() string {
	tasks, responses := 0, len(g.responses)
	for t := g.first; t != nil; t = t.next {
		tasks++
	}
	switch {
	case responses == 0:
		return plural(tasks, "task")
	case tasks == 0:
		return plural(responses, "response")
	}
	return plural(tasks, "task") + ", " + plural(responses, "response")
}

// close ends the generation at once: its tasks are killed, their callers
// told, and its VM is closed. Where the service lives on, so does what the kept
// state holds of it.
func (g *Generation) close(reason string, livesOn bool) {
	if g.retired {
		return
	}
	g.retired = true
	g.expiry.Stop()
	if g.drains != nil {
		g.drains.over(g, g.service.node.elapsed()-g.drainsSince)
	}
	for _, t := range g.tasks() {
		g.service.kill(t, reason)
	}
	g.failDeferred(reason)
	if livesOn {
		g.end()
	} else {
		g.finalize()
	}
}

// finalize runs the __gc methods and frees the VM.
func (g *Generation) finalize() {
	g.runFinalizers()
	g.states.Tell(attach.Ended, nil)
	g.states = nil
	g.vm.Close()
	g.protos, g.byType = nil, [16]*protocol{}
	g.inits, g.start, g.filter, g.unknownRequest, g.unknownAnswer, g.infoFunc, g.replEnvs = nil, nil, nil, nil, nil, nil, nil
	g.reload, g.instances, g.successor = nil, nil, nil
	g.vm = nil
	g.service.node.sched.TidyAll()
	g.service.node.reclaim.Soon()
}

// settle looks, after one of its tasks has ended or answered, whether a
// generation that was replaced has anything left to do.
func (g *Generation) settle() {
	if u := g.service.upgrade; u != nil && u.holding && g == g.service.code {
		u.migrateWhenIdle()
		return
	}
	if !g.draining || g.retired {
		return
	}
	g.cutBackground("")
	if g.first == nil && len(g.responses) == 0 {
		g.retire()
	}
}

// cutBackground ends the tasks that work for nobody who waits.
func (g *Generation) cutBackground(reason string) {
	for _, t := range g.tasks() {
		if t.state != taskOver && t != g.service.running && !t.request.pending() {
			if g.ended != nil {
				g.ended.add(t)
			}
			g.service.kill(t, reason)
		}
	}
}

// failDeferred answers for the responses that were never fired.
func (g *Generation) failDeferred(reason string) {
	g.responses.fail(g.service, reason)
	g.responses = nil
}
