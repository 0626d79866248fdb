package syntax

import (
	"github.com/yuin/gopher-lua/ast"
)

// same tells whether two expressions of the old and the new function compute the
// same from the same variables, by code that is laid out alike. Functions in
// them are left aside: making one takes the same code whatever is in it.
func (p *placer) same(old, new ast.Expr) bool {
	switch o := old.(type) {
	case *literal:
		n, ok := new.(*literal)
		return ok && literalWord(o) == literalWord(n)
	case *localExpr:
		n, ok := new.(*localExpr)
		return ok && p.pair[n.v] == o.v
	case *upvalueExpr:
		n, ok := new.(*upvalueExpr)
		return ok && p.sameUpvalue(o.v, n.v)
	case *globalExpr:
		n, ok := new.(*globalExpr)
		return ok && o.name == n.name
	case *function:
		_, ok := new.(*function)
		return ok
	}
	return shapeOf(old) == shapeOf(new) && p.sameAll(operandsOf(old), operandsOf(new))
}

func (p *placer) sameAll(old, new []ast.Expr) bool {
	if len(old) != len(new) {
		return false
	}
	for i := range old {
		if !p.same(old[i], new[i]) {
			return false
		}
	}
	return true
}

func (p *placer) sameUpvalue(old, new *local) bool {
	if was, paired := p.m.pairs[new]; paired {
		return was == old
	}
	return old.name == new.name
}

// counterpart finds the call in the new expressions that stands where call does
// in the old: all that the old code has evaluated before is the same.
func (p *placer) counterpart(old, new []ast.Expr, call *callExpr) *callExpr {
	for i, o := range old {
		if i >= len(new) {
			return nil
		}
		if callAt(o, call.pc) == call {
			return p.callIn(o, new[i], call)
		}
		if !p.same(o, new[i]) {
			return nil
		}
	}
	return nil
}

func (p *placer) callIn(old, new ast.Expr, call *callExpr) *callExpr {
	n, ok := new.(*callExpr)
	if old == ast.Expr(call) {
		if !ok || n.method != call.method || !p.same(call.fn, n.fn) {
			return nil
		}
		return n
	}
	if o, both := old.(*callExpr); both && ok {
		if o.method != n.method {
			return nil
		}
	} else if shapeOf(old) != shapeOf(new) {
		return nil
	}
	return p.counterpart(operandsOf(old), operandsOf(new), call)
}

// sameRequest tells whether two calls ask for the same: their arguments are the
// same, but for numbers and functions.
func (p *placer) sameRequest(old, new *callExpr) bool {
	if len(old.args) != len(new.args) {
		return false
	}
	for i, o := range old.args {
		n := new.args[i]
		a, ok1 := o.(*literal)
		b, ok2 := n.(*literal)
		if ok1 && ok2 && a.kind == litNumber && b.kind == litNumber {
			continue
		}
		if !p.same(o, n) {
			return false
		}
	}
	return true
}
