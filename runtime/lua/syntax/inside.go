package syntax

import (
	"slices"

	lua "github.com/yuin/gopher-lua"
	"github.com/yuin/gopher-lua/ast"
)

// Inside says how the statements of a function that runs once, or of a block of the
// main chunk, differ between the versions: in definitions, which can be had without
// running the others again.
type Inside struct {
	New  []Statement // definitions that only the new version has, in their order
	Gone []Statement // those that only the old one has

	// Others are the definitions that both have.
	Others []Statement
	// Unused are functions of the new version that are in locals which nothing uses.
	Unused []int
}

// maxInside bounds the statements that are compared.
const maxInside = 400

// InsideFunction compares the bodies of function i of the old version and its
// counterpart. It is false where they differ in more than definitions.
func (m *Matching) InsideFunction(i int) (in Inside, ok bool) {
	old, new := m.old.order[i], m.new.order[m.Old[i].Counterpart]
	was, is := old.fn, new.fn
	if len(was.params) != len(is.params) || was.vararg != is.vararg {
		return in, false
	}
	return m.inside(m.region(0, old, was.body, bodyStart(was)), m.region(1, new, is.body, bodyStart(is)))
}

// InsideBlock is InsideFunction, for the block that is statement i of the new version,
// and its counterpart.
func (m *Matching) InsideBlock(i int) (in Inside, ok bool) {
	is := &m.Statements[i]
	was := &m.OldStatements[is.Counterpart]
	a, ok1 := was.st.(*doStmt)
	b, ok2 := is.st.(*doStmt)
	if !ok1 || !ok2 {
		return in, false
	}
	old, new := m.old.units[0], m.new.units[0]
	return m.inside(m.region(0, old, a.body, old.tops[was.top].from+1), m.region(1, new, b.body, new.tops[is.top].from+1))
}

// bodyStart counts the atoms of a function before its body.
func bodyStart(fn *function) int {
	if fn.vararg {
		return len(fn.params) + 1
	}
	return len(fn.params)
}

// region is a list of statements of one version.
type region struct {
	f       *outline
	numbers map[*local]int // of its variables, in Matching.Variables
	u       *unit
	body    []ast.Stmt
	from    int // where its atoms begin
}

// region is one of the old version, which is 0, or of the new one.
func (m *Matching) region(version int, u *unit, body []ast.Stmt, from int) region {
	of := m.old
	if version == 1 {
		of = m.new
	}
	return region{of, m.numbers[version], u, body, from}
}

// parts are the atoms of each statement.
func (r region) parts() [][]atom {
	count := newFlattener()
	count.again, count.cur = true, &unit{fn: r.u.fn, index: -1}
	count.enter(false)
	list := make([][]atom, len(r.body))
	at := r.from
	for i, st := range r.body {
		before := len(count.atoms)
		count.statement(st)
		n := len(count.atoms) - before
		if at+n > len(r.u.atoms) {
			return nil
		}
		list[i] = r.u.atoms[at : at+n]
		at += n
	}
	return list
}

// inside compares two regions.
func (m *Matching) inside(old, new region) (in Inside, ok bool) {
	was, is := old.parts(), new.parts()
	if len(was) != len(old.body) || len(is) != len(new.body) || len(was) > maxInside || len(is) > maxInside {
		return in, false
	}
	if leaves(old.body) || leaves(new.body) {
		return in, false
	}
	pairOf, taken := m.alignParts(was, is)
	for i, st := range old.body {
		s, plain := m.definitionInside(old, st, was[i])
		switch {
		case taken[i]:
			if plain {
				in.Others = append(in.Others, s)
			}
		case unused(old, st):
		case !plain || s.Why != "" || s.Volatile:
			return in, false
		default:
			in.Gone = append(in.Gone, s)
		}
	}
	for i, st := range new.body {
		s, plain := m.definitionInside(new, st, is[i])
		switch {
		case pairOf[i] >= 0:
			if plain {
				in.Others = append(in.Others, s)
			}
		case unused(new, st):
			in.Unused = append(in.Unused, functionsIn(is[i])...)
		case !plain || s.Why != "" || s.Volatile:
			return in, false
		default:
			in.New = append(in.New, s)
		}
	}
	return in, true
}

// leaves tells whether a list of statements may be left, or gone through in another
// order, before its end.
func leaves(body []ast.Stmt) bool {
	found := false
	v := &visitor{expr: func(ast.Expr) bool { return false }, stmt: func(st ast.Stmt) {
		switch st.(type) {
		case *returnStmt:
			found = found || st != body[len(body)-1]
		case *gotoStmt, *labelStmt:
			found = true
		}
	}}
	v.block(body)
	return found
}

// alignParts pairs the statements that are the same, in their order, as many as can
// be.
func (m *Matching) alignParts(was, is [][]atom) (pairOf []int, taken []bool) {
	best := make([][]int, len(was)+1)
	for i := range best {
		best[i] = make([]int, len(is)+1)
	}
	for i := len(was) - 1; i >= 0; i-- {
		for j := len(is) - 1; j >= 0; j-- {
			best[i][j] = max(best[i+1][j], best[i][j+1])
			if m.samePart(was[i], is[j]) {
				best[i][j] = max(best[i][j], best[i+1][j+1]+1)
			}
		}
	}
	pairOf, taken = make([]int, len(is)), make([]bool, len(was))
	for j := range pairOf {
		pairOf[j] = -1
	}
	for i, j := 0, 0; i < len(was) && j < len(is); {
		switch {
		case best[i][j] == best[i+1][j+1]+1 && m.samePart(was[i], is[j]):
			pairOf[j], taken[i] = i, true
			i, j = i+1, j+1
		case best[i+1][j] >= best[i][j+1]:
			i++
		default:
			j++
		}
	}
	return pairOf, taken
}

// samePart tells whether two statements are the same, with the same variables, and
// with functions in them that are counterparts, whatever their code is.
func (m *Matching) samePart(was, is []atom) bool {
	if len(was) != len(is) {
		return false
	}
	for i := range was {
		a, b := &was[i], &is[i]
		switch {
		case a.tag != b.tag || a.text != b.text || a.bits != b.bits || (a.v == nil) != (b.v == nil) || (a.fn == nil) != (b.fn == nil):
			return false
		case a.v != nil && m.pairs[b.v] != a.v:
			return false
		case a.fn != nil && (b.fn.index < 0 || m.Functions[b.fn.index].Counterpart != a.fn.index):
			return false
		}
	}
	return true
}

// definitionInside describes a statement that gives values to variables or fields. It
// is false for another one, and where a variable in it is one that no function uses.
func (m *Matching) definitionInside(r region, st ast.Stmt, atoms []atom) (s Statement, ok bool) {
	switch st := st.(type) {
	case *localStmt:
		if slices.ContainsFunc(st.vars, func(v *local) bool { return v.value != nil }) {
			return s, false // a constant: what has run has it in its code
		}
	case *localFunctionStmt, *functionStmt, *assignStmt:
	default:
		return s, false
	}
	ok = true
	d := &describer{f: r.f, inside: true, mine: func(v *local) int {
		at, known := r.numbers[v]
		ok = ok && known
		return at
	}}
	s = Statement{Text: statementText(st), Line: st.Line(), Counterpart: -1, st: st}
	d.describe(&s)
	s.Functions = functionsIn(atoms)
	return s, ok && s.Kind == Definition
}

// unused tells whether a statement declares locals that no function uses, and does
// nothing else: those that the statements beside it use would have them differ, too.
func unused(r region, st ast.Stmt) bool {
	var vars []*local
	alone := &aloneness{}
	switch st := st.(type) {
	case *localStmt:
		vars = st.vars
		for _, e := range st.rhs {
			alone.look(e)
		}
	case *localFunctionStmt:
		vars = []*local{st.v}
	default:
		return false
	}
	return alone.why == "" && !slices.ContainsFunc(vars, func(v *local) bool {
		_, known := r.numbers[v]
		return known || v.value != nil || v.attrib == attribClose
	})
}

func functionsIn(atoms []atom) (list []int) {
	for _, a := range atoms {
		if a.fn != nil && a.fn.index >= 0 {
			list = append(list, a.fn.index)
		}
	}
	return list
}

// InsideThunk makes the code that evaluates a definition of Inside, as Thunk does.
func (m *Matching) InsideThunk(s *Statement, old bool, protos []*lua.FunctionProto) (Thunk, error) {
	if old {
		return m.thunk(m.old, m.numbers[0], s, protos)
	}
	return m.thunk(m.new, m.numbers[1], s, protos)
}
