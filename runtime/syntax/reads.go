package syntax

import "github.com/yuin/gopher-lua/ast"

// A Read is a place where the code of a function, or of a statement, reads a
// variable, or a field that is reached from one by names.
type Read struct {
	Variable int      // in Matching.Variables; -1 for a global
	Global   string   // where Variable is -1
	Fields   []string // `config.net.port` has "net", "port"
	Line     int
	// Whole tells that more than the value named may be read: it is gone through
	// by a loop, or what it is indexed by isn't known.
	Whole bool
	// Callee is what the value is an argument of, as far as that has a name, and
	// Called tells that the value itself is called.
	Callee string
	Called bool
}

// reader collects the reads of code. number is the place of a variable.
type reader struct {
	number func(*local) int
	list   []Read
}

func (r *reader) visitor() *visitor { return &visitor{stmt: r.statement, expr: r.expr} }

// statement looks at what a statement does with a value, beyond naming it.
func (r *reader) statement(st ast.Stmt) {
	if loop, ok := st.(*genericForStmt); ok {
		for _, e := range loop.rhs {
			if c, ok := e.(*callExpr); ok {
				for _, arg := range c.args {
					r.chain(arg, Read{Whole: true})
				}
			}
		}
	}
}

func (r *reader) expr(e ast.Expr) bool {
	switch e := e.(type) {
	case *callExpr:
		r.call(e)
		return false
	case *function:
		return false
	case *unaryExpr:
		if e.op == opLen {
			return !r.chain(e.e, Read{Whole: true})
		}
	}
	return !r.chain(e, Read{})
}

// call collects the reads of a call: what is called, and what it is given.
func (r *reader) call(e *callExpr) {
	v := r.visitor()
	callee := calleeText(e)
	if !r.chain(e.fn, Read{Called: true}) {
		v.one(e.fn)
	}
	for _, arg := range e.args {
		if !r.chain(arg, Read{Callee: callee}) {
			v.one(arg)
		}
	}
}

// chain adds the read of a variable or of a field by names. It is false for
// another expression.
func (r *reader) chain(e ast.Expr, read Read) bool {
	read.Line = e.Line()
	for {
		switch x := e.(type) {
		case *parenExpr:
			e = x.e
			continue
		case *localExpr:
			read.Variable = r.number(x.v)
		case *upvalueExpr:
			read.Variable = r.number(x.v)
		case *globalExpr:
			read.Variable, read.Global = -1, x.name
		case *indexExpr:
			if k, ok := x.key.(*literal); ok && k.kind == litString {
				read.Fields = append([]string{k.str}, read.Fields...)
			} else {
				r.visitor().one(x.key)
				read.Fields, read.Whole = nil, true
			}
			e = x.obj
			continue
		default:
			return false
		}
		break
	}
	r.list = append(r.list, read)
	return true
}
