package syntax

import (
	"fmt"

	lua "github.com/yuin/gopher-lua"
	"github.com/yuin/gopher-lua/ast"
)

// A Thunk evaluates a definition, or a result, by itself.
type Thunk struct {
	// Proto takes no arguments. It returns, for each target that is a field, the
	// table and the key, for a metatable the object; then the value of each target.
	Proto *lua.FunctionProto
	// Upvalues are the variables that it has for upvalues, as Matching counts them.
	Upvalues []int
}

// Thunk makes the code that evaluates statement i of the new version. Closures
// that it makes are of the prototypes given, which were compiled from the new
// source and are listed as by Functions.
func (m *Matching) Thunk(i int, protos []*lua.FunctionProto) (Thunk, error) {
	return m.thunk(m.new, m.numbers[1], &m.Statements[i], protos)
}

// OldThunk is Thunk, for the old version.
func (m *Matching) OldThunk(i int, protos []*lua.FunctionProto) (Thunk, error) {
	return m.thunk(m.old, m.numbers[0], &m.OldStatements[i], protos)
}

func (m *Matching) thunk(f *outline, numbers map[*local]int, s *Statement, protos []*lua.FunctionProto) (t Thunk, err error) {
	defer func() {
		if r := recover(); r != nil {
			fault, ok := r.(*Error)
			if !ok {
				panic(r)
			}
			err = fault
		}
	}()
	main := f.units[0].fn
	l := &lifter{main: main, fn: &function{parent: main}}
	l.fn.SetLine(s.Line)
	l.fn.SetLastLine(s.Line)
	st := &returnStmt{values: l.list(thunkValues(s.st))}
	st.SetLine(s.Line)
	st.SetLastLine(s.Line)
	l.fn.body = []ast.Stmt{st}
	g := &generator{chunk: protos[0].SourceName, root: infoOf(protos[0]).chunk, made: make(map[*function]*lua.FunctionProto)}
	for _, u := range f.units {
		if u.index >= 0 {
			g.made[u.fn] = protos[u.index]
		}
	}
	t.Proto = g.compile(&funcGen{g: g, fn: main}, l.fn)
	for _, v := range l.fn.upvalues {
		t.Upvalues = append(t.Upvalues, numbers[v])
	}
	return t, nil
}

// thunkValues are the expressions that a thunk of the statement returns.
func thunkValues(st ast.Stmt) []ast.Expr {
	switch st := st.(type) {
	case *localFunctionStmt:
		return []ast.Expr{st.fn}
	case *functionStmt:
		return append(placeOf(st.target), st.fn)
	case *localStmt:
		return exactly(st.rhs, len(st.vars))
	case *assignStmt:
		var list []ast.Expr
		for _, e := range st.lhs {
			list = append(list, placeOf(e)...)
		}
		return append(list, exactly(st.rhs, len(st.lhs))...)
	case *callStmt:
		if globalName(st.call.fn) == "setmetatable" {
			return exactly(st.call.args, 2)
		}
		return exactly([]ast.Expr{st.call}, 1)
	case *returnStmt:
		return exactly(st.values, 1)
	}
	panic(fmt.Sprintf("syntax: %T can't be evaluated alone", st))
}

func placeOf(e ast.Expr) []ast.Expr {
	if x, ok := e.(*indexExpr); ok {
		return []ast.Expr{x.obj, x.key}
	}
	return nil
}

// exactly makes the list n values long, as an assignment does.
func exactly(list []ast.Expr, n int) []ast.Expr {
	var out []ast.Expr
	for i, e := range list {
		if i == len(list)-1 && i < n-1 && isMulti(e) {
			break
		}
		if i < n {
			p := &parenExpr{e: e}
			p.SetLine(e.Line())
			out = append(out, p)
		}
	}
	line := 1
	if len(list) > 0 {
		line = list[0].Line()
	}
	for len(out) < n {
		l := &literal{kind: litNil}
		l.SetLine(line)
		out = append(out, l)
	}
	return out
}

// lifter copies expressions of a main function into a function inside it: the
// main function's locals become upvalues.
type lifter struct {
	main, fn *function
}

func (l *lifter) list(list []ast.Expr) []ast.Expr {
	out := make([]ast.Expr, len(list))
	for i, e := range list {
		out[i] = l.expr(e)
	}
	return out
}

func (l *lifter) upvalue(v *local) int {
	for i, u := range l.fn.upvalues {
		if u == v {
			return i
		}
	}
	l.fn.upvalues = append(l.fn.upvalues, v)
	return len(l.fn.upvalues) - 1
}

func (l *lifter) expr(e ast.Expr) ast.Expr {
	switch e := e.(type) {
	case *localExpr:
		u := &upvalueExpr{v: e.v, index: l.upvalue(e.v)}
		u.SetLine(e.Line())
		return u
	case *upvalueExpr:
		u := &upvalueExpr{v: e.v, index: l.upvalue(e.v)}
		u.SetLine(e.Line())
		return u
	case *parenExpr:
		c := *e
		c.e = l.expr(e.e)
		return &c
	case *indexExpr:
		c := *e
		c.obj, c.key = l.expr(e.obj), l.expr(e.key)
		return &c
	case *callExpr:
		c := *e
		c.fn, c.args = l.expr(e.fn), l.list(e.args)
		return &c
	case *binaryExpr:
		c := *e
		c.lhs, c.rhs = l.expr(e.lhs), l.expr(e.rhs)
		return &c
	case *unaryExpr:
		c := *e
		c.e = l.expr(e.e)
		return &c
	case *logicExpr:
		c := *e
		c.lhs, c.rhs = l.expr(e.lhs), l.expr(e.rhs)
		return &c
	case *concatExpr:
		c := *e
		c.parts = l.list(e.parts)
		return &c
	case *tableExpr:
		c := *e
		c.fields = make([]field, len(e.fields))
		for i, fd := range e.fields {
			if fd.key != nil {
				fd.key = l.expr(fd.key)
			}
			fd.value = l.expr(fd.value)
			c.fields[i] = fd
		}
		return &c
	case *function:
		for _, v := range e.upvalues {
			l.upvalue(v)
		}
	}
	return e // a literal, a global, a function: the same anywhere
}
