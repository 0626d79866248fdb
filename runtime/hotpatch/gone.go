package hotpatch

import (
	"fmt"

	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/lua/syntax"
	"devnode/runtime/lua/value"
	"devnode/runtime/lua/vm"
)

// What only the old text gives a value to goes, or lives on under another kind of
// name.

// remove takes away what only the old text gives a value to.
func (p *Patch) remove(r *run) error {
	m := r.c.Match
	if m.Reason == "" {
		return nil
	}
	for j := range m.OldStatements {
		s := &m.OldStatements[j]
		for k, t := range s.Targets {
			if _, still := r.c.is[t.Slot()]; still || s.Kind != syntax.Definition || !r.c.was.isLast(m.OldStatements, j, k) {
				continue
			}
			if to, ok := successor(r.c, t); ok {
				if err := p.moveTarget(r, t, to); err != nil {
					return err
				}
				continue
			}
			if err := p.removeTarget(r, j, k); err != nil {
				return err
			}
		}
	}
	return nil
}

// successor is what the new text has of the name of a local or global that is gone:
// a local that has become a global, or a global that has become a local.
func successor(c *Change, t syntax.Target) (syntax.Target, bool) {
	for i := range c.Match.Statements {
		for _, to := range c.Match.Statements[i].Targets {
			_, was := c.was[to.Slot()]
			fromLocal := t.Variable >= 0 && to.Global == t.Name
			fromGlobal := t.Global != "" && to.Declares && to.Name == t.Global
			if (fromLocal || fromGlobal) && !was && c.Match.Statements[i].Kind == syntax.Definition {
				return to, true
			}
		}
	}
	return syntax.Target{}, false
}

// moveTarget has the value of a local or global live on in its successor.
func (p *Patch) moveTarget(r *run, from, to syntax.Target) error {
	if err := p.slotBase(r, from.Slot()); err != nil {
		return err
	}
	old, okOld := p.placeOf(r, from, nil)
	at, ok := p.placeOf(r, to, nil)
	if !ok || !okOld {
		return reloadFor(r.c, 0, "%s is out of reach", from.Name)
	}
	at.set(old.get())
	r.first[to.Slot()] = r.first[from.Slot()]
	if from.Global != "" {
		old.set(lua.LNil)
	}
	p.report.Values = append(p.report.Values, "new "+to.Name)
	return nil
}

func (p *Patch) removeTarget(r *run, j, k int) error {
	s := &r.c.Match.OldStatements[j]
	t := s.Targets[k]
	if err := p.slotBase(r, t.Slot()); err != nil {
		return err
	}
	base := r.first[t.Slot()]
	if t.Variable >= 0 {
		if mine := r.cell(t.Variable); mine != nil && !s.Volatile && isData(mine.Value()) && !p.same(mine.Value(), base) && !p.onlyCodeMore(mine.Value(), base) {
			p.note(fmt.Sprintf("%s = %s is gone with its variable", t.Name, short(mine.Value())))
		}
		return nil
	}
	results, err := p.evaluateOne(r, j, true)
	if err != nil {
		return err
	}
	places, _ := split(s, results)
	at, ok := p.placeOf(r, t, places[k])
	if !ok {
		return reloadFor(r.c, 0, "%s is gone from what is no plain table", t.Name)
	}
	p.settle(at, base, nil)
	return nil
}

// onlyCodeMore tells whether a table has nothing but functions that its constructor
// didn't give it: the text has put them there, and they are told of by themselves.
func (p *Patch) onlyCodeMore(mine, base lua.LValue) bool {
	m, ok1 := mine.(*value.Table)
	b, ok2 := base.(*value.Table)
	if !ok1 || !ok2 {
		return false
	}
	for k, v, _ := vm.Next(m, lua.LNil); k != lua.LNil; k, v, _ = vm.Next(m, k) {
		if _, isFunction := v.(*lua.LFunction); !isFunction && !p.same(v, b.RawGet(k)) {
			return false
		}
	}
	return true
}
