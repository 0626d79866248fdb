package syntax

import (
	"strings"

	"github.com/yuin/gopher-lua/ast"
)

// effectless are functions of the standard library that only compute. Those that
// give another value each time are volatile.
var effectless = map[string]bool{
	"tostring": true, "tonumber": true, "type": true, "select": true, "rawget": true, "rawlen": true, "rawequal": true,
	"setmetatable": true, "getmetatable": true, "next": true, "unpack": true, "require": true,
	"table.concat": true, "table.unpack": true, "table.pack": true,
	"os.getenv": true, "os.date": true, "os.difftime": true,
	"coroutine.running": true, "coroutine.create": true, "coroutine.wrap": true,
}

var volatileCalls = map[string]bool{
	"os.time": true, "os.clock": true, "os.date": true, "os.tmpname": true, "math.random": true,
	"collectgarbage": true, "coroutine.create": true, "coroutine.wrap": true, "coroutine.running": true,
}

// aloneness says whether code can be evaluated by itself, with no effect but its
// value.
type aloneness struct {
	why      string // what stands against it; empty if nothing does
	line     int
	volatile bool // its value may be another each time
	known    func(callee string) bool
	modules  map[*local]string // what top-level locals have required
}

func (a *aloneness) against(why string, line int) {
	if a.why == "" {
		a.why, a.line = why, line
	}
}

// look takes account of an expression and its parts.
func (a *aloneness) look(e ast.Expr) {
	v := &visitor{expr: func(e ast.Expr) bool {
		switch e := e.(type) {
		case *varargExpr:
			a.against("it uses the arguments of the chunk", e.Line())
		case *function:
			return false
		case *callExpr:
			a.call(e)
		}
		return true
	}}
	v.one(e)
}

func (a *aloneness) call(e *callExpr) {
	name := globalName(e.fn)
	switch {
	case e.method != "":
		if l, ok := e.fn.(*parenExpr); ok {
			if s, ok := l.e.(*literal); ok && s.kind == litString {
				return
			}
		}
		if l, ok := e.fn.(*literal); ok && l.kind == litString {
			return
		}
		a.against("it calls "+calleeText(e), e.Line())
	case name == "":
		if callee := a.callee(e.fn); callee != "" && a.known != nil && a.known(callee) {
			a.volatile = true
			return
		}
		a.against("it calls "+orFunction(exprText(e.fn)), e.Line())
	case volatileCalls[name]:
		a.volatile = true
	case effectless[name], strings.HasPrefix(name, "math.") && name != "math.randomseed", strings.HasPrefix(name, "string."), strings.HasPrefix(name, "utf8."):
	default:
		a.against("it calls "+name, e.Line())
	}
}

// callee is what is called, as far as it has a name: a local that is what a module
// has returned has the module's.
func (a *aloneness) callee(e ast.Expr) string {
	if l, ok := e.(*localExpr); ok && a.modules[l.v] != "" {
		return a.modules[l.v]
	}
	return exprText(e)
}

// modules finds the top-level locals that begin with what require gives.
func (f *outline) modules() map[*local]string {
	found := make(map[*local]string)
	for _, t := range f.units[0].tops {
		st, ok := t.st.(*localStmt)
		if !ok || len(st.vars) != 1 || len(st.rhs) != 1 {
			continue
		}
		if c, ok := st.rhs[0].(*callExpr); ok {
			if name, ok := required(c); ok {
				found[st.vars[0]] = name
			}
		}
	}
	return found
}

func orFunction(name string) string {
	if name == "" {
		return "a function"
	}
	return name
}

// globalName is `f` or `lib.f`, for a global or a field of one; else it is empty.
func globalName(e ast.Expr) string {
	switch e := e.(type) {
	case *globalExpr:
		return e.name
	case *indexExpr:
		obj, ok := e.obj.(*globalExpr)
		key, isString := e.key.(*literal)
		if ok && isString && key.kind == litString {
			return obj.name + "." + key.str
		}
	}
	return ""
}
