package syntax

import (
	"reflect"

	"github.com/yuin/gopher-lua/ast"
)

// statements compares two blocks and returns the first difference that isn't
// inside a function.
func (c *comparison) statements(at *site, old, new []ast.Stmt) *difference {
	for i, st := range new {
		if i == len(old) {
			return differ(st.Line(), "new %s", describe(st))
		}
		d := c.statement(at, old[i], st)
		if d == nil {
			continue
		}
		if len(new) > len(old) && c.same(at, old[i], new[i+1]) {
			return differ(st.Line(), "new %s", describe(st))
		}
		if len(old) > len(new) && c.same(at, old[i+1], st) {
			return differ(st.Line(), "%s removed", describe(old[i]))
		}
		return d
	}
	if len(old) > len(new) {
		line := 1
		if len(new) > 0 {
			line = new[len(new)-1].LastLine()
		}
		return differ(line, "%s removed", describe(old[len(new)]))
	}
	return nil
}

// same compares two statements on trial.
func (c *comparison) same(at *site, old, new ast.Stmt) bool {
	mark := len(c.changed)
	d := c.statement(at, old, new)
	c.changed = c.changed[:mark]
	return d == nil
}

func (c *comparison) statement(at *site, old, new ast.Stmt) *difference {
	changed := differ(new.Line(), "%s changed", describe(new))
	if reflect.TypeOf(old) != reflect.TypeOf(new) {
		return changed
	}
	switch n := new.(type) {
	case *localStmt:
		return c.localStatement(at, old.(*localStmt), n)
	case *assignStmt:
		o := old.(*assignStmt)
		if !c.equal(at, o.lhs, n.lhs) || len(o.rhs) != len(n.rhs) {
			return changed
		}
		return c.named(at, o.rhs, n.rhs, func(i int) string { return nameOf(n.lhs[min(i, len(n.lhs)-1)]) }, changed)
	case *functionStmt:
		o := old.(*functionStmt)
		if describe(old) != describe(new) || c.expression(at, "", o.target, n.target) {
			return changed
		}
		return c.function(at, functionName(n), false, o.fn, n.fn)
	case *localFunctionStmt:
		o := old.(*localFunctionStmt)
		if d := c.declare(new.Line(), []*local{o.v}, []*local{n.v}); d != nil {
			return d
		}
		return c.function(at, n.v.name, false, o.fn, n.fn)
	case *callStmt:
		return c.firstOf(changed, c.call(at, old.(*callStmt).call, n.call))
	case *returnStmt:
		o := old.(*returnStmt)
		if len(o.values) != len(n.values) {
			return changed
		}
		return c.named(at, o.values, n.values, func(int) string { return "return" }, changed)
	case *gotoStmt:
		if old.(*gotoStmt).name != n.name {
			return changed
		}
	case *labelStmt:
		if old.(*labelStmt).label.name != n.label.name {
			return changed
		}
	case *breakStmt:
	default:
		return c.compound(at, old, new, changed)
	}
	return nil
}

// compound compares the statements that have blocks.
func (c *comparison) compound(at *site, old, new ast.Stmt, changed *difference) *difference {
	switch n := new.(type) {
	case *doStmt:
		return c.statements(at, old.(*doStmt).body, n.body)
	case *whileStmt:
		o := old.(*whileStmt)
		if c.expression(at, "", o.cond, n.cond) {
			return changed
		}
		return c.statements(at, o.body, n.body)
	case *repeatStmt:
		o := old.(*repeatStmt)
		if d := c.statements(at, o.body, n.body); d != nil {
			return d
		}
		if c.expression(at, "", o.cond, n.cond) {
			return changed
		}
	case *ifStmt:
		o := old.(*ifStmt)
		if len(o.clauses) != len(n.clauses) {
			return changed
		}
		for i := range n.clauses {
			if c.expression(at, "", o.clauses[i].cond, n.clauses[i].cond) {
				return changed
			}
			if d := c.statements(at, o.clauses[i].body, n.clauses[i].body); d != nil {
				return d
			}
		}
	case *numericForStmt:
		o := old.(*numericForStmt)
		if !c.equal(at, []ast.Expr{o.init, o.limit, o.step}, []ast.Expr{n.init, n.limit, n.step}) {
			return changed
		}
		return c.loop(at, new.Line(), []*local{o.v}, []*local{n.v}, o.body, n.body)
	case *genericForStmt:
		o := old.(*genericForStmt)
		if !c.equal(at, o.rhs, n.rhs) {
			return changed
		}
		return c.loop(at, new.Line(), o.vars, n.vars, o.body, n.body)
	}
	return nil
}

func (c *comparison) loop(at *site, line int, oldVars, newVars []*local, old, new []ast.Stmt) *difference {
	if d := c.declare(line, oldVars, newVars); d != nil {
		return d
	}
	return c.statements(at, old, new)
}

func (c *comparison) localStatement(at *site, old, new *localStmt) *difference {
	changed := differ(new.Line(), "initialiser of local %s changed", new.vars[0].name)
	if len(old.rhs) != len(new.rhs) {
		return changed
	}
	name := func(i int) string { return new.vars[min(i, len(new.vars)-1)].name }
	if d := c.named(at, old.rhs, new.rhs, name, changed); d != nil {
		return d
	}
	return c.declare(new.Line(), old.vars, new.vars)
}

// named compares values that may be functions with names.
func (c *comparison) named(at *site, old, new []ast.Expr, name func(i int) string, changed *difference) *difference {
	for i := range new {
		if d := c.value(at, name(i), false, old[i], new[i]); d != nil {
			return c.firstOf(changed, d)
		}
	}
	return nil
}

// firstOf prefers the reason of d if it has one of its own.
func (c *comparison) firstOf(changed, d *difference) *difference {
	if d == nil || d.reason != "" {
		return d
	}
	return changed
}

// describe is a statement in a few words.
func describe(st ast.Stmt) string {
	switch st := st.(type) {
	case *localStmt:
		return "local " + st.vars[0].name
	case *localFunctionStmt:
		return "local function " + st.v.name
	case *functionStmt:
		return "function " + functionName(st)
	case *assignStmt:
		return "assignment to " + nameOf(st.lhs[0])
	case *callStmt:
		return "call of " + calleeName(st.call)
	case *returnStmt:
		return "return"
	case *ifStmt:
		return "if"
	case *whileStmt, *repeatStmt, *numericForStmt, *genericForStmt:
		return "loop"
	case *doStmt:
		return "block"
	case *gotoStmt:
		return "goto " + st.name
	case *labelStmt:
		return "label " + st.label.name
	}
	return "break"
}
