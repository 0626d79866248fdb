package syntax

import (
	"fmt"

	"github.com/yuin/gopher-lua/ast"
)

// describe fills in the result.
func (m *matcher) describe() {
	m.numbers = [2]map[*local]int{make(map[*local]int), make(map[*local]int)}
	m.Old = m.functions(m.old, m.oldNumber)
	m.Functions = m.functions(m.new, m.newNumber)
	m.pairs = m.variable
	m.describeStatements()
	m.describeVariables()
	for _, n := range m.new.units {
		o := m.pair[n]
		if o == nil || o.index < 0 || n.index < 0 {
			if n.index >= 0 {
				m.Functions[n.index].Changed = true
			}
			continue
		}
		m.Functions[n.index].Counterpart, m.Old[o.index].Counterpart = o.index, n.index
		m.Functions[n.index].Changed, m.Old[o.index].Changed = m.changed[n], m.changed[n]
	}
}

func (m *matcher) functions(f *outline, number func(*local) int) []Function {
	list := make([]Function, len(f.order))
	for _, u := range f.units {
		if u.index < 0 {
			continue
		}
		fn := Function{Name: u.name, Line: u.fn.Line(), Parent: -1, Counterpart: -1}
		if fn.Name == "" {
			fn.Name = nameless(f.given[u.fn], fn.Line)
		}
		if u.parent != nil {
			fn.Parent = u.parent.index
		}
		for _, v := range u.fn.upvalues {
			fn.Upvalues = append(fn.Upvalues, number(v))
		}
		list[u.index] = fn
	}
	return list
}

// nameless is what a function without a name is called by: where it stands, and the
// call that it is given to, as `skynet.fork(function:13)`.
func nameless(given string, line int) string {
	if given == "" {
		return fmt.Sprintf("the function at line %d", line)
	}
	return fmt.Sprintf("%sfunction:%d)", given, line)
}

// describeStatements fills in what the main chunks' statements do, and pairs them.
func (m *matcher) describeStatements() {
	m.OldStatements = (&describer{m: m, f: m.old, mine: m.oldNumber, known: m.known}).statements()
	m.Statements = (&describer{m: m, f: m.new, mine: m.newNumber, known: m.known}).statements()
	m.matchStatements(m.OldStatements, m.Statements)
}

// describeVariables fills in how the variables of the new source begin.
func (m *matcher) describeVariables() {
	for v, i := range m.numbers[1] {
		m.Variables[i].Assigned = m.Variables[i].Assigned || v.assigned
	}
	for v, i := range m.numbers[0] {
		m.Variables[i].Assigned = m.Variables[i].Assigned || v.assigned
	}
	first := &visitor{expr: func(ast.Expr) bool { return false }, stmt: func(st ast.Stmt) {
		if st, ok := st.(*localStmt); ok {
			for i, v := range st.vars {
				if at, known := m.numbers[1][v]; known && i < len(st.rhs) {
					m.Variables[at].First = firstLiteral(st.rhs[i])
				}
			}
		}
	}}
	for _, u := range m.new.order {
		first.block(u.fn.body)
	}
}
