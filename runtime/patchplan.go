package runtime

import (
	"bytes"
	"errors"
	"fmt"

	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/vm"
)

// patch is what is going to be done to a service's code. It is made, and
// carried out, between two messages: nothing runs in between.
type patch struct {
	gen      *Generation
	files    []*patchFile
	living   map[*patchFile][]*livingFunction
	joiners  map[*patchFile]*joiner
	swaps    map[*lua.LFunction]swap
	fibers   []*vm.Fiber // whose frames may run what is swapped
	frames   []frameChange
	places   map[placeKey]placeFound
	goesOn   map[*lua.LFunction]bool // an activation of it goes on in the new code
	changed  []string                // the names of the functions with new code
	warnings []string
}

// swap is new code for a living function.
type swap struct {
	proto    *lua.FunctionProto
	upvalues []*lua.Upvalue
	same     bool // activations can go on in the new code
	running  bool // nothing refers to it but its activations
	file     *patchFile
	old      int // its number there
}

// neither is why a patch is refused, where a reload would be, too.
type neither struct{ error }

func (e neither) Unwrap() error { return e.error }

// refusal is the error of a patch that can't be, with what can be done instead.
func refusal(err error) error {
	if errors.As(err, &neither{}) {
		return err
	}
	return fmt.Errorf("can't be patched: %w: reload instead", err)
}

// planPatch finds out whether the service can run the new files by a patch. It
// changes nothing.
func (s *Service) planPatch(files []*patchFile) (*patch, error) {
	g := s.code
	switch {
	case g == nil || s.leaving != nil:
		return nil, neither{fmt.Errorf("%w: it has ended", ErrNoService)}
	case !g.started:
		return nil, neither{fmt.Errorf("%s has not finished its start function yet", s.script)}
	case g.declines() != nil:
		return nil, neither{g.declines()}
	case s.upgrade != nil:
		return nil, errors.New("a reload is in progress")
	case !vm.FramesKnown():
		return nil, errors.New("the frames of this version of gopher-lua are not known")
	}
	p := &patch{gen: g, files: files, living: make(map[*patchFile][]*livingFunction),
		joiners: make(map[*patchFile]*joiner), swaps: make(map[*lua.LFunction]swap), goesOn: make(map[*lua.LFunction]bool), places: make(map[placeKey]placeFound)}
	for _, f := range files {
		if !f.older && !g.files.holds(f.path, f.old) {
			return nil, fmt.Errorf("%s was loaded again meanwhile", f.path)
		}
	}
	p.find()
	for _, f := range p.files {
		if err := p.planFile(f); err != nil {
			return nil, err
		}
	}
	p.planFrames()
	for _, f := range p.files {
		if f.older {
			continue
		}
		if err := p.effective(f); err != nil {
			return nil, err
		}
	}
	return p, nil
}

// holds tells whether the file was loaded with this content.
func (fl *files) holds(path string, content []byte) bool {
	fl.mu.Lock()
	defer fl.mu.Unlock()
	data, ok := fl.loaded[path]
	return ok && bytes.Equal(data, content)
}

// find looks for the living functions of the files, first by what lasts, then
// by what only the start function or a task refers to.
func (p *patch) find() {
	g, how := p.gen, byState
	w := vm.NewWalker(func(fn *lua.LFunction) { p.found(fn, how) })
	g.walkState(w)
	how = byStart
	w.Value(g.start)
	how = byStack
	w.Stacks(g.fibers()...)
	p.fibers = w.Fibers()
	for _, other := range g.service.draining {
		p.fibers = append(append(p.fibers, other.fibers()...), other.vm.Coroutines()...)
	}
	seen := make(map[*lua.LFunction]bool)
	for _, list := range p.living {
		for _, l := range list {
			seen[l.fn] = true
		}
	}
	for _, f := range p.fibers {
		f.EachFrame(func(fn *lua.LFunction, _ int) *lua.LFunction {
			if !seen[fn] {
				seen[fn] = true
				p.found(fn, byFrame)
			}
			return nil
		})
	}
}

// found takes note of a function, if it is one of a changed file's.
func (p *patch) found(fn *lua.LFunction, how reachable) {
	for _, f := range p.files {
		if i, ok := f.index[fn.Proto]; ok {
			if fn == p.gen.start {
				how = max(how, byStart)
			}
			p.living[f] = append(p.living[f], &livingFunction{fn: fn, old: i, new: f.change.Old[i].Counterpart, reach: how})
			return
		}
	}
}

// planFile plans for all living functions of a file. What lasts must have new
// code; what only runs may go on in the old.
func (p *patch) planFile(f *patchFile) error {
	j := newJoiner(f, p.living[f], p.gen.files.cells[f.path])
	p.joiners[f] = j
	for _, l := range p.living[f] {
		if l.old == 0 {
			continue // the main chunk, running or kept: it has run
		}
		if l.new < 0 {
			if l.reach == byState {
				was := f.change.Old[l.old]
				return fmt.Errorf("%s is gone from the new code, but is still referred to%s", was.Name, f.at(was.Line))
			}
			continue
		}
		upvalues, err := j.join(l)
		if err == nil {
			same := sameCode(f.was[l.old], f.is[l.new])
			p.swaps[l.fn] = swap{f.is[l.new], upvalues, same, l.reach == byFrame, f, l.old}
		} else if l.reach == byState {
			return err
		}
	}
	return nil
}

// effective makes sure that each change can take effect: that the function, or
// one that makes it, may still be called.
func (p *patch) effective(f *patchFile) error {
	callable, concerns := make([]bool, len(f.change.Functions)), p.gen.service.concerns(f)
	for _, l := range p.living[f] {
		if _, ok := p.swaps[l.fn]; ok && (l.reach != byStart && l.reach != byFrame) {
			callable[l.new] = true
		} else if ok && p.goesOn[l.fn] {
			callable[l.new] = true
		}
	}
	for i := range f.change.Functions {
		fn := &f.change.Functions[i]
		if fn.Parent > 0 && callable[fn.Parent] {
			callable[i] = true // parents come first
		}
		if !fn.Changed || !concerns[i] {
			continue
		}
		if !callable[i] {
			return p.without(f, i)
		}
		p.changed = append(p.changed, fn.Name)
	}
	return nil
}

// without is the error of a change that would have no effect.
func (p *patch) without(f *patchFile, i int) error {
	fn := f.change.Functions[i]
	if start, ok := p.gen.start.(*lua.LFunction); ok && fn.Counterpart >= 0 && start.Proto == f.was[fn.Counterpart] {
		return fmt.Errorf("the start function changed, which has run%s", f.at(fn.Line))
	}
	for _, l := range p.living[f] {
		if l.new == i && l.reach == byStack {
			_, err := p.joiners[f].join(l)
			return err
		}
		if l.new == i && l.reach == byFrame {
			return fmt.Errorf("%s changed, which runs, and which nothing calls again%s", fn.Name, f.at(fn.Line))
		}
	}
	return fmt.Errorf("%s changed, which nothing calls any more%s", fn.Name, f.at(fn.Line))
}

// apply carries the patch out. It can't fail.
func (p *patch) apply() {
	p.keepRunning()
	for fn, sw := range p.swaps {
		fn.Proto, fn.Upvalues = sw.proto, sw.upvalues
	}
	p.moveFrames()
	p.remember()
	g := p.gen
	if g.files.cells == nil {
		g.files.cells = make(cellsByFile)
	}
	for _, f := range p.files {
		if g.files.cells[f.path] == nil {
			g.files.cells[f.path] = make(map[int]*lua.Upvalue)
		}
		p.joiners[f].remember(g.files.cells[f.path])
		g.files.replace(f.path, f.new)
	}
	for _, c := range g.stale() {
		p.warnings = append(p.warnings, c.String())
	}
	g.service.lastGeneration++
	g.number = g.service.lastGeneration
}

// replace notes that a loaded file runs with another content now.
func (fl *files) replace(path string, content []byte) {
	sum := HashOf(content)
	fl.mu.Lock()
	fl.loaded[path], fl.sums[path] = content, sum
	fl.mu.Unlock()
	if fl.tell != nil {
		fl.tell(path, sum)
	}
}
