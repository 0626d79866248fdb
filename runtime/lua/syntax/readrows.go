package syntax

import "github.com/yuin/gopher-lua/ast"

// rowsRead finds what a loop over the rows of a table reads of each: the names of
// fields. It is false where a row is used in another way than by its fields, or by
// being put somewhere as it is.
func rowsRead(st *genericForStmt) (fields []string, ok bool) {
	c, isCall := onlyCall(st.rhs)
	if !isCall || len(c.args) != 1 || len(st.vars) != 2 {
		return nil, false
	}
	if name := globalName(c.fn); name != "ipairs" && name != "pairs" {
		return nil, false
	}
	row := st.vars[1]
	ok = true
	fields = []string{}
	field := func(e ast.Expr) (string, bool) {
		x, isIndex := e.(*indexExpr)
		if !isIndex || !isLocal(x.obj, row) {
			return "", false
		}
		k, isName := x.key.(*literal)
		if !isName || k.kind != litString {
			return "", false
		}
		return k.str, true
	}
	v := &visitor{
		expr: func(e ast.Expr) bool {
			if name, is := field(e); is {
				fields = append(fields, name)
				return false
			}
			if isRow(e, row) {
				ok = false
			}
			return true
		},
		target: func(e ast.Expr) bool {
			_, is := field(e)
			return is
		},
	}
	for _, inner := range st.body {
		if a, is := inner.(*assignStmt); is && len(a.lhs) == 1 && len(a.rhs) == 1 && isLocal(a.rhs[0], row) {
			v.targets(a.lhs...)
			continue
		}
		v.statement(inner)
	}
	return fields, ok
}

func onlyCall(list []ast.Expr) (*callExpr, bool) {
	if len(list) != 1 {
		return nil, false
	}
	c, ok := list[0].(*callExpr)
	return c, ok
}

func isLocal(e ast.Expr, v *local) bool {
	l, ok := e.(*localExpr)
	return ok && l.v == v
}

// isRow tells whether an expression is the row itself, or a function that has it.
func isRow(e ast.Expr, row *local) bool {
	if fn, ok := e.(*function); ok {
		for _, v := range fn.upvalues {
			if v == row {
				return true
			}
		}
		return false
	}
	return isLocal(e, row)
}
