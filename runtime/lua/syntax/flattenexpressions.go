package syntax

import (
	"fmt"
	"strings"

	"github.com/yuin/gopher-lua/ast"
)

// named flattens expressions; functions among them get the names that name
// gives by position.
func (f *flattener) named(list []ast.Expr, name func(i int) string) {
	for i, e := range list {
		f.expr(e, name(i))
	}
	f.add("end", "", f.lastLine())
}

func (f *flattener) list(list []ast.Expr) { f.named(list, func(int) string { return "" }) }

// expr flattens an expression, which has the name of what it is assigned to.
func (f *flattener) expr(e ast.Expr, name string) { f.keyed(e, name, name) }

// keyed is expr; key is what a function is told by from others in the same one.
func (f *flattener) keyed(e ast.Expr, name, key string) {
	line := e.Line()
	switch e := e.(type) {
	case *literal:
		f.atoms = append(f.atoms, literalAtom(e))
	case *localExpr:
		f.atoms = append(f.atoms, atom{tag: "variable", v: e.v, line: line})
	case *upvalueExpr:
		f.atoms = append(f.atoms, atom{tag: "variable", v: e.v, line: line})
	case *globalExpr:
		f.add("global", e.name, line)
	case *envExpr:
		f.add("_ENV", "", line)
	case *varargExpr:
		f.add("...", "", line)
	case *parenExpr:
		f.add("(", "", line)
		f.keyed(e.e, name, key)
	case *indexExpr:
		f.add("index", "", line)
		f.expr(e.obj, "")
		f.expr(e.key, "")
	case *callExpr:
		f.call(e)
	case *binaryExpr:
		f.atoms = append(f.atoms, atom{tag: "binary", bits: uint64(e.op), line: line})
		f.expr(e.lhs, "")
		f.expr(e.rhs, "")
	case *unaryExpr:
		f.atoms = append(f.atoms, atom{tag: "unary", bits: uint64(e.op), line: line})
		f.expr(e.e, "")
	case *logicExpr:
		tag := "and"
		if e.or {
			tag = "or"
		}
		f.add(tag, "", line)
		f.keyed(e.lhs, name, key)
		f.keyed(e.rhs, name, key)
	case *concatExpr:
		f.add("..", "", line)
		f.list(e.parts)
	case *tableExpr:
		f.table(e, name, key)
	case *function:
		f.function(e, name, key)
	}
}

// call flattens a call. A function among its arguments is known by what is called
// with which constants, and by its place: the one of on("save", …) is never taken
// for the one of on("wipe", …).
func (f *flattener) call(e *callExpr) {
	f.add("call", e.method, e.Line())
	f.expr(e.fn, "")
	key := calleeText(e) + "(" + constantArguments(e) + ")"
	for i, arg := range e.args {
		if fn, ok := arg.(*function); ok {
			f.given[fn] = givenTo(e)
		}
		f.keyed(arg, "", fmt.Sprintf("%s/%d", key, i+1))
	}
	f.add("end", "", f.lastLine())
}

// table flattens a constructor. Functions in it have its name and their field's,
// or their place in the list.
func (f *flattener) table(e *tableExpr, name, key string) {
	f.add("table", "", e.Line())
	n := 0
	for _, fd := range e.fields {
		inner, innerKey := "", ""
		if fd.key != nil {
			f.add("key", "", fd.line)
			f.expr(fd.key, "")
			if k := pathText(fd.key); k != "" {
				inner, innerKey = k, key+k
				if name != "" {
					inner = name + k
				}
				inner = strings.TrimPrefix(inner, ".")
			}
		} else {
			n++
			innerKey = fmt.Sprintf("%s[%d]", key, n)
		}
		f.keyed(fd.value, inner, innerKey)
	}
	f.add("end", "", e.LastLine())
}
