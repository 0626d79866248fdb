package hotpatch

import (
	"slices"

	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/lua/syntax"
	"devnode/runtime/lua/value"
	"devnode/runtime/lua/vm"
)

// reader finds out whether code that has run would read something else now.
type reader struct {
	p    *Patch
	c    *Change
	m    *syntax.Matching
	cell func(variable int) *lua.Upvalue
}

func (p *Patch) readerOf(r *run) *reader {
	return &reader{p, r.c, r.c.Match, func(v int) *lua.Upvalue {
		if uv := r.cell(v); uv != nil {
			return uv
		}
		if j := p.joiners[r.c]; j != nil {
			return j.cellInside(v)
		}
		return nil
	}}
}

// differs tells whether what is read has been changed by the patch. A function that
// is only called counts for data it has been before, or is now: it is called when it
// is called; one that is taken is another one.
func (rd *reader) differs(read syntax.Read) bool {
	made := rd.p.made
	var v lua.LValue
	switch {
	case read.Variable == syntax.Inner:
		return false
	case read.Variable >= 0:
		uv := rd.cell(read.Variable)
		if uv == nil {
			return false
		}
		if data, ok := made.cells[uv]; ok && (data || !read.Called) {
			return true
		}
		v = uv.Value()
	case read.Module != "":
		v = rd.p.program.Loaded(read.Module)
	default:
		globals := rd.p.program.VM.Globals()
		if data, ok := made.fields[globals][lua.LString(read.Global)]; ok && (data || !read.Called) {
			return true
		}
		v = globals.RawGetString(read.Global)
	}
	for _, name := range read.Fields {
		t, ok := v.(*value.Table)
		if !ok {
			return false
		}
		if data, ok := made.fields[t][lua.LString(name)]; ok && (data || !read.Called) {
			return true
		}
		v = t.RawGetString(name)
	}
	t, ok := v.(*value.Table)
	switch {
	case !ok:
		return false
	case read.Rows != nil && len(made.fields[t]) == 0:
		return rd.rowsDiffer(t, read.Rows)
	case read.Whole:
		return len(made.fields[t]) > 0 || rd.deep(t)
	case read.Callee != "":
		return rd.deep(t) || len(made.fields[t]) > 0 && rd.goneThrough(read, maxGiven)
	}
	return false
}

// maxGiven bounds the calls that are followed to find out what becomes of an argument.
const maxGiven = 8

// goneThrough tells whether what is given an argument goes through it, or gives it to
// what does: a function that is new in a table, or gone, hasn't come along, as that of a
// class into a class that copies it, or of handlers into the table that they were
// registered in.
func (rd *reader) goneThrough(read syntax.Read, most int) bool {
	if read.Of == nil || most == 0 {
		return false
	}
	r, fn := rd.functionRead(*read.Of)
	if r == nil {
		return false
	}
	use := r.c.Match.UseOfParameter(fn, read.Argument)
	in := rd.p.readerOf(r)
	return use.Through || slices.ContainsFunc(use.Given, func(next syntax.Read) bool { return in.goneThrough(next, most-1) })
}

// rowsDiffer tells whether data in some fields of the rows of a table has changed.
func (rd *reader) rowsDiffer(t *value.Table, fields []string) bool {
	for k, v, _ := vm.Next(t, lua.LNil); k != lua.LNil; k, v, _ = vm.Next(t, k) {
		row, ok := v.(*value.Table)
		if !ok {
			continue
		}
		for _, name := range fields {
			if rd.p.made.fields[row][lua.LString(name)] {
				return true
			}
			if inner, ok := row.RawGetString(name).(*value.Table); ok && rd.deep(inner) {
				return true
			}
		}
	}
	return false
}

// maxLooked bounds the tables that are looked at for what lies inside one.
const maxLooked = 2000

// deep tells whether data in a table, or in tables inside it, has changed.
func (rd *reader) deep(t *value.Table) bool {
	made := rd.p.made
	seen := map[*value.Table]bool{t: true}
	todo := []*value.Table{t}
	for len(todo) > 0 && len(seen) < maxLooked {
		t := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		for _, data := range made.fields[t] {
			if data {
				return true
			}
		}
		for k, v, _ := vm.Next(t, lua.LNil); k != lua.LNil; k, v, _ = vm.Next(t, k) {
			if inner, ok := v.(*value.Table); ok && !seen[inner] {
				seen[inner] = true
				todo = append(todo, inner)
			}
		}
	}
	return false
}

// dependents lists the statements of the new text that weren't evaluated and whose
// values come from what has changed.
func (p *Patch) dependents(r *run, done map[int]bool) []int {
	if !p.made.any() {
		return nil
	}
	var list []int
	rd := p.readerOf(r)
	for i := range r.c.Match.Statements {
		s := &r.c.Match.Statements[i]
		if done[i] || s.Kind != syntax.Definition || s.Why != "" || s.Volatile || len(s.Targets) == 0 || s.Counterpart < 0 {
			continue
		}
		if !r.c.is.isLast(r.c.Match.Statements, i, 0) || !anyDiffers(rd, s.Reads) {
			continue
		}
		list = append(list, i)
	}
	return list
}

func anyDiffers(rd *reader, reads []syntax.Read) bool {
	for _, read := range reads {
		if rd.differs(read) {
			return true
		}
	}
	return false
}
