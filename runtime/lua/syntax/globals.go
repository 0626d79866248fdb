package syntax

import "github.com/yuin/gopher-lua/ast"

// Globals is what a chunk does with global variables and with modules, as far as its
// text tells.
type Globals struct {
	Reads   []GlobalRead    // but for those that ask whether there is such a variable
	Defined map[string]bool // assigned to, anywhere in the chunk
	// Open tells that the chunk may make globals that its text doesn't name: it
	// handles the table of them as a whole, or runs code that is made as it runs.
	Open     bool
	Files    []string // that it runs by dofile or loadfile, by names in the text
	Requires []RequireUse
	Returns  bool // the chunk itself returns something
	// Alone is a top-level local table with functions in it that the chunk does
	// nothing else with: of a module that returns nothing. Empty for none.
	Alone     string
	AloneLine int
	Kept      []string // names given to reload.keep
	KeptOpen  bool     // other names than these may be given to it
}

// GlobalRead is a place where a global variable is read.
type GlobalRead struct {
	Name string
	Line int
}

// RequireUse is a call of require with a name in the text.
type RequireUse struct {
	Name string
	Line int
	Used bool // what it gives is more than thrown away
}

// GlobalsOf goes through a chunk. The error is a fault in the source.
func GlobalsOf(src []byte, chunk string) (*Globals, error) {
	fn, err := parse(src, chunk, Options{})
	if err != nil {
		return nil, err
	}
	g := &Globals{Defined: make(map[string]bool)}
	s := &globalSearch{Globals: g, quiet: make(map[ast.Expr]bool), unused: make(map[ast.Expr]bool)}
	s.block(fn.body)
	for _, st := range fn.body {
		s.returns(st)
	}
	if !g.Returns && len(g.Defined) == 0 {
		s.alone(fn.body)
	}
	return g, nil
}

// globalSearch collects Globals.
type globalSearch struct {
	*Globals
	quiet  map[ast.Expr]bool // where a variable that isn't there is no fault
	unused map[ast.Expr]bool // calls of which nothing is taken
}

func (s *globalSearch) block(list []ast.Stmt) {
	v := &visitor{stmt: s.statement, expr: s.expr}
	v.block(list)
}

// statement notes what a statement assigns, and where it only asks.
func (s *globalSearch) statement(st ast.Stmt) {
	switch st := st.(type) {
	case *assignStmt:
		for _, e := range st.lhs {
			s.assigned(e)
		}
	case *functionStmt:
		s.assigned(st.target)
	case *callStmt:
		s.unused[st.call] = true
	case *whileStmt:
		s.asks(st.cond)
	case *repeatStmt:
		s.asks(st.cond)
	case *ifStmt:
		for _, c := range st.clauses {
			if c.cond != nil {
				s.asks(c.cond)
			}
		}
	}
}

func (s *globalSearch) assigned(e ast.Expr) {
	switch e := e.(type) {
	case *globalExpr:
		s.Defined[e.name] = true
		s.quiet[e] = true
	case *indexExpr:
		if !environment(e.obj) {
			return
		}
		if k, ok := e.key.(*literal); ok && k.kind == litString {
			s.Defined[k.str] = true
		} else {
			s.Open = true
		}
	}
}

// environment tells whether an expression is the table of the globals.
func environment(e ast.Expr) bool {
	if _, ok := e.(*envExpr); ok {
		return true
	}
	return globalName(e) == "_G"
}

// asks notes that an expression only asks whether a variable is there.
func (s *globalSearch) asks(e ast.Expr) {
	switch e := e.(type) {
	case *parenExpr:
		s.asks(e.e)
	case *globalExpr:
		s.quiet[e] = true
	case *logicExpr:
		s.asks(e.lhs)
		s.asks(e.rhs)
	case *unaryExpr:
		if e.op == opNot {
			s.asks(e.e)
		}
	case *binaryExpr:
		if e.op == opEq || e.op == opNe {
			s.asks(e.lhs)
			s.asks(e.rhs)
		}
	}
}

func (s *globalSearch) expr(e ast.Expr) bool {
	switch e := e.(type) {
	case *globalExpr:
		switch {
		case e.name == "_G":
			s.Open = true
		case !s.quiet[e]:
			s.Reads = append(s.Reads, GlobalRead{e.name, e.Line()})
		}
	case *envExpr:
		s.Open = true
	case *logicExpr:
		s.asks(e.lhs)
		if globalName(e.rhs) != "" && e.or { // a or b: the last may be missing, too
			s.quiet[e.rhs] = true
		}
	case *unaryExpr, *binaryExpr:
		s.asks(e)
	case *function:
		s.block(e.body)
		return false
	case *indexExpr:
		if environment(e.obj) {
			if _, ok := e.key.(*literal); !ok {
				(&visitor{stmt: s.statement, expr: s.expr}).one(e.key)
			}
			return false
		}
	case *callExpr:
		return s.call(e)
	}
	return true
}

// call looks at functions that have to do with globals and modules.
func (s *globalSearch) call(e *callExpr) bool {
	v := &visitor{stmt: s.statement, expr: s.expr}
	name := globalName(e.fn)
	if e.method != "" {
		name = ""
	}
	text := ""
	if len(e.args) > 0 {
		if l, ok := e.args[0].(*literal); ok && l.kind == litString {
			text = l.str
		}
	}
	switch name {
	case "type", "tostring", "rawequal", "assert":
		for _, arg := range e.args {
			s.asks(arg)
		}
	case "rawset":
		if len(e.args) == 3 && environment(e.args[0]) {
			if k, ok := e.args[1].(*literal); ok && k.kind == litString {
				s.Defined[k.str] = true
			} else {
				s.Open = true
			}
			v.list(e.args[1:])
			return false
		}
	case "rawget", "pairs", "next", "ipairs":
		if len(e.args) > 0 && environment(e.args[0]) {
			v.list(e.args[1:])
			return false
		}
	}
	s.source(e, name, text)
	if calleeText(e) == "reload.keep" {
		if text != "" {
			s.Kept = append(s.Kept, text)
		} else {
			s.KeptOpen = true
		}
	}
	return true
}

// source notes what a call has run that is in another text: a file, a module, a chunk
// that is made as it runs.
func (s *globalSearch) source(e *callExpr, name, text string) {
	switch name {
	case "load", "loadstring":
		s.Open = s.Open || len(e.args) < 4
	case "dofile", "loadfile":
		if text != "" {
			s.Files = append(s.Files, text)
		} else {
			s.Open = true
		}
	case "require":
		if text != "" {
			s.Requires = append(s.Requires, RequireUse{text, e.Line(), !s.unused[e]})
		} else {
			s.Open = true
		}
	case "module":
		s.Open, s.Returns = true, true
	case "pcall", "xpcall":
		if len(e.args) > 1 && globalName(e.args[0]) == "require" {
			if l, ok := e.args[len(e.args)-1].(*literal); !ok || l.kind != litString {
				s.Open = true
			}
		}
	}
}

// returns notes whether a statement of the main chunk returns something. package.loaded
// is another way to give a module a value.
func (s *globalSearch) returns(st ast.Stmt) {
	v := &visitor{expr: func(e ast.Expr) bool {
		if i, ok := e.(*indexExpr); ok && globalName(i.obj) == "package" {
			s.Returns = true
		}
		_, inner := e.(*function)
		return !inner
	}}
	v.stmt = func(st ast.Stmt) {
		if r, ok := st.(*returnStmt); ok && len(r.values) > 0 {
			s.Returns = true
		}
	}
	v.statement(st)
}

// alone finds the table of a module that isn't returned: the top level of such a
// chunk does nothing but define.
func (s *globalSearch) alone(body []ast.Stmt) {
	tables := make(map[*local]*localStmt)
	for _, st := range body {
		switch st := st.(type) {
		case *localStmt:
			if len(st.vars) == 1 && len(st.rhs) == 1 {
				if _, ok := st.rhs[0].(*tableExpr); ok {
					tables[st.vars[0]] = st
				}
			}
		case *functionStmt:
			if i, ok := st.target.(*indexExpr); ok {
				if l, ok := i.obj.(*localExpr); ok && tables[l.v] != nil && s.Alone == "" {
					s.Alone, s.AloneLine = l.v.name, tables[l.v].Line()
				}
			}
		case *callStmt:
			s.Alone = "" // it is no module, or registers itself
			return
		}
	}
}
