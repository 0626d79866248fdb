package hotpatch

import (
	"fmt"

	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/lua/syntax"
	"devnode/runtime/lua/value"
)

// noteMakers notes what a changed function has made at the top level before, as a
// class, or a counter: it stays as it was made. Functions in it have their new code.
func (p *Patch) noteMakers(r *run) {
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
