package runtime

import (
	"fmt"
	"slices"
	"sync"
	"time"
)

// drainLog gathers what old generations that one save has left draining have to say,
// so that the log has a line for each script, however many services run it.
type drainLog struct {
	node *Node

	mu      sync.Mutex
	scripts []*drainingScript
	told    bool // all that drain have begun to
}

// drainingScript is the old generations of one script's services.
type drainingScript struct {
	script  string
	first   Handle // the first of the services, and the number of its generation
	number  int
	mixed   bool     // others have other numbers
	work    []string // what each has to do
	count   int
	left    int // that go on
	longest time.Duration
	ended   endedTasks
}

// began notes a generation that drains.
func (d *drainLog) began(g *Generation, work string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	var of *drainingScript
	for _, s := range d.scripts {
		if s.script == g.service.script {
			of = s
		}
	}
	if of == nil {
		of = &drainingScript{script: g.service.script, first: g.service.actor.Handle(), number: g.number, ended: make(endedTasks)}
		d.scripts = append(d.scripts, of)
	}
	of.count, of.left, of.mixed = of.count+1, of.left+1, of.mixed || of.number != g.number
	if !slices.Contains(of.work, work) {
		of.work = append(of.work, work)
	}
}

// over notes that a generation has drained.
func (d *drainLog) over(g *Generation, took time.Duration) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, s := range d.scripts {
		if s.script == g.service.script {
			s.left--
			s.longest = max(s.longest, took)
			for task, n := range g.ended {
				s.ended[task] += n
			}
			if s.left == 0 && d.told {
				d.tellOver(s)
			}
		}
	}
}

// tell is called once all that drain have begun to.
func (d *drainLog) tell() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.told = true
	for _, s := range d.scripts {
		work := s.work[0]
		if len(s.work) > 1 {
			work += " or the like"
		}
		d.log(s, fmt.Sprintf("drains%s: %s", inServices(s.count), work))
		if s.left == 0 {
			d.tellOver(s)
		}
	}
}

func (d *drainLog) tellOver(s *drainingScript) {
	text := fmt.Sprintf("retired%s after %s", inServices(s.count), s.longest.Round(time.Millisecond))
	if words := s.ended.words(); len(words) > 0 {
		text += "; lost: " + shortList(words)
	}
	d.log(s, text)
}

// log writes a line about a script's generations: about a single one in its name.
func (d *drainLog) log(s *drainingScript, text string) {
	which := fmt.Sprintf("generation %d", s.number)
	if s.mixed {
		which = "the former generation"
	}
	text = fmt.Sprintf("reload %s: %s %s", s.script, which, text)
	if s.count == 1 {
		d.node.logLine(s.first, s.number, text)
		return
	}
	d.node.logLine(0, 0, text)
}

func inServices(n int) string {
	if n == 1 {
		return ""
	}
	return fmt.Sprintf(" in %d services", n)
}
