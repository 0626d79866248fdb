package syntax

import "github.com/yuin/gopher-lua/ast"

// start notes the locals that a start function declares outside of blocks.
func (d *definer) start(e ast.Expr) {
	fn, ok := e.(*function)
	if l, isLocal := e.(*localExpr); isLocal {
		fn, ok = d.functions[l.v], true
	}
	if !ok || fn == nil {
		return
	}
	times := make(map[string]int)
	countLocals(fn, times)
	d.Start = make(map[string]*FirstValue)
	for _, st := range fn.body {
		if st, ok := st.(*localStmt); ok {
			for i, v := range st.vars {
				if times[v.name] == 1 {
					d.Start[v.name] = d.given(st.rhs, i, st.Line())
				}
			}
		}
	}
}

// countLocals counts how often each name is declared in a function and those inside
// it.
func countLocals(fn *function, times map[string]int) {
	count := func(vars ...*local) {
		for _, v := range vars {
			times[v.name]++
		}
	}
	count(fn.params...)
	v := &visitor{
		stmt: func(st ast.Stmt) {
			switch st := st.(type) {
			case *localStmt:
				count(st.vars...)
			case *localFunctionStmt:
				count(st.v)
			case *numericForStmt:
				count(st.v)
			case *genericForStmt:
				count(st.vars...)
			}
		},
		expr: func(e ast.Expr) bool {
			if inner, ok := e.(*function); ok {
				countLocals(inner, times)
			}
			return true
		},
	}
	v.block(fn.body)
}
