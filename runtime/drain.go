package runtime

import (
	"fmt"
	"slices"
	"strings"
)

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
	old.expiry = setAlarm(timeout, func() {
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
		s.log("reload %s: 1 task of generation %d was cut: %s", s.script, g.number, list)
	default:
		s.log("reload %s: %d tasks of generation %d were cut: %s", s.script, len(cut), g.number, list)
	}
	g.retire()
}

// retire frees a generation that has nothing left to do.
func (g *Generation) retire() {
	if g.retired {
		return
	}
	g.retired = true
	g.expiry.stop()
	s := g.service
	s.draining = slices.DeleteFunc(s.draining, func(d *Generation) bool { return d == g }) // clears what is behind, too
	g.finalize()
	s.publish()
	s.node.events.emit(Event{Kind: EventDrained, Service: s.handle, Script: s.script, Generation: g.number})
}
