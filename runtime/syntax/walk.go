package syntax

import (
	"fmt"

	"github.com/yuin/gopher-lua/ast"
)

// functionsIn lists the functions that stand in the statements, but not those
// inside other functions, in the order of their prototypes: the one in which
// code is generated.
func functionsIn(list []ast.Stmt) []*function {
	w := &walker{}
	w.statements(list)
	return w.found
}

type walker struct{ found []*function }

func (w *walker) statements(list []ast.Stmt) {
	for _, st := range list {
		w.statement(st)
	}
}

func (w *walker) statement(st ast.Stmt) {
	switch st := st.(type) {
	case *localStmt:
		if st.vars[0].value == nil {
			w.expressions(st.rhs)
		}
	case *assignStmt:
		w.expressions(st.lhs)
		w.expressions(st.rhs)
	case *functionStmt:
		w.expression(st.target)
		w.found = append(w.found, st.fn)
	case *localFunctionStmt:
		w.found = append(w.found, st.fn)
	case *callStmt:
		w.expression(st.call)
	case *doStmt:
		w.statements(st.body)
	case *whileStmt:
		w.statements(st.body)
		w.expression(st.cond)
	case *repeatStmt:
		w.statements(st.body)
		w.expression(st.cond)
	case *ifStmt:
		for _, c := range st.clauses {
			w.expression(c.cond)
			w.statements(c.body)
		}
	case *numericForStmt:
		w.expressions([]ast.Expr{st.init, st.limit, st.step})
		w.statements(st.body)
	case *genericForStmt:
		w.expressions(st.rhs)
		w.statements(st.body)
	case *returnStmt:
		w.expressions(st.values)
	case *breakStmt, *gotoStmt, *labelStmt:
	default:
		panic(fmt.Sprintf("syntax: no walk for %T", st))
	}
}

func (w *walker) expressions(list []ast.Expr) {
	for _, e := range list {
		w.expression(e)
	}
}

func (w *walker) expression(e ast.Expr) {
	switch e := e.(type) {
	case *function:
		w.found = append(w.found, e)
	case *parenExpr:
		w.expression(e.e)
	case *indexExpr:
		w.expression(e.obj)
		w.expression(e.key)
	case *callExpr:
		w.expression(e.fn)
		w.expressions(e.args)
	case *binaryExpr:
		w.expression(e.lhs)
		w.expression(e.rhs)
	case *logicExpr:
		w.expression(e.lhs)
		w.expression(e.rhs)
	case *unaryExpr:
		w.expression(e.e)
	case *concatExpr:
		w.expressions(e.parts)
	case *tableExpr:
		for _, f := range e.fields {
			w.expression(f.key)
			w.expression(f.value)
		}
	}
}
