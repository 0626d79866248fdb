package syntax

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/yuin/gopher-lua/ast"

	"devnode/runtime/lua/value"
)

// An atom is a piece of a function's own code, as Match sees it: two
// functions whose atoms are the same do the same. The code of functions inside
// it is not a part of it, only the places where they are. Lines don't count.
type atom struct {
	tag  string
	text string
	bits uint64 // of a number
	v    *local
	fn   *unit
	line int
}

// A unit is a function of a tree, flattened.
type unit struct {
	fn     *function
	parent *unit
	index  int    // of its prototype, in the order of Functions; -1 where it has none
	name   string // `CMD.get`; empty where nothing names it
	key    string // what tells it apart from others in the same function
	atoms  []atom
	tops   []top    // of the main function
	labels bool     // it jumps: its blocks may be entered again in a call
	locals []*local // in the order of their declarations
	inner  []*unit
}

// A top is a top-level statement: where its atoms begin, and how it is called.
type top struct {
	from, to int
	text     string
	line     int
	st       ast.Stmt
}

// blockInfo is a scope of local variables.
type blockInfo struct {
	parent int
	once   bool // it is entered once, when the chunk runs
	unit   *unit
	inCall bool // each call of the unit enters it once
}

// A flattener makes the units of a tree.
type flattener struct {
	units   []*unit
	blocks  []blockInfo
	where   map[*local]int       // the block of each variable
	numbers map[*local]int       // its place in Matching.Variables
	given   map[*function]string // of functions without a name: the call that they are given to, up to their place
	cur     *unit
	block   int
	labels  bool // the main function has labels: its blocks may be entered again
}

func flatten(fn *function) *flattener {
	f := &flattener{where: make(map[*local]int), given: make(map[*function]string), block: -1}
	f.function(fn, "main chunk", "")
	if f.labels {
		for i := range f.blocks {
			f.blocks[i].once = false
		}
	}
	return f
}

// function makes the unit of fn, and an atom for its place in the one around it.
func (f *flattener) function(fn *function, name, key string) {
	u := &unit{fn: fn, parent: f.cur, index: -1, name: name, key: key}
	f.units = append(f.units, u)
	outer, around := f.cur, f.block
	if outer != nil {
		outer.inner = append(outer.inner, u)
		f.cur.atoms = append(f.cur.atoms, atom{tag: "function", fn: u, line: fn.Line()})
	}
	f.cur = u
	f.enter(outer == nil)
	f.blocks[f.block].inCall = true
	for _, v := range fn.params {
		f.declare(v)
	}
	if fn.vararg {
		f.add("...", "", fn.Line())
	}
	f.body(fn.body)
	f.cur, f.block = outer, around
}

func (f *flattener) enter(once bool) {
	f.blocks = append(f.blocks, blockInfo{parent: f.block, once: once, unit: f.cur})
	f.block = len(f.blocks) - 1
}

// scope flattens a block that is entered as often as the one around it, or
// once for each round of a loop.
func (f *flattener) scope(loop bool, inside func()) {
	around := f.block
	f.enter(!loop && f.blocks[around].once)
	f.blocks[f.block].inCall = !loop && f.blocks[around].inCall
	inside()
	f.block = around
}

func (f *flattener) add(tag, text string, line int) {
	f.cur.atoms = append(f.cur.atoms, atom{tag: tag, text: text, line: line})
}

func (f *flattener) declare(v *local) {
	f.where[v] = f.block
	f.cur.locals = append(f.cur.locals, v)
	f.cur.atoms = append(f.cur.atoms, atom{tag: "declare", text: v.name, bits: uint64(v.attrib), v: v, line: f.lastLine()})
}

func (f *flattener) lastLine() int {
	if n := len(f.cur.atoms); n > 0 {
		return f.cur.atoms[n-1].line
	}
	return f.cur.fn.Line()
}

func (f *flattener) body(list []ast.Stmt) {
	main := f.cur.parent == nil && len(f.blocks) == 1
	for _, st := range list {
		from := len(f.cur.atoms)
		f.statement(st)
		if main {
			f.cur.tops = append(f.cur.tops, top{from, len(f.cur.atoms), statementText(st), st.Line(), st})
		}
	}
	f.add("end", "", f.lastLine())
}

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
		f.cur.atoms = append(f.cur.atoms, literalAtom(e))
	case *localExpr:
		f.cur.atoms = append(f.cur.atoms, atom{tag: "variable", v: e.v, line: line})
	case *upvalueExpr:
		f.cur.atoms = append(f.cur.atoms, atom{tag: "variable", v: e.v, line: line})
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
		f.cur.atoms = append(f.cur.atoms, atom{tag: "binary", bits: uint64(e.op), line: line})
		f.expr(e.lhs, "")
		f.expr(e.rhs, "")
	case *unaryExpr:
		f.cur.atoms = append(f.cur.atoms, atom{tag: "unary", bits: uint64(e.op), line: line})
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

// literalAtom tells integers from floats, and zero from minus zero.
func literalAtom(e *literal) atom {
	a := atom{tag: "literal", text: e.str, bits: uint64(e.kind), line: e.Line()}
	if e.kind == litNumber {
		switch i, f, kind := value.Read(e.num); kind {
		case value.Integer:
			a.tag, a.bits = "integer", uint64(i)
		default:
			a.tag, a.bits = "float", math.Float64bits(f)
		}
	}
	return a
}
