package syntax

import (
	"fmt"

	"github.com/yuin/gopher-lua/ast"
)

func (f *flattener) statement(st ast.Stmt) {
	line := st.Line()
	switch st := st.(type) {
	case *assignStmt:
		f.add("assign", "", line)
		f.list(st.lhs)
		f.named(st.rhs, func(i int) string {
			if i < len(st.lhs) {
				return exprText(st.lhs[i])
			}
			return ""
		})
	case *localStmt:
		f.add("local", "", line)
		f.named(st.rhs, func(i int) string {
			if i < len(st.vars) {
				return st.vars[i].name
			}
			return ""
		})
		for _, v := range st.vars {
			f.declare(v)
		}
	case *localFunctionStmt:
		f.add("local function", "", line)
		f.declare(st.v)
		f.function(st.fn, st.v.name, st.v.name)
	case *functionStmt:
		f.add("function", "", line)
		f.expr(st.target, "")
		name := exprText(st.target)
		f.function(st.fn, name, name)
	case *callStmt:
		f.add("do", "", line)
		f.expr(st.call, "")
	case *doStmt:
		f.add("block", "", line)
		f.scope(false, func() { f.body(st.body) })
	case *ifStmt:
		f.add("if", "", line)
		for _, c := range st.clauses {
			if c.cond != nil {
				f.expr(c.cond, "")
			} else {
				f.add("else", "", line)
			}
			f.scope(false, func() { f.body(c.body) })
		}
	case *returnStmt:
		f.add("return", "", line)
		for i, e := range st.values {
			f.keyed(e, "", fmt.Sprintf("return/%d", i+1))
		}
		f.add("end", "", f.lastLine())
	case *whileStmt, *repeatStmt, *numericForStmt, *genericForStmt:
		f.loop(st)
	case *breakStmt:
		f.add("break", "", line)
	case *gotoStmt:
		f.add("goto", st.name, line)
	case *labelStmt:
		f.add("label", st.label.name, line)
		f.labels = f.labels || f.cur.parent == nil
		f.cur.labels = true
	}
}

func (f *flattener) loop(st ast.Stmt) {
	line := st.Line()
	switch st := st.(type) {
	case *whileStmt:
		f.add("while", "", line)
		f.expr(st.cond, "")
		f.scope(true, func() { f.body(st.body) })
	case *repeatStmt:
		f.add("repeat", "", line)
		f.scope(true, func() {
			f.body(st.body)
			f.expr(st.cond, "")
		})
	case *numericForStmt:
		f.add("for", "=", line)
		f.expr(st.init, "")
		f.expr(st.limit, "")
		if st.step != nil {
			f.expr(st.step, "")
		}
		f.scope(true, func() { f.declare(st.v); f.body(st.body) })
	case *genericForStmt:
		f.add("for", "in", line)
		f.list(st.rhs)
		f.scope(true, func() {
			for _, v := range st.vars {
				f.declare(v)
			}
			f.body(st.body)
		})
	}
}
