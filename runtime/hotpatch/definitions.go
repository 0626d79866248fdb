package hotpatch

import (
	"fmt"
	"slices"

	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/lua/syntax"
)

// What a text gives a place comes from its definitions: of the old text, which are
// evaluated once more, and of the new one.

// basesFor evaluates what the old text gave to what statement i of the new one
// gives values to.
func (p *Patch) basesFor(r *run, i int) error {
	s := &r.c.Match.Statements[i]
	if s.Kind == syntax.Result && s.Counterpart >= 0 {
		_, err := p.base(r, s.Counterpart)
		return err
	}
	for _, t := range s.Targets {
		if err := p.slotBase(r, t.Slot()); err != nil {
			return err
		}
	}
	return nil
}

// slotBase evaluates what the old text gave to a place.
func (p *Patch) slotBase(r *run, key string) error {
	at, ok := r.c.was.last(key)
	if _, known := r.first[key]; !ok || known {
		return nil
	}
	if chained(r.c.Match, r.c.Match.OldStatements, r.c.was[key]) {
		v, err := p.chain(r, key, true)
		r.first[key] = v
		return err
	}
	values, err := p.base(r, at.statement)
	if err != nil {
		return err
	}
	r.first[key] = values[at.target]
	return nil
}

// chain goes through the definitions of a place, which has nothing before the
// first one, and gives the value that it has in the end. The place is left as it
// was.
func (p *Patch) chain(r *run, key string, old bool) (v lua.LValue, err error) {
	list, chain := r.c.Match.Statements, r.c.is[key]
	if old {
		list, chain = r.c.Match.OldStatements, r.c.was[key]
	}
	last := chain[len(chain)-1]
	results, err := p.evaluateOne(r, last.statement, old)
	if err != nil {
		return nil, err
	}
	places, _ := split(&list[last.statement], results)
	at, ok := p.placeOf(r, list[last.statement].Targets[last.target], places[last.target])
	if !ok {
		return nil, reloadFor(r.c, list[last.statement].Line, "%s is given a value in what is no plain table", at.name)
	}
	mine := at.get()
	defer func() { at.poke(mine) }()
	at.poke(lua.LNil)
	for _, step := range chain {
		results, err := p.evaluateOne(r, step.statement, old)
		if err != nil {
			return nil, err
		}
		_, values := split(&list[step.statement], results)
		v = values[step.target]
		at.poke(v)
	}
	return v, nil
}

// evaluateOne runs the thunk of a statement in the scope as it is.
func (p *Patch) evaluateOne(r *run, i int, old bool) ([]lua.LValue, error) {
	list := r.c.Match.Statements
	if old {
		list = r.c.Match.OldStatements
	}
	s := &list[i]
	t, err := r.c.thunk(i, old)
	if err != nil {
		return nil, err
	}
	cells := make([]*lua.Upvalue, len(t.Upvalues))
	for k, v := range t.Upvalues {
		cells[k] = r.cell(v)
		if plain := p.plainFirst(r, i, v, old); plain != nil {
			cells[k] = &lua.Upvalue{}
			cells[k].SetValue(plain)
		}
	}
	results, err := p.run(r, t, cells)
	if err != nil {
		return nil, reloadFor(r.c, s.Line, "%s: %s", s.Text, err)
	}
	return results, nil
}

// base is what a statement of the old text has given: the values of its targets.
// Other variables that it uses have the values that the text gave them, where
// these are plain.
func (p *Patch) base(r *run, j int) ([]lua.LValue, error) {
	if values, ok := r.bases[j]; ok {
		return values, nil
	}
	s := &r.c.Match.OldStatements[j]
	t, err := r.c.thunk(j, true)
	if err != nil {
		return nil, err
	}
	cells := make([]*lua.Upvalue, len(t.Upvalues))
	for i, v := range t.Upvalues {
		cells[i] = r.cell(v)
		if plain := p.plainBase(r, j, v); plain != nil {
			cells[i] = &lua.Upvalue{}
			cells[i].SetValue(plain)
		}
	}
	values, err := p.run(r, t, cells)
	if err != nil {
		return nil, reloadFor(r.c, 0, "%s can't be evaluated again: %s", s.Text, err)
	}
	_, r.bases[j] = split(s, values)
	return r.bases[j], nil
}

// plainFirst is the value that the text gives a top-level local before statement i,
// if it is a number, a string or a boolean: whatever the program has made of it
// since, a definition begins with that.
func (p *Patch) plainFirst(r *run, i, v int, old bool) lua.LValue {
	if old {
		return p.plainBase(r, i, v)
	}
	chain := r.c.is[fmt.Sprintf("local %d", v)]
	if len(chain) != 1 || chain[0].statement >= i || captured(r.c, i, v) {
		return nil
	}
	at := chain[0]
	if s := &r.c.Match.Statements[at.statement]; s.Why != "" || s.Volatile || valueOf(s, at.target) >= 0 {
		return nil
	}
	results, err := p.evaluateOne(r, at.statement, false)
	if err != nil {
		return nil
	}
	_, values := split(&r.c.Match.Statements[at.statement], results)
	return plain(values[at.target])
}

// captured tells whether a function in statement i of the new text has a variable
// for an upvalue: it has to be the living one.
func captured(c *Change, i, v int) bool {
	for _, fn := range c.Match.Statements[i].Functions {
		if slices.Contains(c.Match.Functions[fn].Upvalues, v) {
			return true
		}
	}
	return false
}

// plain is a value that is a number, a string or a boolean; nil for another.
func plain(v lua.LValue) lua.LValue {
	switch v.Type() {
	case lua.LTNumber, lua.LTString, lua.LTBool:
		return v
	}
	return nil
}

// plainBase is the value that the old text gave a top-level local before
// statement j, if it is a number, a string or a boolean.
func (p *Patch) plainBase(r *run, j, v int) lua.LValue {
	at, ok := r.c.was.last(fmt.Sprintf("local %d", v))
	if !ok || at.statement >= j {
		return nil
	}
	if s := &r.c.Match.OldStatements[at.statement]; s.Why != "" || s.Volatile || valueOf(s, at.target) >= 0 {
		return nil
	}
	values, err := p.base(r, at.statement)
	if err != nil || at.target >= len(values) {
		return nil
	}
	return plain(values[at.target])
}

// split takes the results of a thunk apart: the places of the targets, two values
// for each field, one for a metatable, and the values.
func split(s *syntax.Statement, results []lua.LValue) (places [][]lua.LValue, values []lua.LValue) {
	for _, t := range s.Targets {
		n := 0
		switch {
		case t.Metatable:
			n = 1
		case t.Variable < 0 && t.Global == "":
			n = 2
		}
		places = append(places, results[:n])
		results = results[n:]
	}
	return places, results
}
