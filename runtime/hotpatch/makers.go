package hotpatch

import (
	"fmt"
	"slices"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/lua/bytecode"
	"devnode/runtime/lua/syntax"
	"devnode/runtime/lua/value"
)

// What a changed function has made before, as a class, an object of closures, or a
// counter, stays as it was made, but for the code of the functions in it. That is
// noted where it is known: what a file's top level holds of it, and functions that it
// would give others beside now.

func (p *Patch) noteMakers() {
	for _, c := range p.changes {
		if !p.older[c] {
			p.noteSiblings(c)
		}
	}
	if p.makersChanged() {
		p.findOthers()
	}
	for _, r := range p.all {
		p.noteMade(r)
	}
}

// makersChanged tells whether a function that makes tables or functions has other
// code of its own, so that it is worth looking for what it made in other files.
func (p *Patch) makersChanged() bool {
	for _, c := range p.changes {
		for i := 1; i < len(c.Is); i++ {
			if fn := &c.Match.Functions[i]; fn.Changed && fn.Counterpart >= 0 && makes(c.Is[i]) && p.reachOf(c.Was[fn.Counterpart]) <= byStack {
				return true
			}
		}
	}
	return false
}

// makes tells whether a function makes tables or functions.
func makes(p *lua.FunctionProto) bool {
	for _, instruction := range p.Code {
		if op := bytecode.Opcode(instruction); op == lua.OP_NEWTABLE || op == lua.OP_CLOSURE {
			return true
		}
	}
	return false
}

// noteSiblings notes where functions live that a function has made, and that it makes
// with others now.
func (p *Patch) noteSiblings(c *Change) {
	lives := make(map[int]bool) // functions of the old text whose inner ones live
	for _, l := range p.living[c] {
		if l.new > 0 && l.reach <= byStack {
			lives[c.Match.Old[l.old].Parent] = true
		}
	}
	for i := 1; i < len(c.Match.Functions); i++ {
		fn := &c.Match.Functions[i]
		if fn.Parent <= 0 || fn.Counterpart >= 0 {
			continue
		}
		maker := &c.Match.Functions[fn.Parent]
		if p.noted(maker.Name + " has run, ") {
			continue // that says it
		}
		if maker.Counterpart > 0 && lives[maker.Counterpart] && p.reachOf(c.Was[maker.Counterpart]) <= byStack {
			p.note(fmt.Sprintf("what %s has made before is without %s%s", maker.Name, fn.Name, c.At(fn.Line)))
		}
	}
}

// noted tells whether a note begins so.
func (p *Patch) noted(text string) bool {
	return slices.ContainsFunc(p.report.Notes, func(n string) bool { return strings.HasPrefix(n, text) })
}

// noteMade notes what a file's top level holds that a changed function has made.
func (p *Patch) noteMade(r *run) {
	rd := p.readerOf(r)
	m := r.c.Match
	for j := range m.OldStatements {
		s := &m.OldStatements[j]
		if s.Kind != syntax.Definition || s.Why == "" || s.Counterpart < 0 || len(s.Targets) == 0 {
			continue
		}
		for _, read := range s.Reads {
			if !read.Called {
				continue
			}
			if name, ok := p.changedMaker(rd.value(read)); ok {
				p.note(fmt.Sprintf("%s is what the former %s has made%s", s.Targets[0].Name, name, r.c.At(m.Statements[s.Counterpart].Line)))
			}
		}
	}
}

// changedMaker tells whether a function has other code of its own now, and its name.
func (p *Patch) changedMaker(v lua.LValue) (name string, ok bool) {
	fn, ok := functionOf(v)
	if !ok {
		return "", false
	}
	c, i := p.changeOf(fn)
	if c == nil || p.older[c] {
		return "", false
	}
	next := c.Match.Old[i].Counterpart
	if next < 0 || !c.Match.Functions[next].Changed {
		return "", false
	}
	return c.Match.Functions[next].Name, true
}

// value is what is read now; nil where that isn't known.
func (rd *reader) value(read syntax.Read) lua.LValue {
	var v lua.LValue
	switch {
	case read.Variable >= 0:
		uv := rd.cell(read.Variable)
		if uv == nil {
			return nil
		}
		v = uv.Value()
	case read.Variable == syntax.Inner:
		return nil
	case read.Module != "":
		v = rd.p.program.Loaded(read.Module)
	default:
		v = rd.p.program.VM.Globals().RawGetString(read.Global)
	}
	for _, name := range read.Fields {
		t, ok := v.(*value.Table)
		if !ok {
			return nil
		}
		v = t.RawGetString(name)
	}
	return v
}
