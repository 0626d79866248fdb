package syntax

import "github.com/yuin/gopher-lua/ast"

// visitor goes through the code of one function, in the order of the source. The
// bodies of functions inside it aren't a part of it.
type visitor struct {
	stmt func(ast.Stmt)
	expr func(ast.Expr) bool // false: not into its parts
	// target, where it is set, gets what is assigned to; false: it is taken for an
	// expression.
	target func(ast.Expr) bool
}

func (w *visitor) block(list []ast.Stmt) {
	for _, st := range list {
		w.statement(st)
	}
}

func (w *visitor) statement(st ast.Stmt) {
	if w.stmt != nil {
		w.stmt(st)
	}
	switch st := st.(type) {
	case *assignStmt:
		w.targets(st.lhs...)
		w.list(st.rhs)
	case *localStmt:
		w.list(st.rhs)
	case *localFunctionStmt:
		w.one(st.fn)
	case *functionStmt:
		w.targets(st.target)
		w.one(st.fn)
	case *callStmt:
		w.one(st.call)
	case *doStmt:
		w.block(st.body)
	case *whileStmt:
		w.one(st.cond)
		w.block(st.body)
	case *repeatStmt:
		w.block(st.body)
		w.one(st.cond)
	case *ifStmt:
		for _, c := range st.clauses {
			if c.cond != nil {
				w.one(c.cond)
			}
			w.block(c.body)
		}
	case *numericForStmt:
		w.one(st.init)
		w.one(st.limit)
		if st.step != nil {
			w.one(st.step)
		}
		w.block(st.body)
	case *genericForStmt:
		w.list(st.rhs)
		w.block(st.body)
	case *returnStmt:
		w.list(st.values)
	}
}

func (w *visitor) targets(list ...ast.Expr) {
	for _, e := range list {
		if w.target == nil || !w.target(e) {
			w.one(e)
		}
	}
}

func (w *visitor) list(list []ast.Expr) {
	for _, e := range list {
		w.one(e)
	}
}

func (w *visitor) one(e ast.Expr) {
	if !w.expr(e) {
		return
	}
	switch e := e.(type) {
	case *parenExpr:
		w.one(e.e)
	case *indexExpr:
		w.one(e.obj)
		w.one(e.key)
	case *callExpr:
		w.one(e.fn)
		w.list(e.args)
	case *binaryExpr:
		w.one(e.lhs)
		w.one(e.rhs)
	case *unaryExpr:
		w.one(e.e)
	case *logicExpr:
		w.one(e.lhs)
		w.one(e.rhs)
	case *concatExpr:
		w.list(e.parts)
	case *tableExpr:
		for _, fd := range e.fields {
			if fd.key != nil {
				w.one(fd.key)
			}
			w.one(fd.value)
		}
	}
}
