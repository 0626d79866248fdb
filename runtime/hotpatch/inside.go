package hotpatch

import (
	"fmt"
	"slices"

	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/lua/syntax"
)

// What is defined inside the start function, or inside a block of the top level, is had
// as what is defined at the top level: handlers, helper functions and values are
// evaluated alone, with the variables that living functions have of what ran once.

// insideOf is one function or block of a changed file that has run once.
type insideOf struct {
	c     *Change
	j     *joiner
	r     *run
	in    syntax.Inside
	what  string // in an error
	line  int
	first map[string]lua.LValue // what the old text gave to places
}

// inside gives the program the definitions that are new or changed inside of what a
// file has run once, and takes away those that are gone.
func (p *Patch) inside(c *Change) error {
	if p.older[c] {
		return nil
	}
	runs := p.runsOf(c)
	if len(runs) != 1 {
		return p.blocksChanged(c)
	}
	j := p.joiners[c]
	if start := p.startOf(c); start >= 0 && p.reachOf(c.Was[start]) > byStack {
		if next := c.Match.Old[start].Counterpart; next >= 0 && c.Match.Functions[next].Changed {
			fn := &c.Match.Functions[next]
			in, ok := c.Match.InsideFunction(start)
			if ok {
				if err := p.defineInside(&insideOf{c: c, j: j, r: runs[0], in: in, what: "the start function", line: fn.Line}); err != nil {
					return err
				}
				p.defined(c)[next] = true
			}
		}
	}
	for i := range c.Match.Statements {
		s := &c.Match.Statements[i]
		if !s.Block {
			continue
		}
		in, ok := c.Match.InsideBlock(i)
		if !ok || !j.single {
			return reloadFor(c, s.Line, "changed at the top level: %s", s.Text)
		}
		if err := p.defineInside(&insideOf{c: c, j: j, r: runs[0], in: in, what: s.Text, line: s.Line}); err != nil {
			return err
		}
	}
	return nil
}

// blocksChanged refuses a block that has changed, of a file that was run several times.
func (p *Patch) blocksChanged(c *Change) error {
	for i := range c.Match.Statements {
		if s := &c.Match.Statements[i]; s.Block && len(p.runsOf(c)) > 0 {
			return reloadFor(c, s.Line, "changed at the top level: %s", s.Text)
		}
	}
	return nil
}

// defined are the functions of a change's new text that definitions inside have made,
// or whose own code differs in such definitions only.
func (p *Patch) defined(c *Change) map[int]bool {
	if p.insideDefined[c] == nil {
		p.insideDefined[c] = make(map[int]bool)
	}
	return p.insideDefined[c]
}

// defineInside brings the places that the definitions give values to from what the old
// text gave them to what the new one gives.
func (p *Patch) defineInside(o *insideOf) error {
	o.first = make(map[string]lua.LValue)
	if err := o.plain(); err != nil {
		return err
	}
	if err := o.declare(); err != nil {
		return err
	}
	for _, fn := range o.in.Unused {
		p.defined(o.c)[fn] = true
	}
	gone := make(map[string]int)
	for i := range o.in.Gone {
		s := &o.in.Gone[i]
		places, values, err := p.evaluateInside(o, s, true)
		if err != nil {
			return err
		}
		for k, t := range s.Targets {
			o.first[t.Slot()], gone[t.Slot()] = values[k], valueOf(s, k)
			if !slices.ContainsFunc(o.in.New, func(n syntax.Statement) bool { return gives(&n, t.Slot()) }) {
				if err := p.goneInside(o, t, places[k], values[k]); err != nil {
					return err
				}
			}
		}
	}
	for i := range o.in.New {
		s := &o.in.New[i]
		for _, fn := range s.Functions {
			if o.c.Match.Functions[fn].Counterpart < 0 {
				p.defined(o.c)[fn] = true
			}
		}
		places, values, err := p.evaluateInside(o, s, false)
		if err != nil {
			return err
		}
		for k, t := range s.Targets {
			was, had := gone[t.Slot()]
			if now := valueOf(s, k); had && now >= 0 && was >= 0 && o.c.Match.Functions[now].Counterpart == was {
				continue // it has moved
			}
			at, ok := p.placeInside(o, t, places[k])
			if !ok {
				return o.refuse(s, "%s is given a value in what is no plain table", t.Name)
			}
			p.settle(at, o.first[t.Slot()], values[k])
		}
	}
	return nil
}

// declare makes the cells of variables that are new.
func (o *insideOf) declare() error {
	for i := range o.in.New {
		s := &o.in.New[i]
		for k, t := range s.Targets {
			v := t.Variable
			if !t.Declares || o.j.cells[v] != nil || o.j.fresh[v] != nil {
				continue
			}
			was := slices.ContainsFunc(o.in.Gone, func(g syntax.Statement) bool { return gives(&g, t.Slot()) })
			if was && valueOf(s, k) < 0 { // what it is now isn't known
				return o.refuse(s, "nothing has kept the local '%s' alive", t.Name)
			}
			uv := &lua.Upvalue{}
			uv.SetValue(lua.LNil)
			o.j.fresh[v] = uv
		}
	}
	return nil
}

func gives(s *syntax.Statement, slot string) bool {
	return slices.ContainsFunc(s.Targets, func(t syntax.Target) bool { return t.Slot() == slot })
}

func (o *insideOf) refuse(s *syntax.Statement, format string, args ...any) error {
	return fmt.Errorf("%s changed, which has run: %s%s", o.what, fmt.Sprintf(format, args...), o.c.At(s.Line))
}

// plain checks that each place has one definition in each text: of several, the order
// would tell which one counts.
func (o *insideOf) plain() error {
	for _, list := range [2][]syntax.Statement{o.in.Gone, o.in.New} {
		times := make(map[string]int)
		for i := range list {
			for _, t := range list[i].Targets {
				_, above1 := o.c.was[t.Slot()]
				_, above2 := o.c.is[t.Slot()]
				other := slices.ContainsFunc(o.in.Others, func(n syntax.Statement) bool { return gives(&n, t.Slot()) })
				if times[t.Slot()]++; times[t.Slot()] > 1 || above1 || above2 || other {
					return o.refuse(&list[i], "%s is given a value in several places", t.Name)
				}
			}
		}
	}
	return nil
}

// goneInside takes away what only the old text gives a value to.
func (p *Patch) goneInside(o *insideOf, t syntax.Target, where []lua.LValue, base lua.LValue) error {
	if t.Variable >= 0 {
		if uv := o.cell(t.Variable); uv != nil && isData(uv.Value()) && !p.same(uv.Value(), base) {
			p.note(fmt.Sprintf("%s = %s is gone with its variable", t.Name, short(uv.Value())))
		}
		return nil
	}
	at, ok := p.placeInside(o, t, where)
	if !ok {
		return reloadFor(o.c, o.line, "%s is gone from what is no plain table", t.Name)
	}
	p.settle(at, base, nil)
	return nil
}

// cell is the cell of a variable, nil where nothing tells which one it is.
func (o *insideOf) cell(v int) *lua.Upvalue {
	if uv := o.r.cell(v); uv != nil {
		return uv
	}
	return o.j.cellInside(v)
}

// cellInside is the one cell of a variable of what has run once, nil where there is none,
// or are several.
func (j *joiner) cellInside(v int) *lua.Upvalue {
	if uv := j.fresh[v]; uv != nil {
		return uv
	}
	variable := &j.c.Match.Variables[v]
	if len(j.cells[v]) != 1 || !(j.single && variable.Once || variable.OnceIn > 0 && variable.OnceIn == j.start) {
		return nil
	}
	for uv := range j.cells[v] {
		return uv
	}
	return nil
}

// placeInside is placeOf, with the variables of what has run once.
func (p *Patch) placeInside(o *insideOf, t syntax.Target, where []lua.LValue) (place, bool) {
	if t.Variable < 0 {
		return p.placeOf(o.r, t, where)
	}
	uv := o.cell(t.Variable)
	if uv == nil {
		return place{}, false
	}
	return p.cellPlace(t.Name, uv), true
}

// evaluateInside evaluates a definition in the scope as it is.
func (p *Patch) evaluateInside(o *insideOf, s *syntax.Statement, old bool) (places [][]lua.LValue, values []lua.LValue, err error) {
	protos := o.c.Is
	if old {
		protos = o.c.Was
	}
	t, err := o.c.Match.InsideThunk(s, old, protos)
	if err != nil {
		return nil, nil, o.refuse(s, "%s: %s", s.Text, err)
	}
	cells := make([]*lua.Upvalue, len(t.Upvalues))
	for i, v := range t.Upvalues {
		if cells[i] = o.cell(v); cells[i] == nil && old && o.declares(s, v) {
			cells[i] = &lua.Upvalue{} // a function that calls itself, and that nothing has kept
			cells[i].SetValue(lua.LNil)
		}
		if cells[i] == nil {
			return nil, nil, o.refuse(s, "the local '%s' is out of reach", o.c.Match.Variables[v].Name)
		}
	}
	results, err := p.run(o.r, t, cells)
	if err != nil {
		return nil, nil, o.refuse(s, "%s: %s", s.Text, err)
	}
	places, values = split(s, results)
	return places, values, nil
}

// declares tells whether a statement declares a variable.
func (o *insideOf) declares(s *syntax.Statement, v int) bool {
	return slices.ContainsFunc(s.Targets, func(t syntax.Target) bool { return t.Declares && t.Variable == v })
}
