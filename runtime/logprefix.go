package runtime

import (
	"fmt"

	"devnode/runtime/internal/logshare"
	"devnode/runtime/lua/vm"
)

// Once a service has had more than one generation, its lines of the log say which
// one speaks, as in `[:0000000a/2]`, and so do its tracebacks.

// edition is the number of the generation, 0 while there is only one.
func (g *Generation) edition() int {
	if g == nil || g.service.lastGeneration < 2 {
		return 0
	}
	return g.number
}

// edition is the number of the generation that serves, 0 while there is only one.
// It may be called from any goroutine.
func (s *Service) edition() int {
	if st := s.standing.Load(); st != nil && st.Generation > 1 {
		return st.Generation
	}
	return 0
}

// editionText is what the head of a traceback says of g.
func (g *Generation) editionText() string {
	if n := g.edition(); n > 0 {
		return fmt.Sprintf("generation %d", n)
	}
	return ""
}

// log writes a line to the node's log in the service's name, as of the generation
// that serves.
func (s *Service) log(format string, args ...any) {
	s.logAs(s.code, format, args...)
}

// log writes a line in the service's name, as of g.
func (g *Generation) log(format string, args ...any) {
	g.service.logAs(g, format, args...)
}

// logFrom writes what a task has to say, in its turn (logshare.Share). f is the fiber that
// runs.
func (s *Service) logFrom(f *vm.Fiber, t *Task, text string) {
	text = cutMiddle(text, maxLogText)
	if !s.logged.Admit(f, logshare.Cost(text)) {
		return
	}
	d := RawData(text)
	d.Shared = true
	d.Generation = t.gen.edition()
	s.node.send(s, handleLogger, PTypeText, 0, d)
}

func (s *Service) logAs(g *Generation, format string, args ...any) {
	text := format
	if len(args) > 0 {
		text = fmt.Sprintf(format, args...)
	}
	s.node.logLine(s.actor.Handle(), g.edition(), text)
}
