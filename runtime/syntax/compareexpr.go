package syntax

import (
	"reflect"
	"strings"

	"github.com/yuin/gopher-lua/ast"
)

// plain is the difference of two expressions that needs no reason of its own:
// the statement that they stand in has one.
func plain(line int) *difference { return &difference{line: line} }

// equal compares two lists of expressions.
func (c *comparison) equal(at *site, old, new []ast.Expr) bool {
	if len(old) != len(new) {
		return false
	}
	for i := range new {
		if c.expression(at, "", old[i], new[i]) {
			return false
		}
	}
	return true
}

// expression reports whether two expressions differ.
func (c *comparison) expression(at *site, name string, old, new ast.Expr) bool {
	return c.value(at, name, false, old, new) != nil
}

// value compares two expressions. name is what a function is called if the
// value is one; runs tells that it would be executed now.
func (c *comparison) value(at *site, name string, runs bool, old, new ast.Expr) *difference {
	if new == nil || old == nil {
		if new == nil && old == nil {
			return nil
		}
		return plain(0)
	}
	if reflect.TypeOf(old) != reflect.TypeOf(new) {
		return plain(new.Line())
	}
	same := true
	switch n := new.(type) {
	case *function:
		if name == "" {
			name = "function"
		}
		return c.function(at, name, runs, old.(*function), n)
	case *callExpr:
		return c.call(at, old.(*callExpr), n)
	case *tableExpr:
		return c.table(at, name, old.(*tableExpr), n)
	case *parenExpr:
		return c.value(at, name, runs, old.(*parenExpr).e, n.e)
	case *literal:
		o := old.(*literal)
		same = o.kind == n.kind && o.isInt == n.isInt && o.num == n.num && o.str == n.str
	case *localExpr:
		same = c.vars[n.v] == old.(*localExpr).v
	case *upvalueExpr:
		same = c.vars[n.v] == old.(*upvalueExpr).v
	case *globalExpr:
		same = old.(*globalExpr).name == n.name
	case *indexExpr:
		o := old.(*indexExpr)
		same = c.equal(at, []ast.Expr{o.obj, o.key}, []ast.Expr{n.obj, n.key})
	case *binaryExpr:
		o := old.(*binaryExpr)
		same = o.op == n.op && c.equal(at, []ast.Expr{o.lhs, o.rhs}, []ast.Expr{n.lhs, n.rhs})
	case *unaryExpr:
		o := old.(*unaryExpr)
		same = o.op == n.op && c.equal(at, []ast.Expr{o.e}, []ast.Expr{n.e})
	case *logicExpr:
		o := old.(*logicExpr)
		if o.or != n.or {
			return plain(n.Line())
		}
		if d := c.value(at, name, false, o.lhs, n.lhs); d != nil {
			return d
		}
		return c.value(at, name, false, o.rhs, n.rhs)
	case *concatExpr:
		same = c.equal(at, old.(*concatExpr).parts, n.parts)
	}
	if !same {
		return plain(new.Line())
	}
	return nil
}

const given = ", in the function given to "

// call compares two calls. In code that runs as the chunk is loaded, a function
// among the arguments has been run by then, unless it was only registered.
func (c *comparison) call(at *site, old, new *callExpr) *difference {
	if old.method != new.method || len(old.args) != len(new.args) {
		return plain(new.Line())
	}
	name := calleeName(new)
	if d := c.value(at, name, at.running, old.fn, new.fn); d != nil {
		return d
	}
	runs := at.running && !registers(name)
	for i := range new.args {
		if d := c.value(at, name+"(...)", runs, old.args[i], new.args[i]); d != nil {
			if _, ok := new.args[i].(*function); ok && runs && !strings.Contains(d.reason, given) && !strings.Contains(d.reason, name) {
				d.reason += given + name
			}
			return d
		}
	}
	return nil
}

// registers reports whether a function of that name keeps the functions it is
// given for later.
func registers(name string) bool {
	switch name[strings.LastIndexAny(name, ".:")+1:] {
	case "dispatch", "setmetatable", "info_func", "accept", "dispose", "memlimit":
		return true
	}
	return false
}

func (c *comparison) table(at *site, name string, old, new *tableExpr) *difference {
	if len(old.fields) != len(new.fields) {
		return plain(new.Line())
	}
	for i, n := range new.fields {
		o := old.fields[i]
		if (o.key == nil) != (n.key == nil) || n.key != nil && c.expression(at, "", o.key, n.key) {
			return plain(n.line)
		}
		field := name
		if k, ok := n.key.(*literal); ok && k.kind == litString {
			field = strings.TrimPrefix(name+"."+k.str, ".")
		}
		if d := c.value(at, field, false, o.value, n.value); d != nil {
			return d
		}
	}
	return nil
}

// nameOf is a variable or field as written, as far as it is made of names.
func nameOf(e ast.Expr) string {
	switch e := e.(type) {
	case *localExpr:
		return e.v.name
	case *upvalueExpr:
		return e.v.name
	case *globalExpr:
		return e.name
	case *indexExpr:
		if k, ok := e.key.(*literal); ok && k.kind == litString {
			if obj := nameOf(e.obj); obj != "?" && obj != envName {
				return obj + "." + k.str
			}
			return k.str
		}
		return nameOf(e.obj) + "[]"
	case *callExpr:
		return calleeName(e) + "()"
	case *function:
		return "function"
	}
	return "?"
}

func calleeName(e *callExpr) string {
	if e.method != "" {
		return nameOf(e.fn) + ":" + e.method
	}
	return nameOf(e.fn)
}

// functionName is what a function statement declares: a.b.c or a.b:c.
func functionName(st *functionStmt) string {
	name := nameOf(st.target)
	if i := strings.LastIndexByte(name, '.'); i >= 0 && st.fn.method {
		name = name[:i] + ":" + name[i+1:]
	}
	return name
}
