package syntax

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/yuin/gopher-lua/ast"
)

// A Read is a place where the code of a function, or of a statement, reads a
// variable, or a field that is reached from one by names.
type Read struct {
	Variable int      // in Matching.Variables; -1 for a global, Inner for a function's own
	Global   string   // where Variable is -1
	Module   string   // where both say nothing: what require gives by this name
	Fields   []string // `config.net.port` has "net", "port"
	Line     int
	// Whole tells that more than the value named may be read: it is gone through
	// by a loop, or what it is indexed by isn't known.
	Whole bool
	// Rows, where it isn't nil, are the fields that are read of the rows of a table
	// which a loop goes through: nothing else in them is.
	Rows []string
	// Callee is what the value is an argument of, as far as that has a name, and
	// Called tells that the value itself is called.
	Callee string
	Called bool
	// Of is what the value is an argument of, as far as that can be read by names, and
	// Argument which one it is, from 0.
	Of       *Read
	Argument int

	all bool // its entries are gone through, or counted
}

// Slots are the Slots of the targets that give the value that is read, or a part of
// it: of the variable, and of each field on the way.
func (r Read) Slots() []string {
	var key string
	switch {
	case r.Variable >= 0:
		key = fmt.Sprintf("local %d", r.Variable)
	case r.Variable == -1 && r.Module == "":
		key = "global " + r.Global
	default:
		return nil
	}
	keys := []string{key}
	for _, f := range r.Fields {
		key += "[" + strconv.Quote(f) + "]"
		keys = append(keys, key)
	}
	return keys
}

// reader collects the reads of code. number is the place of a variable.
type reader struct {
	number func(*local) int
	alias  map[*local]Read // of locals that are another name for what can be read
	list   []Read
	known  []*callExpr // whose reads are in the list
}

func (r *reader) visitor() *visitor {
	return &visitor{stmt: r.statement, expr: r.expr, target: r.target}
}

// target looks at what is assigned to. Of a field only what leads to it is read.
func (r *reader) target(e ast.Expr) bool {
	x, ok := e.(*indexExpr)
	if ok {
		v := r.visitor()
		v.one(x.obj)
		v.one(x.key)
	}
	return true
}

// statement looks at what a statement does with a value, beyond naming it.
func (r *reader) statement(st ast.Stmt) {
	switch st := st.(type) {
	case *genericForStmt:
		if rows, ok := rowsRead(st); ok {
			c, _ := onlyCall(st.rhs)
			if r.chain(c.args[0], Read{Whole: true, Rows: rows, all: true}) {
				r.known = append(r.known, c)
				return
			}
		}
		if len(st.rhs) > 1 && globalName(st.rhs[0]) == "next" {
			r.chain(st.rhs[1], Read{Whole: true, all: true})
		}
		for _, e := range st.rhs {
			if c, ok := e.(*callExpr); ok {
				for _, arg := range c.args {
					r.chain(arg, Read{Whole: true, all: true})
				}
			}
		}
	case *localStmt:
		r.names(st)
	}
}

// names takes note of locals that are given what can be read by a name.
func (r *reader) names(st *localStmt) {
	if r.alias == nil {
		r.alias = make(map[*local]Read)
	}
	for i, v := range st.vars {
		if i < len(st.rhs) {
			of := &reader{number: r.number, alias: r.alias}
			if of.chain(st.rhs[i], Read{}) {
				r.alias[v] = of.list[len(of.list)-1]
			}
		}
	}
	if len(st.rhs) == 1 && len(st.vars) > 1 { // local ok, m = pcall(require, "m")
		if c, ok := st.rhs[0].(*callExpr); ok && globalName(c.fn) == "pcall" && len(c.args) == 2 && globalName(c.args[0]) == "require" {
			if name, ok := c.args[1].(*literal); ok && name.kind == litString {
				r.alias[st.vars[1]] = Read{Variable: -1, Module: name.str}
			}
		}
	}
}

// required is the module that a call requires, by a name in the source.
func required(e *callExpr) (name string, ok bool) {
	if globalName(e.fn) != "require" || len(e.args) != 1 {
		return "", false
	}
	l, ok := e.args[0].(*literal)
	return l.stringOr(""), ok && l.kind == litString
}

func (l *literal) stringOr(other string) string {
	if l == nil {
		return other
	}
	return l.str
}

func (r *reader) expr(e ast.Expr) bool {
	switch e := e.(type) {
	case *callExpr:
		if slices.Contains(r.known, e) {
			return false
		}
		if !r.chain(e, Read{}) {
			r.call(e)
		}
		return false
	case *function:
		return false
	case *unaryExpr:
		if e.op == opLen {
			return !r.chain(e.e, Read{Whole: true, all: true})
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
	of, first := r.calleeOf(e)
	for i, arg := range e.args {
		if !r.chain(arg, Read{Callee: callee, Of: of, Argument: i - first}) {
			v.one(arg)
		}
	}
}

// calleeOf is what a call calls, as it can be read by names, nil where it can't, and
// which of the call's arguments is the first one of that.
func (r *reader) calleeOf(e *callExpr) (of *Read, first int) {
	fn := e.fn
	switch name := exprText(fn); {
	case e.method != "":
		first = -1
	case (name == "pcall" || name == "skynet.fork") && len(e.args) > 0:
		fn, first = e.args[0], 1
	}
	callee := &reader{number: r.number, alias: r.alias}
	if !callee.chain(fn, Read{Called: true}) {
		return nil, first
	}
	of = &callee.list[len(callee.list)-1]
	if e.method != "" {
		of.Fields = append(of.Fields[:len(of.Fields):len(of.Fields)], e.method)
	}
	return of, first
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
			if of, ok := r.alias[x.v]; ok {
				of.Fields = append(of.Fields[:len(of.Fields):len(of.Fields)], read.Fields...)
				of.Line, of.Callee, of.Called = read.Line, read.Callee, read.Called
				of.Of, of.Argument, of.all = read.Of, read.Argument, read.all
				if of.Rows = read.Rows; of.Whole {
					of.Rows = nil
				}
				of.Whole = of.Whole || read.Whole
				read = of
				break
			}
			read.Variable = r.number(x.v)
		case *callExpr:
			name, ok := required(x)
			if !ok {
				return false
			}
			read.Variable, read.Module = -1, name
		case *upvalueExpr:
			read.Variable = r.number(x.v)
		case *globalExpr:
			read.Variable, read.Global = -1, x.name
		case *indexExpr:
			if k, ok := x.key.(*literal); ok && k.kind == litString {
				read.Fields = append([]string{k.str}, read.Fields...)
			} else {
				r.visitor().one(x.key)
				read.Fields, read.Whole, read.Rows = nil, true, nil
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

// Reads lists what the own code of a function reads, of the new version or the old
// one.
func (m *Matching) Reads(function int, old bool) []Read {
	of, numbers := m.new, m.numbers[1]
	if old {
		of, numbers = m.old, m.numbers[0]
	}
	if function <= 0 || function >= len(of.order) {
		return nil
	}
	r := &reader{number: func(v *local) int {
		if i, ok := numbers[v]; ok {
			return i
		}
		return Inner
	}}
	r.visitor().block(of.order[function].fn.body)
	return r.list
}

// Inner is the Variable of a Read of a local that is none of the main chunk's.
const Inner = -2
