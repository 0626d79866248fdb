package hotpatch

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"

	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/lua/syntax"
	"devnode/runtime/lua/value"
	"devnode/runtime/lua/vm"
)

// Patch is what a program needs to run the new texts of its files. It is made, and
// carried out or given up, while none of the program's code runs.
type Patch struct {
	program *Program
	changes []*Change
	runs    []*run // of the files that have changed
	all     []*run // and, once they are wanted, of the others
	living  map[*Change][]*living
	reach   map[*lua.FunctionProto]reachable
	fibers  []*vm.Fiber
	older   map[*Change]bool // from a text that was loaded before the last one
	joiners map[*Change]*joiner

	insideDefined map[*Change]map[int]bool

	swaps  map[*lua.LFunction]swap
	frames []frameChange
	places map[placeKey]placeFound
	goesOn map[*lua.LFunction]bool               // a call of it goes on in the new code
	why    map[*Change]map[*lua.LFunction]string // functions are left in the old code
	made   *changesMade
	shared map[lua.LValue]bool           // tables that texts name, and don't make
	became map[*value.Table]*value.Table // tables of the new texts, merged into living ones
	later  []assignment
	held   map[lua.LValue]bool // what the program has got, once it was asked for
	moved  []string            // functions that other files have now, as the report has them
	report Report
}

// swap is new code for a living function.
type swap struct {
	proto    *lua.FunctionProto
	upvalues []*lua.Upvalue
	same     bool // activations can go on in the new code
	running  bool // nothing refers to it but its activations
	c        *Change
	old      int // its number there
}

// Prepare finds out whether the program can run the new texts by a patch, and
// gives it the values that the new texts define. The error says why it can't be;
// then nothing has changed. Otherwise the patch has to be carried out by Apply, or
// taken back by Cancel, before any code of the program runs.
//
// older are the changes from former texts (Version) to the new ones.
func Prepare(program *Program, changes, older []*Change) (p *Patch, err error) {
	p = newPatch(program, changes, older)
	defer func() {
		if err != nil {
			p.Cancel()
			p = nil
		}
	}()
	p.find()
	for _, c := range changes {
		if err := p.findRuns(c); err != nil {
			return p, err
		}
	}
	p.inOrderOfLoading()
	p.all = p.runs
	if err := p.evaluate(); err != nil {
		return p, err
	}
	p.moveLocals()
	for _, c := range p.changes {
		p.joiners[c] = newJoiner(c, p.living[c], p.runsOf(c), p.startOf(c))
		if err := p.inside(c); err != nil {
			return p, err
		}
	}
	for _, c := range p.changes {
		if err := p.join(c); err != nil {
			return p, err
		}
	}
	p.joinMoved()
	p.planFrames()
	p.report.Values = append(p.report.Values, p.moved...)
	return p, p.checkRun()
}

func newPatch(program *Program, changes, older []*Change) *Patch {
	p := &Patch{
		program: program, changes: append(changes[:len(changes):len(changes)], older...),
		living: make(map[*Change][]*living), reach: make(map[*lua.FunctionProto]reachable),
		older: make(map[*Change]bool), joiners: make(map[*Change]*joiner), insideDefined: make(map[*Change]map[int]bool),
		swaps: make(map[*lua.LFunction]swap), places: make(map[placeKey]placeFound),
		goesOn: make(map[*lua.LFunction]bool), why: make(map[*Change]map[*lua.LFunction]string),
		made: newChangesMade(), shared: make(map[lua.LValue]bool), became: make(map[*value.Table]*value.Table),
	}
	for _, c := range older {
		p.older[c] = true
	}
	return p
}

// findRuns finds the runs of a changed file's chunk, and checks that its new text
// can be had by them.
func (p *Patch) findRuns(c *Change) error {
	n := 0
	for _, in := range p.program.Instances {
		if in.Main == c.Was[0] {
			n++
			r := &run{in: in, c: c}
			r.begin()
			p.runs = append(p.runs, r)
		}
	}
	if n > 0 {
		return p.statements(c)
	}
	if c.Match.Reason != "" && p.isPart(c) {
		return reloadFor(c, c.Match.Line, "%s", c.Match.Reason)
	}
	return nil
}

// inOrderOfLoading sorts the runs as their chunks have ended: a module before those
// who require it.
func (p *Patch) inOrderOfLoading() {
	at := func(r *run) int { return slices.Index(p.program.Instances, r.in) }
	slices.SortStableFunc(p.runs, func(a, b *run) int { return at(a) - at(b) })
}

// isPart tells whether the main chunk of a changed file is a part of the program.
func (p *Patch) isPart(c *Change) bool { return p.parts(c)[0] }

// join finds the new code of all living functions of a file. What has none goes on
// as it is.
func (p *Patch) join(c *Change) error {
	j := p.joiners[c]
	for _, l := range p.living[c] {
		if l.old == 0 {
			continue // the main chunk, running or kept: it has run
		}
		if l.new < 0 {
			if l.reach <= byStack {
				p.notes(c, l.fn, errGone)
			}
			continue
		}
		upvalues, err := j.join(l)
		if err == nil {
			same := sameCode(c.Was[l.old], c.Is[l.new])
			p.swaps[l.fn] = swap{c.Is[l.new], upvalues, same, l.reach == byFrame, c, l.old}
		} else if l.reach <= byStack && p.older[c] {
			p.notes(c, l.fn, err)
		} else if l.reach <= byStack {
			return err
		}
	}
	return nil
}

var errGone = errors.New("the text has it no more")

// runsOf are the runs of a change's file: for a change from a former text those of
// the present one.
func (p *Patch) runsOf(c *Change) []*run {
	var runs []*run
	for _, r := range p.runs {
		if r.c == c {
			runs = append(runs, r)
		}
	}
	if !p.older[c] {
		return runs
	}
	for _, in := range p.program.Instances {
		if syntax.Source(in.Main) == c.Chunk {
			runs = append(runs, &run{in: in, c: c, newest: func(at int) *lua.Upvalue { return p.newest(in, at) }})
		}
	}
	return runs
}

// newest is the cell of a top-level local that the new text has, by its place
// there.
func (p *Patch) newest(in *Instance, at int) *lua.Upvalue {
	for _, r := range p.runs {
		if r.in != in {
			continue
		}
		for v := range r.c.Match.Variables {
			if r.c.Match.Variables[v].New == at {
				return r.cell(v)
			}
		}
		return nil
	}
	if at < len(in.Cells) {
		return in.Cells[at]
	}
	return nil
}

// Cancel takes back what Prepare has done.
func (p *Patch) Cancel() { p.made.takeBack() }

// Report says what the patch does, but for what is stale after it.
func (p *Patch) Report() Report { return p.report }

// Apply carries the patch out. It can't fail.
func (p *Patch) Apply() {
	p.keepRunning()
	for fn, sw := range p.swaps {
		fn.Proto, fn.Upvalues = sw.proto, sw.upvalues
	}
	p.moveFrames()
	for _, r := range p.runs {
		r.adopt(len(syntax.ScopeNames(r.c.Is[0])))
	}
	for _, a := range p.later {
		p.assign(a)
	}
	if p.program.Placed != nil {
		p.program.Placed(p.holds)
	}
}

// maxHeld bounds the tables that are looked through for what the program has got.
const maxHeld = 10_000

// holds tells whether the program has got a value by the patch, in a place or in a
// table there.
func (p *Patch) holds(v lua.LValue) bool {
	if p.held == nil {
		p.held = make(map[lua.LValue]bool)
		todo := p.made.placed
		for _, a := range p.later {
			todo = append(todo, a.value)
		}
		for len(todo) > 0 && len(p.held) < maxHeld {
			v := todo[len(todo)-1]
			todo = todo[:len(todo)-1]
			t, ok := v.(*value.Table)
			if v == nil || vm.Plain(v) || p.held[v] {
				continue
			}
			p.held[v] = true
			if ok {
				vm.References(t, func(k, v lua.LValue) { todo = append(todo, k, v) })
				todo = append(todo, value.Meta(t))
			}
		}
	}
	return p.held[v]
}

// assign does an assignment that is for a metatable to do.
func (p *Patch) assign(a assignment) {
	fn := p.program.VM.NewFunction(func(L *lua.LState) int {
		vm.SetIndex(L, a.table, a.key, a.value)
		return 0
	})
	if _, err := p.program.Run(fn); err != nil {
		p.note(fmt.Sprintf("%s could not be assigned: %s", short(a.key), err))
	}
}

func functionOf(v lua.LValue) (*lua.LFunction, bool) {
	fn, ok := v.(*lua.LFunction)
	return fn, ok && fn != nil && fn.Proto != nil
}

func fileName(c *Change) string { return filepath.Base(c.Path) }

// sameCode tells whether an activation of one function can go on in the other:
// the instructions and what they refer to are the same, and only lines and the
// code of functions inside may differ.
func sameCode(a, b *lua.FunctionProto) bool {
	if a.NumUpvalues != b.NumUpvalues || a.NumParameters != b.NumParameters || a.IsVarArg != b.IsVarArg ||
		a.NumUsedRegisters != b.NumUsedRegisters || len(a.Code) != len(b.Code) ||
		len(a.FunctionPrototypes) != len(b.FunctionPrototypes) {
		return false
	}
	for i := range a.Code {
		if a.Code[i] != b.Code[i] {
			return false
		}
	}
	return syntax.SameConstants(a, b)
}
