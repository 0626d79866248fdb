package syntax

import (
	"slices"
	"strconv"
	"strings"

	"github.com/yuin/gopher-lua/ast"
)

// StatementKind says what a top-level statement is for.
type StatementKind uint8

// The kinds of statements.
const (
	// Effect is a statement that does something: a call, a loop, a branch. It can
	// only be had by running the chunk.
	Effect StatementKind = iota
	// Definition gives values to variables or fields.
	Definition
	// Result is the return at the end of a chunk.
	Result
)

// A Statement is a top-level statement of one version of a chunk.
type Statement struct {
	Kind        StatementKind
	Text        string // `local limit`, `call of print`
	Line        int
	Counterpart int  // in the other version, -1 if there is none
	Changed     bool // its own code isn't its counterpart's; functions inside it don't count
	Targets     []Target
	Why         string // why a definition can't be evaluated alone; empty if it can
	Volatile    bool   // evaluated again it may give another value
	Functions   []int  // those directly in it, as Matching counts them
	Values      []int  // of each target the function that is its value, -1 where it is another value
	Reads       []Read // by its own code
	Block       bool   // a block whose counterpart has other statements

	st   ast.Stmt
	top  int
	sign string
}

// A Target is what a definition gives a value to.
type Target struct {
	Name      string // `limit`, `CMD.size`, `metatable of Player`
	Variable  int    // a top-level local itself, or -1
	Declares  bool   // the statement declares the local
	Global    string // a global itself
	Metatable bool   // the value is the metatable of an object
	key       string // what tells it from others, in both versions
}

// Slot tells the target from others: two definitions of one chunk, in the old or
// the new version, with the same Slot give values to the same place.
func (t Target) Slot() string { return t.key }

// describer makes the statements of one version.
type describer struct {
	m     *matcher
	f     *outline
	mine  func(*local) int // a variable's place in Variables
	known func(string) bool
	// inside tells that the statements stand in a function, or in a block.
	inside bool

	modules map[*local]string // what top-level locals have required
	words   []byte            // of the last signature, to be used again
}

func (d *describer) statements() []Statement {
	main := d.f.units[0]
	d.modules = d.f.modules()
	list := make([]Statement, 0, len(main.tops))
	for i, t := range main.tops {
		s := Statement{Text: t.text, Line: t.line, Counterpart: -1, st: t.st, top: i}
		d.describe(&s)
		s.sign = d.signature(main.atoms[t.from:t.to])
		for _, a := range main.atoms[t.from:t.to] {
			if a.fn != nil && a.fn.index >= 0 {
				s.Functions = append(s.Functions, a.fn.index)
			}
		}
		list = append(list, s)
	}
	return list
}

// signature is a statement's own code in words, with variables by their places.
func (d *describer) signature(atoms []atom) string {
	b := d.words[:0]
	for i := range atoms {
		a := &atoms[i]
		b = append(append(b, a.tag...), ' ')
		switch {
		case a.v == nil:
			b = append(b, a.text...)
		case a.tag == "declare" && a.v.block != 0:
			b = append(b, a.v.name...)
		default:
			b = strconv.AppendInt(b, int64(d.mine(a.v)), 10)
		}
		b = append(strconv.AppendUint(append(b, ' '), a.bits, 16), '\n')
	}
	d.words = b
	return string(b)
}

// describe says what a statement does.
func (d *describer) describe(s *Statement) {
	alone := &aloneness{known: d.known, modules: d.modules}
	reads := &reader{number: d.mine}
	switch st := s.st.(type) {
	case *localStmt:
		d.local(s, st, alone)
	case *localFunctionStmt:
		s.Kind = Definition
		s.Targets, s.Values = []Target{d.variable(st.v, true)}, []int{d.functionIn(st.fn)}
	case *functionStmt:
		d.assign(s, []ast.Expr{st.target}, []ast.Expr{st.fn}, alone)
	case *assignStmt:
		d.assign(s, st.lhs, st.rhs, alone)
	case *returnStmt:
		s.Kind = Result
		if len(st.values) != 1 {
			alone.against("it returns no single value", st.Line())
		}
		for _, e := range st.values {
			alone.look(e)
		}
	case *callStmt:
		d.called(s, st, alone)
	}
	reads.visitor().statement(s.st)
	s.Reads = reads.list
	s.Why, s.Volatile = alone.why, alone.volatile
}

func (d *describer) local(s *Statement, st *localStmt, alone *aloneness) {
	s.Kind = Definition
	for _, v := range st.vars {
		if v.attrib == attribClose {
			s.Kind = Effect
		}
		if v.value == nil {
			s.Targets = append(s.Targets, d.variable(v, true))
		}
	}
	d.values(s, st.rhs, alone)
}

// values takes account of the values of a definition.
func (d *describer) values(s *Statement, rhs []ast.Expr, alone *aloneness) {
	for i, e := range rhs {
		alone.look(e)
		if i < len(s.Targets) {
			s.Values = append(s.Values, d.functionIn(e))
		}
	}
	for len(s.Values) < len(s.Targets) {
		s.Values = append(s.Values, -1)
	}
}

// functionIn is the function that an expression is, -1 if it is something else.
func (d *describer) functionIn(e ast.Expr) int {
	if fn, ok := e.(*function); ok {
		if u := d.f.unitOf[fn]; u != nil {
			return u.index
		}
	}
	return -1
}

func (d *describer) assign(s *Statement, lhs, rhs []ast.Expr, alone *aloneness) {
	s.Kind = Definition
	for _, e := range lhs {
		t, ok := d.target(e)
		if !ok {
			s.Kind = Effect
		}
		s.Targets = append(s.Targets, t)
		if x, ok := e.(*indexExpr); ok {
			alone.look(x.obj)
			alone.look(x.key)
		}
	}
	d.values(s, rhs, alone)
}

// called is for the calls whose effect is known: setmetatable of something that
// has a name, and require.
func (d *describer) called(s *Statement, st *callStmt, alone *aloneness) {
	switch globalName(st.call.fn) {
	case "setmetatable":
		if len(st.call.args) != 2 {
			return
		}
		name := exprText(st.call.args[0])
		if name == "" {
			return
		}
		s.Kind = Definition
		s.Targets = []Target{{Name: "metatable of " + name, Variable: -1, Metatable: true, key: "metatable " + d.pathKey(st.call.args[0])}}
		s.Values = []int{-1}
		alone.look(st.call.args[0])
		alone.look(st.call.args[1])
	case "require":
		s.Kind = Definition
		alone.look(st.call)
	}
}

func (d *describer) variable(v *local, declares bool) Target {
	return Target{Name: v.name, Variable: d.mine(v), Declares: declares, key: "local " + strconv.Itoa(d.mine(v))}
}

// target is what an assignment assigns to. It is false where that has no name.
func (d *describer) target(e ast.Expr) (Target, bool) {
	switch e := e.(type) {
	case *localExpr:
		return d.variable(e.v, false), d.inside || e.v.block == 0
	case *upvalueExpr:
		return d.variable(e.v, false), true
	case *globalExpr:
		return Target{Name: e.name, Variable: -1, Global: e.name, key: "global " + e.name}, true
	case *indexExpr:
		name := exprText(e)
		return Target{Name: name, Variable: -1, key: d.pathKey(e)}, name != ""
	}
	return Target{Variable: -1}, false
}

// pathKey is the text of a path, its root by its place.
func (d *describer) pathKey(e ast.Expr) string {
	switch e := e.(type) {
	case *localExpr:
		return "local " + strconv.Itoa(d.mine(e.v))
	case *upvalueExpr:
		return "local " + strconv.Itoa(d.mine(e.v))
	case *globalExpr:
		return "global " + e.name
	case *indexExpr:
		if l, ok := e.key.(*literal); ok {
			return d.pathKey(e.obj) + "[" + literalText(l) + "]"
		}
		return d.pathKey(e.obj) + "[" + d.pathKey(e.key) + "]"
	}
	return "?"
}

// matchStatements pairs the statements of the two versions.
func (m *matcher) matchStatements(old, new []Statement) {
	m.matchDefinitions(old, new)
	m.matchEffects(old, new)
	matchBlocks(old, new)
	for i := range new {
		if j := new[i].Counterpart; j >= 0 {
			old[j].Counterpart = i
			changed := new[i].sign != old[j].sign
			new[i].Changed, old[j].Changed = changed, changed
		}
	}
}

// matchDefinitions pairs definitions of the same places: those of one place in
// their order, from the last.
func (m *matcher) matchDefinitions(old, new []Statement) {
	was := make(map[string][]int)
	for i := range old {
		if key := old[i].slotKey(); key != "" {
			was[key] = append(was[key], i)
		}
	}
	for i := len(new) - 1; i >= 0; i-- {
		key := new[i].slotKey()
		if list := was[key]; key != "" && len(list) > 0 {
			new[i].Counterpart = list[len(list)-1]
			was[key] = list[:len(list)-1]
		}
	}
}

// slotKey is what a statement is paired by; empty for an effect.
func (s *Statement) slotKey() string {
	switch s.Kind {
	case Result:
		return "return"
	case Effect:
		return ""
	}
	if len(s.Targets) == 0 {
		return s.sign // require "m", or a constant
	}
	keys := make([]string, len(s.Targets))
	for i, t := range s.Targets {
		keys[i] = t.key
	}
	return strings.Join(keys, "\n")
}

// matchEffects pairs the effects that are the same and come in the same order: as
// many as can be.
func (m *matcher) matchEffects(old, new []Statement) {
	a, b := effectsOf(old), effectsOf(new)
	best := make([][]int, len(a)+1)
	for i := range best {
		best[i] = make([]int, len(b)+1)
	}
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			best[i][j] = max(best[i+1][j], best[i][j+1])
			if old[a[i]].sign == new[b[j]].sign {
				best[i][j] = max(best[i][j], best[i+1][j+1]+1)
			}
		}
	}
	for i, j := 0, 0; i < len(a) && j < len(b); {
		switch {
		case old[a[i]].sign == new[b[j]].sign && best[i][j] == best[i+1][j+1]+1:
			new[b[j]].Counterpart = a[i]
			i, j = i+1, j+1
		case best[i+1][j] >= best[i][j+1]:
			i++
		default:
			j++
		}
	}
}

// matchBlocks pairs the blocks that have changed: where each version has one between the
// same effects, or several in the same number.
func matchBlocks(old, new []Statement) {
	a, b := effectsOf(old), effectsOf(new)
	for i, j := 0, 0; ; i, j = i+1, j+1 {
		x, y := i, j
		for x < len(a) && !isPaired(new, a[x]) {
			x++
		}
		for y < len(b) && new[b[y]].Counterpart < 0 {
			y++
		}
		was, is := a[i:x], b[j:y]
		if len(was) == len(is) {
			for k := range was {
				_, block1 := old[was[k]].st.(*doStmt)
				_, block2 := new[is[k]].st.(*doStmt)
				if block1 && block2 {
					new[is[k]].Counterpart, new[is[k]].Block = was[k], true
				}
			}
		}
		if i, j = x, y; i >= len(a) || j >= len(b) {
			return
		}
	}
}

// isPaired tells whether a statement of the new version has statement i of the old one
// for its counterpart.
func isPaired(new []Statement, i int) bool {
	return slices.ContainsFunc(new, func(s Statement) bool { return s.Kind == Effect && s.Counterpart == i })
}

func effectsOf(list []Statement) []int {
	var at []int
	for i := range list {
		if list[i].Kind == Effect {
			at = append(at, i)
		}
	}
	return at
}
