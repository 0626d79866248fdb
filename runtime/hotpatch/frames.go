package hotpatch

import (
	"errors"
	"fmt"

	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/lua/bytecode"
	"devnode/runtime/lua/vm"
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
func (p *Patch) planFrames() {
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

func (p *Patch) planFrame(a vm.Activation) {
	fn := a.Fn()
	sw, ok := p.swaps[fn]
	switch {
	case ok && sw.same:
		p.goesOn[fn] = p.goesOn[fn] || a.Fiber.VM() == p.program.VM
		return
	case !ok && p.unchanged(fn):
		return
	}
	c := frameChange{at: a, fn: fn}
	switch {
	case a.Waiting() == vm.InTail || a.Fiber.VM() != p.program.VM:
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
	c       *Change
	old, pc int
}

type placeFound struct {
	place *bytecode.Place
	why   error
}

// place is Matching.Place, found once for all activations that wait in the same
// call, unless each has to have tables of its own.
func (p *Patch) place(sw swap, pc int) (*bytecode.Place, error) {
	key := placeKey{sw.c, sw.old, pc}
	if found, ok := p.places[key]; ok {
		return found.place, found.why
	}
	place, err := sw.c.Match.Place(sw.old, pc)
	if place == nil || !place.MakesTables() {
		p.places[key] = placeFound{place, err}
	}
	return place, err
}

// changeOf finds the changed file that fn is of, and its number there.
func (p *Patch) changeOf(fn *lua.LFunction) (*Change, int) {
	for _, c := range p.changes {
		if i, ok := c.index[fn.Proto]; ok {
			return c, i
		}
	}
	return nil, 0
}

// unchanged tells whether fn, which isn't given new code, may go on as it is.
func (p *Patch) unchanged(fn *lua.LFunction) bool {
	c, i := p.changeOf(fn)
	if c == nil || i == 0 {
		return true
	}
	next := c.Match.Old[i].Counterpart
	return next >= 0 && sameCode(c.Was[i], c.Is[next])
}

// notJoined is why a function that has changed can't be given its new code.
func (p *Patch) notJoined(fn *lua.LFunction) error {
	c, i := p.changeOf(fn)
	for _, l := range p.living[c] {
		if l.fn == fn && l.new >= 0 {
			_, err := p.joiners[c].join(l)
			return err
		}
	}
	return fmt.Errorf("%s is gone", c.Match.Old[i].Name)
}

// dropUnmoved leaves functions alone that only run, and not all of whose
// activations can go on in the new code: there is nobody else to call it.
func (p *Patch) dropUnmoved() {
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
func (p *Patch) keepRunning() {
	clones := make(map[*lua.LFunction]*lua.LFunction)
	for _, c := range p.frames {
		if c.place != nil {
			continue
		}
		of, _ := p.changeOf(c.fn)
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
			p.notes(of, runs, c.why)
		}
	}
}

// notes remembers why a function goes on in the old code of a file.
func (p *Patch) notes(c *Change, fn *lua.LFunction, why error) {
	if p.why[c] == nil {
		p.why[c] = make(map[*lua.LFunction]string)
	}
	p.why[c][fn] = why.Error()
}

// moveFrames has the other activations go on in the new code, which their
// functions have by now.
func (p *Patch) moveFrames() {
	for _, c := range p.frames {
		if c.place == nil {
			continue
		}
		c.at.Move(c.place, c.fn)
		for _, name := range c.place.Kept {
			p.report.Kept = append(p.report.Kept, fmt.Sprintf("%s (%s:%d); its first value is another now", name, c.fn.Proto.SourceName, c.fn.Proto.LineDefined))
		}
	}
}
