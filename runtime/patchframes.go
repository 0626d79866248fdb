package runtime

import (
	"errors"
	"fmt"

	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/bytecode"
	"devnode/runtime/vm"
)

// A patch has the activations of functions that change go on in the new code,
// where syntax.Matching.Place finds their places there. The others go on in the
// old code: they are stale until they return, and so are named.

// frameChange is what a patch does to an activation of a changed function.
type frameChange struct {
	at    vm.Activation
	fn    *lua.LFunction
	place *bytecode.Place // nil where it goes on in the old code
	why   error           // then, unless it has nothing more to do, or drains anyway
}

// planFrames finds out how the activations of changed functions go on.
func (p *patch) planFrames() {
	seen := make(map[*vm.Fiber]bool)
	for _, fiber := range p.fibers {
		if seen[fiber] {
			continue
		}
		seen[fiber] = true
		for _, a := range fiber.Activations() {
			p.planFrame(a)
		}
	}
	p.dropUnmoved()
	for _, c := range p.frames {
		if c.place != nil {
			p.goesOn[c.fn] = true
		}
	}
}

func (p *patch) planFrame(a vm.Activation) {
	fn := a.Fn()
	sw, ok := p.swaps[fn]
	switch {
	case ok && sw.same:
		p.goesOn[fn] = p.goesOn[fn] || a.Fiber.VM() == p.gen.vm
		return
	case !ok && p.unchanged(fn):
		return
	}
	c := frameChange{at: a, fn: fn}
	switch {
	case a.Waiting() == vm.InTail || a.Fiber.VM() != p.gen.vm:
	case !ok:
		c.why = p.notJoined(fn)
	case a.Waiting() == vm.InCode:
		c.why = errors.New("it waits in no call of its own text")
	default:
		c.place, c.why = p.place(sw, a.Pc())
		if c.why == nil {
			if c.why = a.CanMove(c.place); c.why != nil {
				c.place = nil
			}
		}
	}
	p.frames = append(p.frames, c)
}

type placeKey struct {
	file    *patchFile
	old, pc int
}

type placeFound struct {
	place *bytecode.Place
	why   error
}

// place is Matching.Place, found once for all activations that wait in the same
// call, unless each has to have tables of its own.
func (p *patch) place(sw swap, pc int) (*bytecode.Place, error) {
	key := placeKey{sw.file, sw.old, pc}
	if found, ok := p.places[key]; ok {
		return found.place, found.why
	}
	place, err := sw.file.change.Place(sw.old, pc)
	if place == nil || !place.MakesTables() {
		p.places[key] = placeFound{place, err}
	}
	return place, err
}

// fileOf finds the changed file that fn is of, and its number there.
func (p *patch) fileOf(fn *lua.LFunction) (*patchFile, int) {
	for _, f := range p.files {
		if i, ok := f.index[fn.Proto]; ok {
			return f, i
		}
	}
	return nil, 0
}

// unchanged tells whether fn, which isn't given new code, may go on as it is.
func (p *patch) unchanged(fn *lua.LFunction) bool {
	f, i := p.fileOf(fn)
	if f == nil || i == 0 {
		return true
	}
	next := f.change.Old[i].Counterpart
	return next >= 0 && sameCode(f.was[i], f.is[next])
}

// notJoined is why a function that has changed can't be given its new code.
func (p *patch) notJoined(fn *lua.LFunction) error {
	f, i := p.fileOf(fn)
	for _, l := range p.living[f] {
		if l.fn == fn && l.new >= 0 {
			_, err := p.joiners[f].join(l)
			return err
		}
	}
	return fmt.Errorf("%s is gone", f.change.Old[i].Name)
}

// dropUnmoved leaves functions alone that only run, and not all of whose
// activations can go on in the new code: there is nobody else to call it.
func (p *patch) dropUnmoved() {
	fixed := make(map[*lua.LFunction]bool)
	for _, c := range p.frames {
		if c.place == nil && p.swaps[c.fn].running {
			fixed[c.fn] = true
		}
	}
	for i := range p.frames {
		if c := &p.frames[i]; fixed[c.fn] {
			if c.place, c.why = nil, orElse(c.why, "another activation of it can't go on in the new code"); c.at.Waiting() == vm.InTail {
				c.why = nil
			}
		}
	}
	for fn := range fixed {
		delete(p.swaps, fn)
	}
}

func orElse(err error, text string) error {
	if err == nil {
		return errors.New(text)
	}
	return err
}

// keepRunning has the activations that can't be moved go on in the old code: a
// frame reads its instructions from its function's prototype, so they get
// functions of their own.
func (p *patch) keepRunning() {
	clones := make(map[*lua.LFunction]*lua.LFunction)
	for _, c := range p.frames {
		if c.place != nil {
			continue
		}
		f, _ := p.fileOf(c.fn)
		runs := c.fn
		if _, swapped := p.swaps[c.fn]; swapped {
			runs = clones[c.fn]
			if runs == nil {
				runs = &lua.LFunction{Env: c.fn.Env, Proto: c.fn.Proto, Upvalues: c.fn.Upvalues}
				clones[c.fn] = runs
			}
			c.at.SetFn(runs)
		}
		if c.why != nil {
			f.notes(runs, c.why)
		}
	}
}

// notes remembers why a function goes on in the old code of f.
func (f *patchFile) notes(fn *lua.LFunction, why error) {
	if f.why == nil {
		f.why = make(map[*lua.LFunction]string)
	}
	f.why[fn] = why.Error()
}

// moveFrames has the other activations go on in the new code, which their
// functions have by now.
func (p *patch) moveFrames() {
	for _, c := range p.frames {
		if c.place == nil {
			continue
		}
		c.at.Move(c.place, c.fn)
		for _, name := range c.place.Kept {
			p.warnings = append(p.warnings, fmt.Sprintf("kept %s (%s:%d): its first value is another now", name, c.fn.Proto.SourceName, c.fn.Proto.LineDefined))
		}
	}
}
