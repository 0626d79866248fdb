package hotpatch

import (
	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/lua/syntax"
	"devnode/runtime/lua/value"
)

// A value that was evaluated goes to the place that its statement gives it to.

// define evaluates a statement of the new text, and brings what it gives values to
// from what the old text gave to that.
func (p *Patch) define(r *run, i int) error {
	s := &r.c.Match.Statements[i]
	results, err := p.evaluateOne(r, i, false)
	if err != nil {
		return err
	}
	if s.Kind == syntax.Result {
		return p.result(r, s, results[0])
	}
	places, values := split(s, results)
	for k, target := range s.Targets {
		key := target.Slot()
		if !r.c.is.isLast(r.c.Match.Statements, i, k) || onlyFunction(r.c, r.c.was[key], r.c.is[key]) {
			continue
		}
		at, ok := p.placeOf(r, target, places[k])
		if !ok {
			return reloadFor(r.c, s.Line, "%s is given a value in what is no plain table", target.Name)
		}
		theirs := values[k]
		if chained(r.c.Match, r.c.Match.Statements, r.c.is[key]) {
			if theirs, err = p.chain(r, key, false); err != nil {
				return err
			}
		}
		if s.Volatile && target.Variable >= 0 && p.settleVolatile(at, r.first[key], theirs, r.c.Match.Variables[target.Variable].Assigned) {
			continue
		}
		p.settle(at, r.first[key], theirs)
	}
	return nil
}

// placeOf is where a target's value lives.
func (p *Patch) placeOf(r *run, t syntax.Target, where []lua.LValue) (place, bool) {
	switch {
	case t.Variable >= 0:
		uv := r.cell(t.Variable)
		if uv == nil {
			return place{}, false
		}
		return p.cellPlace(t.Name, uv), true
	case t.Global != "":
		return p.fieldPlace(t.Name, p.program.VM.Globals(), lua.LString(t.Global)), true
	}
	table, ok := where[0].(*value.Table)
	if !ok {
		return place{}, false
	}
	if t.Metatable {
		return p.metatablePlace(t.Name, table), true
	}
	at := p.fieldPlace(t.Name, table, where[1])
	if hasNewIndex(table) {
		at.set = func(v lua.LValue) { p.later = append(p.later, assignment{table, where[1], v}) }
	}
	return at, where[1] != lua.LNil
}

// hasNewIndex tells whether giving a table a new field is for its metatable to do.
func hasNewIndex(t *value.Table) bool {
	mt, ok := value.Meta(t).(*value.Table)
	return ok && mt.RawGetString("__newindex") != lua.LNil
}

// assignment is one that may run code, and can't be taken back.
type assignment struct {
	table      *value.Table
	key, value lua.LValue
}

// result brings what the chunk has returned to what the new text returns.
func (p *Patch) result(r *run, s *syntax.Statement, theirs lua.LValue) error {
	base := r.bases[s.Counterpart]
	if len(base) != 1 || r.in.Value == nil {
		return reloadFor(r.c, s.Line, "another value is returned")
	}
	name := fileName(r.c)
	if p.same(base[0], theirs) && (r.in.Value == theirs || base[0] != r.in.Value) {
		return nil
	}
	if base[0] == r.in.Value || p.shared[theirs] && !r.onlyLocal(theirs) {
		return reloadFor(r.c, s.Line, "another value is returned")
	}
	delete(p.shared, theirs)
	if !p.mergeTables(name, r.in.Value, base[0], theirs) {
		return reloadFor(r.c, s.Line, "another value is returned")
	}
	for _, uv := range r.fresh {
		if uv.Value() == theirs {
			p.made.setCell(uv, r.in.Value)
		}
	}
	return nil
}

// onlyLocal tells whether a new local holds a value: what the chunk returned before
// can take its place.
func (r *run) onlyLocal(v lua.LValue) bool {
	for _, uv := range r.fresh {
		if uv.Value() == v {
			return true
		}
	}
	return false
}
