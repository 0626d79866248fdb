package syntax

import (
	"fmt"

	lua "github.com/yuin/gopher-lua"
	"github.com/yuin/gopher-lua/ast"

	"devnode/runtime/lua/bytecode"
	"devnode/runtime/lua/value"
)

// declared is a variable with the statement that declares it, nil for one that
// gets its value otherwise.
type declared struct {
	v     *local
	st    ast.Stmt
	at    int // of the statement in its list
	index int // among the variables of the statement
}

func declarationsIn(list []ast.Stmt) (all []declared) {
	for i, st := range list {
		switch st := st.(type) {
		case *localStmt:
			for k, v := range st.vars {
				all = append(all, declared{v, st, i, k})
			}
		case *localFunctionStmt:
			all = append(all, declared{st.v, st, i, 0})
		}
	}
	return all
}

// declarations pairs the variables that two lists declare before the place.
func (p *placer) declarations(old, new []ast.Stmt, to []int) error {
	was, is := declarationsIn(old), declarationsIn(new)
	for _, d := range was {
		p.live = append(p.live, d.v)
	}
	for _, d := range is {
		for _, o := range was {
			if to[o.at] == d.at && o.index == d.index && o.v.name == d.v.name {
				p.pair[d.v] = o.v
			}
		}
	}
	if err := p.pairByName(was, is); err != nil {
		return err
	}
	for _, d := range is {
		for _, o := range was {
			if p.renamed(o, d, was, is, to) {
				p.pair[d.v] = o.v
			}
		}
	}
	p.changes(was, is)
	return p.carryAll(is)
}

// pairByName pairs the variables of one scope that nothing else has paired. Where
// several have one name, there must be as many of them in both versions.
func (p *placer) pairByName(was, is []declared) error {
	olds := make(map[string][]*local)
	for _, d := range was {
		if !p.taken(d.v) {
			olds[d.v.name] = append(olds[d.v.name], d.v)
		}
	}
	news := make(map[string][]*local)
	for _, d := range is {
		if p.pair[d.v] == nil {
			news[d.v.name] = append(news[d.v.name], d.v)
		}
	}
	for name, list := range news {
		from := olds[name]
		if len(from) == 0 {
			continue
		}
		if len(from) != len(list) {
			return fmt.Errorf("which of several locals '%s' is which can't be told", name)
		}
		for i, v := range list {
			p.pair[v] = from[i]
		}
	}
	return nil
}

// renamed tells whether a variable is another under a new name: it stands in the
// same statement, with the same first value, and the old name is gone.
func (p *placer) renamed(o, n declared, was, is []declared, to []int) bool {
	if p.pair[n.v] != nil || p.taken(o.v) || to[o.at] != n.at || o.index != n.index {
		return false
	}
	for _, d := range was {
		if d.v.name == n.v.name {
			return false
		}
	}
	for _, d := range is {
		if d.v.name == o.v.name {
			return false
		}
	}
	return sameWordsOf(o.first(), n.first())
}

// taken tells whether an old variable is paired.
func (p *placer) taken(old *local) bool {
	for _, o := range p.pair {
		if o == old {
			return true
		}
	}
	return false
}

// first is the expression that a variable gets its first value from: of several
// values of a call, the call.
func (d declared) first() ast.Expr {
	switch st := d.st.(type) {
	case *localStmt:
		switch n := len(st.rhs); {
		case d.index < n:
			return st.rhs[d.index]
		case n > 0 && isMulti(st.rhs[n-1]):
			return st.rhs[n-1]
		}
		return &literal{kind: litNil}
	case *localFunctionStmt:
		return st.fn
	}
	return nil
}

func sameWordsOf(a, b ast.Expr) bool {
	if a == nil || b == nil {
		return a == b
	}
	var x, y wording
	x.expr(a)
	y.expr(b)
	return x.equal(y.words)
}

// changes looks for paired variables whose first values differ. One that is never
// assigned to is a constant of the text, and gets its new value; any other keeps
// the one that it has.
func (p *placer) changes(was, is []declared) {
	for _, d := range is {
		old := p.pair[d.v]
		if old == nil {
			continue
		}
		for _, o := range was {
			if o.v != old || sameWordsOf(o.first(), d.first()) {
				continue
			}
			_, function := d.first().(*function)
			if value, ok := constantOf(o, d); ok {
				p.changed[d.v] = value
			} else if !function && p.loops == 0 {
				p.kept = append(p.kept, d.v.name)
			}
		}
	}
}

// constantOf is the value that the new text gives a variable that the old one
// had as a constant: neither of them assigns to it.
func constantOf(o, d declared) (lua.LValue, bool) {
	if o.v.assigned || d.v.assigned || o.v.attrib == attribClose || d.v.attrib == attribClose {
		return nil, false
	}
	if _, ok := o.first().(*literal); !ok {
		return nil, false
	}
	if l, ok := d.first().(*literal); ok {
		return literalValue(l), true
	}
	return nil, false
}

// carryAll takes the new variables of a scope up among the active ones.
func (p *placer) carryAll(is []declared) error {
	for _, d := range is {
		origin, err := p.origin(d)
		if err != nil {
			return err
		}
		if d.v.reg >= 0 {
			p.active = append(p.active, &carried{reg: d.v.reg, v: d.v, origin: origin})
		}
	}
	return nil
}

// origin says where a variable of the new function has its value from.
func (p *placer) origin(d declared) (bytecode.Origin, error) {
	v, old := d.v, p.pair[d.v]
	o := bytecode.Origin{Register: -1, Name: v.name, Captured: v.captured, Separable: !v.assigned}
	if old == nil || old.reg < 0 {
		value, err := p.firstValue(d)
		o.Value = value
		return o, err
	}
	o.Separable = !v.assigned && !old.assigned
	if was, known := p.m.pairs[v]; known && was != old && (v.captured || old.captured) {
		return o, fmt.Errorf("which local '%s' is meant can't be told", v.name)
	}
	switch {
	case (v.attrib == attribClose) != (old.attrib == attribClose):
		return o, fmt.Errorf("the local '%s' is closed otherwise", v.name)
	case v.reg < 0 && old.assigned:
		return o, fmt.Errorf("the local '%s' has become a constant", v.name)
	}
	o.Register = old.reg
	if value, ok := p.changed[v]; ok {
		o.Value = value
	}
	return o, nil
}

// firstValue is the value of a variable that is new: a constant, or a table of
// constants.
func (p *placer) firstValue(d declared) (lua.LValue, error) {
	if d.v.attrib == attribClose {
		return nil, fmt.Errorf("a new local '%s' before it is to be closed", d.v.name)
	}
	value, ok := plainValue(d.first())
	if !ok {
		return nil, fmt.Errorf("a new local '%s' before it is made by %s", d.v.name, madeBy(d.first()))
	}
	return value, nil
}

// plainValue is the value of a literal, or of a constructor of such.
func plainValue(e ast.Expr) (lua.LValue, bool) {
	switch e := e.(type) {
	case *literal:
		return literalValue(e), true
	case *tableExpr:
		t, items := value.NewTable(0, 0), 0
		for _, fd := range e.fields {
			v, ok := plainValue(fd.value)
			if !ok {
				return nil, false
			}
			if fd.key == nil {
				items++
				t.RawSetInt(items, v)
				continue
			}
			key, ok := plainValue(fd.key)
			if !ok || key == lua.LNil {
				return nil, false
			}
			t.RawSet(value.Key(key), v)
		}
		return t, true
	}
	return nil, false
}

func literalValue(e *literal) lua.LValue {
	switch e.kind {
	case litFalse:
		return lua.LFalse
	case litTrue:
		return lua.LTrue
	case litNumber:
		return e.num
	case litString:
		return lua.LString(e.str)
	}
	return lua.LNil
}

// madeBy names what makes a value.
func madeBy(e ast.Expr) string {
	switch e.(type) {
	case *callExpr:
		return "a call"
	case *function:
		return "a function"
	case *tableExpr:
		return "a constructor"
	}
	return "an expression"
}
