package syntax

import "github.com/yuin/gopher-lua/ast"

// A step is one level of the way from a function's body to a call: a statement
// of a list, and the body in it that the way leads through.
type step struct {
	list []ast.Stmt
	at   int
	body int // of bodiesOf, or one of those below
}

const (
	inExprs    = -1 // the call is in the statement's expressions
	inIterator = -2 // the statement is a loop that calls its iterator
)

func (s step) statement() ast.Stmt { return s.list[s.at] }

// wayTo finds the call whose instruction is at pc; there is no expression for it
// where a loop calls its iterator. Tail calls are none: nothing of the function
// comes after them.
func wayTo(list []ast.Stmt, pc int) ([]step, *callExpr) {
	for i, st := range list {
		for _, e := range exprsOf(st) {
			if c := callAt(e, pc); c != nil {
				return []step{{list, i, inExprs}}, c
			}
		}
		if loop, ok := st.(*genericForStmt); ok && loop.next == pc {
			return []step{{list, i, inIterator}}, nil
		}
		for b, body := range bodiesOf(st) {
			if way, c := wayTo(body, pc); way != nil {
				return append([]step{{list, i, b}}, way...), c
			}
		}
	}
	return nil, nil
}

// callAt finds the call at pc in an expression, not in functions in it.
func callAt(e ast.Expr, pc int) *callExpr {
	if c, ok := e.(*callExpr); ok && c.pc == pc && !c.tail {
		return c
	}
	for _, inner := range operandsOf(e) {
		if c := callAt(inner, pc); c != nil {
			return c
		}
	}
	return nil
}

// bodiesOf lists the statement lists in a statement.
func bodiesOf(st ast.Stmt) [][]ast.Stmt {
	switch st := st.(type) {
	case *doStmt:
		return [][]ast.Stmt{st.body}
	case *whileStmt:
		return [][]ast.Stmt{st.body}
	case *repeatStmt:
		return [][]ast.Stmt{st.body}
	case *numericForStmt:
		return [][]ast.Stmt{st.body}
	case *genericForStmt:
		return [][]ast.Stmt{st.body}
	case *ifStmt:
		var list [][]ast.Stmt
		for _, c := range st.clauses {
			list = append(list, c.body)
		}
		return list
	}
	return nil
}

// exprsOf lists the expressions of a statement that the function evaluates
// itself, in the order in which it does.
func exprsOf(st ast.Stmt) []ast.Expr {
	switch st := st.(type) {
	case *localStmt:
		return st.rhs
	case *assignStmt:
		return append(append([]ast.Expr{}, st.lhs...), st.rhs...)
	case *functionStmt:
		return []ast.Expr{st.target, st.fn}
	case *localFunctionStmt:
		return []ast.Expr{st.fn}
	case *callStmt:
		return []ast.Expr{st.call}
	case *whileStmt:
		return []ast.Expr{st.cond}
	case *repeatStmt:
		return []ast.Expr{st.cond}
	case *ifStmt:
		var list []ast.Expr
		for _, c := range st.clauses {
			if c.cond != nil {
				list = append(list, c.cond)
			}
		}
		return list
	case *numericForStmt:
		list := []ast.Expr{st.init, st.limit}
		if st.step != nil {
			list = append(list, st.step)
		}
		return list
	case *genericForStmt:
		return st.rhs
	case *returnStmt:
		return st.values
	}
	return nil
}

// operandsOf lists what an expression consists of, in the order of evaluation.
func operandsOf(e ast.Expr) []ast.Expr {
	switch e := e.(type) {
	case *parenExpr:
		return []ast.Expr{e.e}
	case *indexExpr:
		return []ast.Expr{e.obj, e.key}
	case *callExpr:
		return append([]ast.Expr{e.fn}, e.args...)
	case *binaryExpr:
		return []ast.Expr{e.lhs, e.rhs}
	case *unaryExpr:
		return []ast.Expr{e.e}
	case *logicExpr:
		return []ast.Expr{e.lhs, e.rhs}
	case *concatExpr:
		return e.parts
	case *tableExpr:
		var list []ast.Expr
		for _, fd := range e.fields {
			if fd.key != nil {
				list = append(list, fd.key)
			}
			list = append(list, fd.value)
		}
		return list
	}
	return nil
}

// isLoop tells whether a statement runs its body again and again.
func isLoop(st ast.Stmt) bool {
	switch st.(type) {
	case *whileStmt, *repeatStmt, *numericForStmt, *genericForStmt:
		return true
	}
	return false
}
