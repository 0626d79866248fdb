package syntax

import (
	"strings"

	lua "github.com/yuin/gopher-lua"
	"github.com/yuin/gopher-lua/ast"

	"devnode/runtime/lua/value"
)

// FirstValues are what the top level of a chunk gives its variables, by name:
// what statements outside of all functions assign, the last of each name.
type FirstValues struct {
	Locals  map[string]*FirstValue
	Globals map[string]*FirstValue
	Return  *FirstValue // what the chunk returns, nil where it returns no constructor
	// Start are the locals of the function given to skynet.start, but for names that
	// are declared again in it.
	Start map[string]*FirstValue
}

// A FirstValueKind says what a variable's first value is.
type FirstValueKind uint8

const (
	FirstOther    FirstValueKind = iota // what a call made, or another variable holds
	FirstLiteral                        // a number, a string, a boolean, nil
	FirstTable                          // a table constructor
	FirstFunction                       // a function of the source
)

// A FirstValue is the first value of a variable or a field.
type FirstValue struct {
	Kind     FirstValueKind
	Text     string                 // of a literal, in one form for all that are the same
	Value    lua.LValue             // of a literal; nil where it is computed from several
	Fields   map[string]*FirstValue // of a table, by key, from its constructor and from assignments
	Items    []*FirstValue          // of a table, by place
	Others   []KeyedFirstValue      // of a table's constructor, by literals that are no strings
	Rest     string                 // what else the table is given, in one form for all that do the same
	Assigned bool                   // a function, or a block, assigns to the variable
	Line     int

	holdsCode bool // among what Rest tells of is something that isn't plain
}

// A KeyedFirstValue is the first value of a table's entry.
type KeyedFirstValue struct {
	Key   lua.LValue
	Value *FirstValue
}

// Of is the first value that a table's constructor gives to a key that is no string,
// nil where it gives none.
func (d *FirstValue) Of(key lua.LValue) *FirstValue {
	if i, ok := value.ToInt(key); ok && i >= 1 && i <= int64(len(d.Items)) {
		return d.Items[i-1]
	}
	for _, other := range d.Others {
		if other.Key == key {
			return other.Value
		}
	}
	return nil
}

// FirstValuesOf lists the definitions of a chunk. The error is a fault in the source.
func FirstValuesOf(src []byte, chunk string) (*FirstValues, error) {
	fn, err := parse(src, chunk, Options{})
	if err != nil {
		return nil, err
	}
	values := firstValuesOf(fn)
	return &values, nil
}

// firstValuesOf lists the definitions of a main function.
func firstValuesOf(fn *function) FirstValues {
	d := &definer{locals: make(map[*local]*FirstValue), functions: make(map[*local]*function)}
	d.FirstValues = FirstValues{Locals: make(map[string]*FirstValue), Globals: make(map[string]*FirstValue)}
	walk := &visitor{
		stmt: func(st ast.Stmt) { d.statement(st, st != d.top) },
		expr: func(ast.Expr) bool { return false },
	}
	for _, st := range fn.body {
		d.top = st
		walk.statement(st)
	}
	for v, def := range d.locals {
		def.Assigned = v.assigned
	}
	return d.FirstValues
}

// Plain tells whether a definition is a literal, or a constructor of such.
func (d *FirstValue) Plain() bool {
	switch d.Kind {
	case FirstLiteral:
		return true
	case FirstTable:
		for _, f := range d.Fields {
			if !f.Plain() {
				return false
			}
		}
		return !d.holdsCode
	}
	return false
}

// Same tells whether two definitions give the same, as far as they tell. None is
// as good as a nil.
func (d *FirstValue) Same(other *FirstValue) bool {
	switch {
	case d == nil || other == nil:
		return (d == nil || d.isNil()) && (other == nil || other.isNil())
	case d.Kind != other.Kind || d.Kind == FirstOther || d.Kind == FirstFunction:
		return false
	case d.Kind == FirstLiteral:
		return d.Text == other.Text
	}
	for name, f := range d.Fields {
		if !f.Same(other.Fields[name]) {
			return false
		}
	}
	for name, f := range other.Fields {
		if d.Fields[name] == nil && !f.isNil() {
			return false
		}
	}
	return d.Rest == other.Rest
}

func (d *FirstValue) isNil() bool { return d.Kind == FirstLiteral && d.Value == lua.LNil }

// A definer goes through the statements of a main function.
type definer struct {
	FirstValues
	locals map[*local]*FirstValue
	// functions are those of local function statements.
	functions map[*local]*function
	top       ast.Stmt // the top-level statement that it is in
}

// statement notes what a statement defines. inside tells that it is in a block of
// the main function, so that it may be run or not, or more than once.
func (d *definer) statement(st ast.Stmt, inside bool) {
	switch st := st.(type) {
	case *localStmt:
		if !inside {
			for i, v := range st.vars {
				d.declare(v, d.given(st.rhs, i, st.Line()))
			}
		}
	case *localFunctionStmt:
		if !inside {
			d.declare(st.v, &FirstValue{Kind: FirstFunction, Line: st.fn.Line()})
			d.functions[st.v] = st.fn
		}
	case *functionStmt:
		if def := d.variable(st.target); def != nil {
			*def = FirstValue{Kind: FirstFunction, Line: st.fn.Line()}
		}
	case *assignStmt:
		for i, target := range st.lhs {
			d.assign(target, d.given(st.rhs, i, st.Line()), inside)
		}
	case *callStmt:
		d.call(st.call)
	case *returnStmt:
		if len(st.values) == 1 && !inside {
			if t, ok := st.values[0].(*tableExpr); ok {
				d.Return = d.table(t)
			}
		}
	}
}

func (d *definer) declare(v *local, def *FirstValue) {
	d.locals[v] = def
	d.Locals[v.name] = def
}

// given is what the expressions of an assignment give its target number i.
func (d *definer) given(list []ast.Expr, i, line int) *FirstValue {
	switch {
	case i < len(list)-1:
		return d.value(list[i])
	case len(list) == 0:
		return nilValue(line)
	case i == len(list)-1:
		return d.value(list[i])
	}
	switch list[len(list)-1].(type) {
	case *callExpr, *varargExpr:
		return &FirstValue{Line: line}
	}
	return nilValue(line)
}

func nilValue(line int) *FirstValue {
	return &FirstValue{Kind: FirstLiteral, Text: dump(&literal{kind: litNil}), Value: lua.LNil, Line: line}
}

func (d *definer) assign(target ast.Expr, given *FirstValue, inside bool) {
	if def := d.variable(target); def != nil {
		if inside && given.Kind != FirstFunction {
			given = &FirstValue{Line: given.Line} // perhaps
		}
		*def = *given
		return
	}
	if t, ok := target.(*indexExpr); ok { // a key that is computed
		d.touch(t.obj, !computes(dump(d.top)))
	}
}

// variable is the definition of what an expression names, made if there is none:
// of a local or global variable, or of a field of one. nil stands for something
// else.
func (d *definer) variable(e ast.Expr) *FirstValue {
	switch e := e.(type) {
	case *localExpr:
		return d.locals[e.v]
	case *globalExpr:
		return fieldOfName(&d.Globals, e.name)
	case *indexExpr:
		k, ok := e.key.(*literal)
		if !ok || k.kind != litString {
			return nil
		}
		of := d.variable(e.obj)
		if of == nil {
			return nil
		}
		return fieldOfName(&of.Fields, k.str)
	}
	return nil
}

func fieldOfName(fields *map[string]*FirstValue, name string) *FirstValue {
	def := (*fields)[name]
	if def == nil {
		if *fields == nil {
			*fields = make(map[string]*FirstValue)
		}
		def = &FirstValue{}
		(*fields)[name] = def
	}
	return def
}

// touch notes that the top-level statement changes what a variable holds, in another
// way than by a field with a name.
func (d *definer) touch(e ast.Expr, plain bool) {
	if def := d.variable(e); def != nil {
		def.Rest += dump(d.top)
		def.holdsCode = def.holdsCode || !plain
	}
}

// call notes what a call of a library function does to its first argument.
func (d *definer) call(e *callExpr) {
	name := exprText(e.fn)
	if name == "skynet.start" && len(e.args) == 1 {
		d.start(e.args[0])
	}
	if len(e.args) == 0 || e.method != "" || name != "setmetatable" && name != "rawset" && !strings.HasPrefix(name, "table.") {
		return
	}
	d.touch(e.args[0], !computes(dump(e.args)))
}

// computes tells whether what was dumped has functions or calls in it.
func computes(dumped string) bool {
	return strings.Contains(dumped, "function") || strings.Contains(dumped, "callExpr{")
}

// value is the definition that an expression gives.
func (d *definer) value(e ast.Expr) *FirstValue {
	switch e := e.(type) {
	case *tableExpr:
		return d.table(e)
	case *function:
		return &FirstValue{Kind: FirstFunction, Line: e.Line()}
	case *callExpr: // setmetatable({}, …)
		if exprText(e.fn) == "setmetatable" && e.method == "" && len(e.args) == 2 {
			if t, ok := e.args[0].(*tableExpr); ok && (exprText(e.args[1]) != "" || d.value(e.args[1]).Plain()) {
				def := d.table(t)
				def.Rest += "setmetatable" + dump(e.args[1])
				return def
			}
		}
	default:
		if constant(e) {
			return &FirstValue{Kind: FirstLiteral, Text: dump(e), Value: firstLiteral(e), Line: e.Line()}
		}
	}
	return &FirstValue{Line: e.Line()}
}

// table is the definition that a constructor gives.
func (d *definer) table(e *tableExpr) *FirstValue {
	def := &FirstValue{Kind: FirstTable, Line: e.Line()}
	for _, fd := range e.fields {
		first := d.value(fd.value)
		if k, ok := fd.key.(*literal); ok && k.kind == litString {
			*fieldOfName(&def.Fields, k.str) = *first
			continue
		}
		if fd.key == nil {
			def.Items = append(def.Items, first)
		} else if key := firstLiteral(fd.key); key != nil {
			def.Others = append(def.Others, KeyedFirstValue{value.Key(key), first})
		}
		def.Rest += dump(fd.key) + "=" + dump(fd.value) + ";"
		def.holdsCode = def.holdsCode || !first.Plain() || fd.key != nil && !constant(fd.key)
	}
	return def
}

// constant tells whether an expression is computed from literals alone.
func constant(e ast.Expr) bool {
	switch e := e.(type) {
	case *literal:
		return true
	case *localExpr:
		return e.v.value != nil
	case *parenExpr:
		return constant(e.e)
	case *unaryExpr:
		return constant(e.e)
	case *binaryExpr:
		return constant(e.lhs) && constant(e.rhs)
	case *logicExpr:
		return constant(e.lhs) && constant(e.rhs)
	case *concatExpr:
		for _, part := range e.parts {
			if !constant(part) {
				return false
			}
		}
		return true
	case *indexExpr:
		switch exprText(e) {
		case "math.huge", "math.pi", "math.maxinteger", "math.mininteger":
			return true
		}
	}
	return false
}

// firstLiteral is the value of a literal, nil for what is computed.
func firstLiteral(e ast.Expr) lua.LValue {
	l, ok := e.(*literal)
	if !ok {
		return nil
	}
	switch l.kind {
	case litFalse:
		return lua.LFalse
	case litTrue:
		return lua.LTrue
	case litNumber:
		return l.num
	case litString:
		return lua.LString(l.str)
	}
	return lua.LNil
}
