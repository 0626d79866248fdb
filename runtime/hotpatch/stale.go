package hotpatch

import (
	"fmt"

	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/lua/syntax"
	"devnode/runtime/lua/vm"
)

// Stale is old code that goes on after a patch: calls of it that have begun and
// have no place in the new text, or, where Held is set, a function that something
// still refers to and that the text has no more.
type Stale struct {
	Kind     string // of the task: "fork", "request", "timeout"; "coroutine" for one that nobody runs just now; "function" where Held
	Function string // where it is defined, FILE:LINE
	Where    string // the place that it is at, FILE:LINE
	Why      string // it can't go on in the new code
	Count    int    // of those that are alike
	Held     bool
}

// String is the code in one line.
func (s Stale) String() string {
	who, goes, it, end := "a "+s.Kind, "goes", "it returns", "until "
	if s.Count > 1 {
		who, goes, it = fmt.Sprintf("%d %ss", s.Count, s.Kind), "go", "they return"
	}
	if s.Held {
		end, it = "while something refers to ", "it"
	}
	return fmt.Sprintf("%s %s on in old code %s%s (%s): %s", who, goes, end, it, s.Where, s.Why)
}

// Version is a text that a file had before a patch, and of which code is still in
// use. The next patch compares it with the newest text. It belongs to one program.
type Version struct {
	Source []byte
	Main   *lua.FunctionProto
	why    map[*lua.LFunction]string // it can't have newer code
}

// Versions are the texts of a file that are still in use once the patch is carried
// out, given those that were before; path is the file's.
func (p *Patch) Versions(path string, before []*Version) []*Version {
	var list []*Version
	compared := make(map[*lua.FunctionProto]bool)
	for _, c := range p.changes {
		if c.Path == path {
			compared[c.Was[0]] = true
			if p.inUse(c) {
				list = append(list, &Version{Source: c.Old, Main: c.Was[0], why: p.why[c]})
			}
		}
	}
	for _, v := range before {
		if !compared[v.Main] {
			list = append(list, v)
		}
	}
	return list
}

// inUse tells whether there is still code of the old text.
func (p *Patch) inUse(c *Change) bool {
	if len(p.why[c]) > 0 {
		return true
	}
	for _, l := range p.living[c] {
		if _, swapped := p.swaps[l.fn]; !swapped && l.old != 0 && (l.new < 0 || !sameCode(c.Was[l.old], c.Is[l.new])) {
			return true
		}
	}
	return false
}

// FindStale lists the old code of these versions that goes on in a program. kind
// says what a fiber runs: "fork", "request".
func FindStale(program *Program, versions []*Version, kind func(*vm.Fiber) string) []Stale {
	if len(versions) == 0 {
		return nil
	}
	why := make(map[*lua.FunctionProto]map[*lua.LFunction]string)
	for _, v := range versions {
		why[v.Main] = v.why
	}
	var list []Stale
	running := make(map[*lua.LFunction]bool)
	seen := make(map[*vm.Fiber]bool)
	for _, f := range append(program.Fibers, program.VM.Coroutines()...) {
		if seen[f] {
			continue
		}
		seen[f] = true
		for _, a := range f.Activations() {
			main := syntax.Main(a.Fn().Proto)
			reasons, old := why[main]
			if !old || a.Fn().Proto == main || a.Waiting() == vm.InTail {
				continue
			}
			running[a.Fn()] = true
			reason, known := reasons[a.Fn()]
			if !known {
				reason = madeByOld
			}
			list = addStale(list, staleCall(a, kind(f), reason))
		}
	}
	return append(list, findHeld(program, why, running)...)
}

func staleCall(a vm.Activation, kind, why string) Stale {
	p := a.Fn().Proto
	return Stale{Kind: kind, Where: fmt.Sprintf("%s:%d", p.SourceName, a.Line()), Why: why, Count: 1,
		Function: fmt.Sprintf("%s:%d", p.SourceName, p.LineDefined)}
}

// findHeld lists the functions that were left in old code, or that old code which
// goes on has made, and that something still refers to.
func findHeld(program *Program, why map[*lua.FunctionProto]map[*lua.LFunction]string, running map[*lua.LFunction]bool) []Stale {
	var list []Stale
	w := vm.NewWalker(func(fn *lua.LFunction) {
		main := syntax.Main(fn.Proto)
		reasons, old := why[main]
		if old && fn.Proto != main && fn != program.Start && !running[fn] {
			reason, left := reasons[fn]
			if !left {
				reason = madeByOld
			}
			at := fmt.Sprintf("%s:%d", fn.Proto.SourceName, fn.Proto.LineDefined)
			list = addStale(list, Stale{Kind: "function", Function: at, Where: at, Why: reason, Count: 1, Held: true})
		}
	})
	program.State(w)
	w.Stacks(program.Fibers...)
	return list
}

// madeByOld is why a function is of old code that was made after a patch.
const madeByOld = "old code made it"

// addStale adds to a list, in which equal ones are counted.
func addStale(list []Stale, s Stale) []Stale {
	for i, other := range list {
		if other.Kind == s.Kind && other.Where == s.Where && other.Why == s.Why && other.Function == s.Function {
			list[i].Count++
			return list
		}
	}
	return append(list, s)
}

// Foreseen is what of the old code would go on if the patch were carried out.
func (p *Patch) Foreseen(kind func(*vm.Fiber) string) []Stale {
	var list []Stale
	running := make(map[*lua.LFunction]bool)
	for _, c := range p.frames {
		if c.place == nil && c.why != nil {
			running[c.fn] = true
			list = addStale(list, staleCall(c.at, kind(c.at.Fiber), c.why.Error()))
		}
	}
	for _, reasons := range p.why {
		for fn, why := range reasons {
			if !running[fn] {
				at := fmt.Sprintf("%s:%d", fn.Proto.SourceName, fn.Proto.LineDefined)
				list = addStale(list, Stale{Kind: "function", Function: at, Where: at, Why: why, Count: 1, Held: true})
			}
		}
	}
	return list
}
