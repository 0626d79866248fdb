package syntax

import (
	"strconv"
	"strings"

	"github.com/yuin/gopher-lua/ast"

	"devnode/runtime/lua/value"
)

// givenTo is the beginning of a call, as `skynet.dispatch("lua", `, empty where what is
// called has no name.
func givenTo(e *callExpr) string {
	callee := calleeText(e)
	if callee == "" || len(e.args) == 0 {
		return ""
	}
	if l, ok := e.args[0].(*literal); ok && len(literalText(l)) <= 24 {
		return callee + "(" + literalText(l) + ", "
	}
	return callee + "("
}

// calleeText is what a call calls, as far as it has a name.
func calleeText(e *callExpr) string {
	if e.method != "" {
		return exprText(e.fn) + ":" + e.method
	}
	return exprText(e.fn)
}

// constantArguments lists the literals among a call's arguments, and the constants
// of tables, as MSG.LOGIN.
func constantArguments(e *callExpr) string {
	var list []string
	for _, arg := range e.args {
		switch e := arg.(type) {
		case *literal:
			list = append(list, literalText(e))
		case *indexExpr:
			if name := exprText(e); name != "" {
				list = append(list, name)
			}
		}
	}
	return strings.Join(list, ",")
}

func literalText(l *literal) string {
	switch l.kind {
	case litNil:
		return "nil"
	case litFalse:
		return "false"
	case litTrue:
		return "true"
	case litNumber:
		if i, f, kind := value.Read(l.num); kind == value.Real {
			return "float " + strconv.FormatFloat(f, 'g', -1, 64)
		} else {
			return strconv.FormatInt(i, 10)
		}
	}
	return strconv.Quote(l.str)
}

// pathText is a key as the end of a path: `.get`, `[3]`, `[MSG.login]`; empty for
// what has no name.
func pathText(e ast.Expr) string {
	if k, ok := e.(*literal); ok {
		if k.kind == litString && isIdentifier(k.str) {
			return "." + k.str
		}
		return "[" + literalText(k) + "]"
	}
	if name := exprText(e); name != "" {
		return "[" + name + "]"
	}
	return ""
}

func isIdentifier(s string) bool {
	for i, c := range []byte(s) {
		if !(c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || i > 0 && c >= '0' && c <= '9') {
			return false
		}
	}
	return s != ""
}

// exprText is an expression as a name: `CMD.get`, or empty.
func exprText(e ast.Expr) string {
	switch e := e.(type) {
	case *localExpr:
		return e.v.name
	case *upvalueExpr:
		return e.v.name
	case *globalExpr:
		return e.name
	case *indexExpr:
		if obj, key := exprText(e.obj), pathText(e.key); obj != "" && key != "" {
			return obj + key
		}
	}
	return ""
}

// statementText says what a statement is, for a message.
func statementText(st ast.Stmt) string {
	switch st := st.(type) {
	case *localStmt:
		return "local " + st.vars[0].name
	case *localFunctionStmt:
		return "local function " + st.v.name
	case *functionStmt:
		return "function " + exprText(st.target)
	case *assignStmt:
		if name := exprText(st.lhs[0]); name != "" {
			return "assignment to " + name
		}
		return "assignment"
	case *callStmt:
		if name := exprText(st.call.fn); name != "" {
			return "call of " + name
		}
		return "call"
	case *returnStmt:
		return "return"
	case *ifStmt:
		return "if statement"
	case *numericForStmt, *genericForStmt:
		return "for loop"
	case *whileStmt:
		return "while loop"
	case *repeatStmt:
		return "repeat loop"
	case *doStmt:
		return "do block"
	}
	return "statement"
}
