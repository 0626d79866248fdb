package syntax

import (
	"fmt"

	"github.com/yuin/gopher-lua/ast"
)

// notRun looks for statements before the place that the activation would have
// run, had it begun in the new text: what comes after the place may need what
// they do. The next turn of a loop runs them, the rest of this one doesn't.
func (p *placer) notRun(st step, list []ast.Stmt, j int, to []int) error {
	if wordsOf(st.list[st.at:]...).equal(wordsOf(list[j:]...)) {
		return nil // it goes on as it would have
	}
	from := make(map[int]ast.Stmt)
	for i, k := range to {
		if k >= 0 {
			from[k] = st.list[i]
		}
	}
	needed := mentions(list[j:])
	for k, n := range list[:j] {
		old := from[k]
		done := p.assigned(old)
		for name := range p.assigned(n) {
			if !needed[name] || done[name] {
				continue
			}
			return fmt.Errorf("line %d before it, which sets '%s', has not run", n.Line(), name)
		}
		call, ok := n.(*callStmt)
		if ok && p.loops == 0 && (old == nil || headOf(old) != headOf(n)) {
			return fmt.Errorf("line %d before it, a call, has not run", call.Line())
		}
	}
	return nil
}

// assigned are the names of what a statement of the old or the new text assigns
// to, with the statements in it, by the new names; not what it declares. In a
// loop, a local that it counts on has a value already.
func (p *placer) assigned(st ast.Stmt) map[string]bool {
	names := make(map[string]bool)
	var visit func(st ast.Stmt)
	visit = func(st ast.Stmt) {
		switch st := st.(type) {
		case *assignStmt:
			for i, e := range st.lhs {
				if l, ok := e.(*localExpr); ok && p.loops > 0 && i < len(st.rhs) && reads(st.rhs[i], l.v) {
					continue
				}
				names[p.newName(e)] = true
			}
		case *functionStmt:
			names[p.newName(st.target)] = true
		}
		for _, body := range bodiesOf(st) {
			for _, inner := range body {
				visit(inner)
			}
		}
	}
	visit(st)
	delete(names, "")
	return names
}

// newName is the name of what is assigned to, in the new text.
func (p *placer) newName(e ast.Expr) string {
	if l, ok := e.(*localExpr); ok {
		for n, o := range p.pair {
			if o == l.v {
				return n.name
			}
		}
	}
	return exprText(e)
}

// reads tells whether an expression uses a local variable itself.
func reads(e ast.Expr, v *local) bool {
	if l, ok := e.(*localExpr); ok && l.v == v {
		return true
	}
	for _, inner := range operandsOf(e) {
		if reads(inner, v) {
			return true
		}
	}
	return false
}

// mentions are the names of the variables and fields in statements.
func mentions(list []ast.Stmt) map[string]bool {
	names := make(map[string]bool)
	var expr func(e ast.Expr)
	var body func(list []ast.Stmt)
	expr = func(e ast.Expr) {
		names[exprText(e)] = true
		if fn, ok := e.(*function); ok {
			body(fn.body)
		}
		for _, inner := range operandsOf(e) {
			expr(inner)
		}
	}
	body = func(list []ast.Stmt) {
		for _, st := range list {
			for _, e := range exprsOf(st) {
				expr(e)
			}
			for _, inner := range bodiesOf(st) {
				body(inner)
			}
		}
	}
	body(list)
	return names
}
