package hotpatch

import (
	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/lua/vm"
)

// Program is a running program as a patch needs to know it. None of its code may
// run while it is patched, but for what Run runs.
type Program struct {
	VM *vm.VM
	// Instances are the runs of its files' chunks.
	Instances []*Instance
	// State walks all that code of the program can get at or be called by, but for
	// Start, the scopes of Instances, and what Fibers hold. Whatever Go code holds
	// of the program's values has to be walked by it.
	State func(*vm.Walker)
	// Start is the function that has started the program, and runs no more.
	Start lua.LValue
	// Fibers are those that the program's code runs on, and OtherFibers those of
	// former code that may run what is patched.
	Fibers, OtherFibers []*vm.Fiber
	// Parts tells of each function of a change's new text whether it is a part of
	// the program; nil says that all are.
	Parts func(*Change) []bool
	// Run calls a function that must not wait, with a limit to its time.
	Run func(fn *lua.LFunction) ([]lua.LValue, error)
	// Placed is told by Apply what the program has got of what Run has made; the rest
	// of that is nobody's.
	Placed func(holds func(lua.LValue) bool)
	// Passing tells of a function, by its name in the source, that a value it was
	// given matters only until it is called again: the time of a timer, a line of
	// the log.
	Passing func(callee string) bool
	// Describe is the text of an instance's file compared with itself, nil where it
	// isn't known.
	Describe func(*Instance) *Change
	// Loaded is what require has given by a name, nil for what wasn't required.
	Loaded func(name string) lua.LValue
}

// reachable says what may call a function.
type reachable uint8

const (
	byState reachable = iota // the program's state
	byStack                  // nothing but tasks that run, or are about to
	byStart                  // nothing but the start function, which has run
	byScope                  // a top-level local that nothing refers to
	byFrame                  // nobody any more: it is running
	byNobody
)

// living is a function of a changed file that was found in the program.
type living struct {
	fn       *lua.LFunction
	old, new int       // in the file's versions; new is -1 where it is gone
	reach    reachable // how it was found
}

// find looks for the living functions of the changed files: first by what lasts,
// then by what only tasks, the start function or a scope refers to.
func (p *Patch) find() {
	how := byState
	w := vm.NewWalker(func(fn *lua.LFunction) { p.found(fn, how) })
	p.program.State(w)
	how = byStack
	w.Stacks(p.program.Fibers...)
	p.fibers = append(w.Fibers(), p.program.OtherFibers...)
	how = byStart
	if p.program.Start != nil {
		w.Value(p.program.Start)
	}
	how = byScope
	for _, in := range p.program.Instances {
		in.Each(w.Value)
	}
	p.findRunning()
}

// findRunning takes account of what nothing but its own call refers to.
func (p *Patch) findRunning() {
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

// found takes note of a function that lives.
func (p *Patch) found(fn *lua.LFunction, how reachable) {
	if fn.Proto == nil {
		return
	}
	if fn == p.program.Start {
		how = max(how, byStart)
	}
	if was, ok := p.reach[fn.Proto]; !ok || how < was {
		p.reach[fn.Proto] = how
	}
	for _, c := range p.changes {
		if i, ok := c.index[fn.Proto]; ok {
			p.living[c] = append(p.living[c], &living{fn: fn, old: i, new: c.Match.Old[i].Counterpart, reach: how})
			return
		}
	}
}

// reachOf is how a function is reached, by its prototype.
func (p *Patch) reachOf(proto *lua.FunctionProto) reachable {
	if how, ok := p.reach[proto]; ok {
		return how
	}
	return byNobody
}
