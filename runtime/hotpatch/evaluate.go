package hotpatch

import (
	"fmt"

	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/lua/syntax"
	"devnode/runtime/lua/value"
	"devnode/runtime/lua/vm"
)

// The statements that aren't settled are evaluated, and so is what depends on them,
// round by round, until nothing more does.

// evaluate gives the program the values of the new texts. What else depends on
// them, in these texts or in those of other files, is evaluated anew, too, until
// nothing more does.
func (p *Patch) evaluate() error {
	todo := make(map[*run]map[int]bool)
	for _, r := range p.runs {
		todo[r] = r.changed()
	}
	for {
		if err := p.evaluateAll(todo); err != nil {
			return err
		}
		if !p.made.any() {
			return nil
		}
		p.findOthers()
		more := false
		for _, r := range p.all {
			for _, i := range p.dependents(r, todo[r]) {
				if todo[r] == nil {
					todo[r] = make(map[int]bool)
				}
				todo[r][i], more = true, true
			}
		}
		if !more {
			return nil
		}
		p.restart()
	}
}

// findOthers makes runs of the files that haven't changed, so that it can be seen
// what they have of those that have. All runs are then in the order in which their
// chunks have ended: a module before those who require it.
func (p *Patch) findOthers() {
	if p.program.Describe == nil || len(p.all) > len(p.runs) {
		return
	}
	p.all = nil
	mine := make(map[*Instance]*run)
	for _, r := range p.runs {
		mine[r.in] = r
	}
	for _, in := range p.program.Instances {
		r := mine[in]
		if r == nil {
			c := p.program.Describe(in)
			if c == nil {
				continue
			}
			r = &run{in: in, c: c}
			r.begin()
		}
		p.all = append(p.all, r)
	}
}

// restart takes back what has been evaluated.
func (p *Patch) restart() {
	p.made.takeBack()
	p.report = Report{}
	p.later = nil
	for _, r := range p.all {
		r.begin()
	}
}

// changed lists the statements of the new text that have to be evaluated.
func (r *run) changed() map[int]bool {
	list := make(map[int]bool)
	if r.c.Match.Reason == "" {
		return list
	}
	for i := range r.c.Match.Statements {
		s := &r.c.Match.Statements[i]
		if s.Kind != syntax.Effect && s.Why == "" && !settled(r.c, i) {
			list[i] = true
		}
	}
	return list
}

// evaluateAll evaluates the statements of all runs: first what the old texts gave,
// then, in their order, what the new ones give.
func (p *Patch) evaluateAll(todo map[*run]map[int]bool) error {
	for _, r := range p.all {
		for i := range todo[r] {
			if err := p.basesFor(r, i); err != nil {
				return err
			}
		}
	}
	for _, r := range p.runs {
		if err := p.remove(r); err != nil {
			return err
		}
	}
	for _, r := range p.all {
		for i := range r.c.Match.Statements {
			if todo[r][i] {
				if err := p.define(r, i); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// run evaluates a thunk with these cells for its upvalues. It does so twice: the
// tables that are there both times are not made by the code, but named by it.
func (p *Patch) run(r *run, t syntax.Thunk, cells []*lua.Upvalue) ([]lua.LValue, error) {
	for i, uv := range cells {
		if uv == nil {
			return nil, fmt.Errorf("the local '%s' is out of reach", r.c.Match.Variables[t.Upvalues[i]].Name)
		}
	}
	fn := p.program.VM.NewClosure(t.Proto)
	fn.Upvalues = cells
	if env := p.environment(r.c); env != nil {
		fn.Env = env
	}
	again, err := p.program.Run(fn)
	if err != nil {
		return nil, err
	}
	values, err := p.program.Run(fn)
	for i := range values {
		p.noteShared(values[i], again[i], make(map[*value.Table]bool))
	}
	return values, err
}

// environment is the variable _ENV of a file's functions (value.Env), nil where
// none of them lives, or some have another one.
func (p *Patch) environment(c *Change) *lua.LTable {
	var env *lua.LTable
	for _, l := range p.living[c] {
		if env == nil {
			env = l.fn.Env
		} else if l.fn.Env != env {
			return nil
		}
	}
	return env
}

// noteShared compares what code has given two times, for tables that are the same
// ones.
func (p *Patch) noteShared(a, b lua.LValue, seen map[*value.Table]bool) {
	x, okx := a.(*value.Table)
	y, oky := b.(*value.Table)
	switch {
	case !okx || !oky || seen[x]:
		return
	case x == y:
		p.shared[x] = true
		return
	}
	seen[x] = true
	for k, v, _ := vm.Next(x, lua.LNil); k != lua.LNil; k, v, _ = vm.Next(x, k) {
		p.noteShared(v, y.RawGet(k), seen)
	}
	p.noteShared(value.Meta(x), value.Meta(y), seen)
}
