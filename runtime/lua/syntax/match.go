package syntax

import (
	"fmt"
	"strings"

	lua "github.com/yuin/gopher-lua"
	"github.com/yuin/gopher-lua/ast"
)

// A Matching is what Match has found about two versions of a chunk. It
// counts functions as Functions does, and is about any prototypes that were
// compiled from the two sources.
type Matching struct {
	// Reason says why the running chunk can't become the new one by the
	// replacement of functions; it is empty where the main chunks are the same
	// but for the functions in them.
	Reason string
	// Line is the line of the new source that Reason is about, 0 if there is none.
	Line int

	Functions []Function // of the new source; the first is the main chunk
	Old       []Function // of the old source
	Variables []Variable // of both; those of the new source that the old one has too are counted once

	Statements    []Statement // of the new source's main chunk
	OldStatements []Statement // of the old one's

	// Labels tells that the main chunk jumps: its statements may be run in another
	// order than they stand in.
	Labels bool

	blocks   []blockInfo
	old, new *flattener
	trees    [2][]*function    // of the old and the new source, counted as Old and Functions are
	pairs    map[*local]*local // the variables, from new to old
}

// A Function is one function of a version.
type Function struct {
	Name        string // `CMD.get`, or `skynet.fork(function:12)`
	Line        int
	Parent      int   // the function that it is in, -1 for the main chunk
	Counterpart int   // in the other version, -1 if there is none
	Changed     bool  // its own code is not its counterpart's; functions inside it don't count
	Upvalues    []int // the variables that it captures, in the order of its prototype
}

// A Variable is a local variable of the old or of the new source.
type Variable struct {
	Name string
	// Main is the variable's place among those that the old main chunk declares,
	// -1 for one of another function.
	Main int
	// Old and New are its places among the top-level locals at the end of the old
	// and the new chunk (ScopeNames), -1 where it isn't one.
	Old, New int
	// Once tells that each run of the chunk has just one of it.
	Once bool
	// OnceIn is the function of the old source each call of which makes one of it, 0
	// where there is none.
	OnceIn int
	// Assigned tells that code assigns to it after its declaration, in either source.
	Assigned bool
	// First is the literal that the new source declares it with, nil for anything else.
	First lua.LValue
	block int // of the old source; -1 for a variable that only the new one has
}

// Within tells whether whoever has the same w has the same v: w is declared in
// v's scope, or in one inside it.
func (m *Matching) Within(w, v int) bool {
	outer := m.Variables[v].block
	if outer < 0 {
		return false
	}
	for b := m.Variables[w].block; b >= 0; b = m.blocks[b].parent {
		if b == outer {
			return true
		}
	}
	return false
}

// Changes counts the functions whose own code has changed, the new ones included.
func (m *Matching) Changes() int {
	n := 0
	for i := range m.Functions {
		if m.Functions[i].Changed {
			n++
		}
	}
	return n
}

// Match compares two versions of a chunk: it pairs their functions and their
// variables, by their places where the code around them is the same, else by
// their names. Comments and white space make no difference. The error is a
// fault in one of the sources.
//
// known, which may be nil, tells of a function that a local or a field holds, by
// its name in the source, that calling it has no effect.
func Match(old, new []byte, chunk string, known func(callee string) bool) (*Matching, error) {
	oldTree, err := compileTree(old, chunk, Options{})
	if err != nil {
		return nil, err
	}
	newTree, err := compileTree(new, chunk, Options{})
	if err != nil {
		return nil, err
	}
	m := &matcher{known: known, variable: make(map[*local]*local), pair: make(map[*unit]*unit), changed: make(map[*unit]bool)}
	m.old, m.new = flatten(oldTree), flatten(newTree)
	m.Matching.blocks, m.Labels = m.old.blocks, m.old.labels || m.new.labels
	if !m.old.count(oldTree) || !m.new.count(newTree) {
		m.Reason = "the functions can't be told apart"
		return &m.Matching, nil
	}
	main := m.new.units[0]
	if at := m.equal(m.old.units[0], main); at >= 0 {
		m.explain(at)
	}
	m.describe()
	return &m.Matching, nil
}

// matcher is the work of Match. Its maps lead from new to old.
type matcher struct {
	Matching
	known    func(callee string) bool
	variable map[*local]*local
	pair     map[*unit]*unit
	changed  map[*unit]bool
	roots    map[string]string // new names of top-level locals, and the old ones
}

// count numbers the units by their prototypes. It is false where not every
// prototype has its unit.
func (f *flattener) count(main *function) bool {
	byProto := make(map[any]*unit, len(f.units))
	for _, u := range f.units {
		byProto[u.fn.proto] = u
	}
	for i, p := range Functions(main.proto) {
		u := byProto[p]
		if u == nil || u.index >= 0 {
			return false
		}
		u.index = i
	}
	return true
}

// equal compares the code of two units and, where it is the same, pairs what
// is in them, or else returns the index of the first atom that differs.
func (m *matcher) equal(old, new *unit) (differs int) {
	m.pair[new] = old
	if at := m.sameAtoms(old, new); at >= 0 {
		m.changed[new] = true
		if old.parent == nil {
			m.pairTop(old, new)
			return at
		}
		m.pairByName(old, new)
		return at
	}
	for i, inner := range new.inner {
		m.equal(old.inner[i], inner)
	}
	return -1
}

// sameAtoms pairs the variables of two functions with the same code. It
// returns the index of the first atom that differs, or -1, and then leaves
// none of them paired.
func (m *matcher) sameAtoms(old, new *unit) int {
	at := -1
	for i := 0; i < len(old.atoms) || i < len(new.atoms); i++ {
		if i >= len(old.atoms) || i >= len(new.atoms) || !m.sameAtom(&old.atoms[i], &new.atoms[i]) {
			at = i
			break
		}
	}
	if at >= 0 {
		for _, v := range new.locals {
			delete(m.variable, v)
		}
	}
	return at
}

func (m *matcher) sameAtom(a, b *atom) bool {
	switch {
	case a.tag != b.tag || a.text != b.text || a.bits != b.bits:
		return false
	case a.v == nil:
		return true
	case a.tag == "declare":
		m.variable[b.v] = a.v
		return true
	default:
		return m.variable[b.v] == a.v
	}
}

// pairByName pairs what two functions with different code have in common: the
// variables whose names are declared equally often in each, and the functions.
func (m *matcher) pairByName(old, new *unit) {
	m.pairVariables(old.locals, new.locals)
	m.pairInner(old.inner, new.inner)
}

// pairVariables pairs variables by name, those of one name in their order.
func (m *matcher) pairVariables(old, new []*local) {
	was, is := localsByName(old), localsByName(new)
	for name, news := range is {
		if olds := was[name]; len(olds) == len(news) {
			for i, v := range news {
				m.variable[v] = olds[i]
			}
		}
	}
}

func localsByName(list []*local) map[string][]*local {
	m := make(map[string][]*local)
	for _, v := range list {
		m[v.name] = append(m[v.name], v)
	}
	return m
}

// pairInner pairs the functions inside of two: by their keys, then those whose
// code is the same whatever their keys are: they have moved, or have another name.
func (m *matcher) pairInner(old, new []*unit) {
	was, is := m.byKey(old), m.byKey(new)
	var oldLeft, newLeft []*unit
	for _, key := range m.keysOf(old, new) {
		olds, news := m.pairKey(was[key], is[key])
		oldLeft, newLeft = append(oldLeft, olds...), append(newLeft, news...)
	}
	m.pairSame(oldLeft, newLeft)
}

// pairKey pairs functions with one key: first those with the same code, then, if
// no fewer are left in one version than in the other, by their order. It returns
// those for which there is no counterpart.
func (m *matcher) pairKey(olds, news []*unit) (oldLeft, newLeft []*unit) {
	if len(olds) != 1 || len(news) != 1 {
		olds, news = m.pairSame(olds, news)
	}
	if len(olds) != len(news) {
		return olds, news
	}
	for i := range olds {
		m.equal(olds[i], news[i])
	}
	return nil, nil
}

// keysOf lists the keys of units in the order of the source.
func (m *matcher) keysOf(lists ...[]*unit) []string {
	var keys []string
	seen := make(map[string]bool)
	for _, list := range lists {
		for _, u := range list {
			if key := m.keyOf(u); !seen[key] {
				seen[key] = true
				keys = append(keys, key)
			}
		}
	}
	return keys
}

func (m *matcher) byKey(units []*unit) map[string][]*unit {
	list := make(map[string][]*unit)
	for _, u := range units {
		key := m.keyOf(u)
		list[key] = append(list[key], u)
	}
	return list
}

// pairSame pairs functions with the same code, and returns the others.
func (m *matcher) pairSame(olds, news []*unit) (oldLeft, newLeft []*unit) {
	taken := make(map[*unit]bool)
	for _, o := range olds {
		found := false
		for _, n := range news {
			if !taken[n] && m.sameDeep(o, n) {
				taken[n], found = true, true
				m.equal(o, n)
				break
			}
		}
		if !found {
			oldLeft = append(oldLeft, o)
		}
	}
	for _, n := range news {
		if !taken[n] {
			newLeft = append(newLeft, n)
		}
	}
	return oldLeft, newLeft
}

// sameDeep tells whether two functions and all inside them have the same code.
// Where they haven't, none of their variables stays paired.
func (m *matcher) sameDeep(old, new *unit) bool {
	if len(old.inner) != len(new.inner) || m.sameAtoms(old, new) >= 0 {
		return false
	}
	for i := range old.inner {
		if !m.sameDeep(old.inner[i], new.inner[i]) {
			m.unpair(new)
			return false
		}
	}
	return true
}

func (m *matcher) unpair(u *unit) {
	for _, v := range u.locals {
		delete(m.variable, v)
	}
	for _, inner := range u.inner {
		m.unpair(inner)
	}
}

// describe fills in the result.
func (m *matcher) describe() {
	m.old.numbers, m.new.numbers = make(map[*local]int), make(map[*local]int)
	m.Old = m.functions(m.old, m.oldNumber)
	m.Functions = m.functions(m.new, m.newNumber)
	m.trees, m.pairs = [2][]*function{m.old.trees(), m.new.trees()}, m.variable
	m.describeStatements()
	m.describeVariables()
	for _, n := range m.new.units {
		o := m.pair[n]
		if o == nil || o.index < 0 || n.index < 0 {
			if n.index >= 0 {
				m.Functions[n.index].Changed = true
			}
			continue
		}
		m.Functions[n.index].Counterpart, m.Old[o.index].Counterpart = o.index, n.index
		m.Functions[n.index].Changed, m.Old[o.index].Changed = m.changed[n], m.changed[n]
	}
}

// trees lists the functions by their numbers.
func (f *flattener) trees() []*function {
	list := make([]*function, len(f.units))
	for _, u := range f.units {
		if u.index >= 0 {
			list[u.index] = u.fn
		}
	}
	return list
}

func (m *matcher) functions(f *flattener, number func(*local) int) []Function {
	n := 0
	for _, u := range f.units {
		if u.index >= 0 {
			n++
		}
	}
	list := make([]Function, n)
	for _, u := range f.units {
		if u.index < 0 {
			continue
		}
		fn := Function{Name: u.name, Line: u.fn.Line(), Parent: -1, Counterpart: -1}
		if fn.Name == "" {
			fn.Name = nameless(f.given[u.fn], fn.Line)
		}
		if u.parent != nil {
			fn.Parent = u.parent.index
		}
		for _, v := range u.fn.upvalues {
			fn.Upvalues = append(fn.Upvalues, number(v))
		}
		list[u.index] = fn
	}
	return list
}

// nameless is what a function without a name is called by: where it stands, and the
// call that it is given to, as `skynet.fork(function:13)`.
func nameless(given string, line int) string {
	if given == "" {
		return fmt.Sprintf("the function at line %d", line)
	}
	return fmt.Sprintf("%sfunction:%d)", given, line)
}

// describeStatements fills in what the main chunks' statements do, and pairs them.
func (m *matcher) describeStatements() {
	m.OldStatements = (&describer{m: m, f: m.old, mine: m.oldNumber, known: m.known}).statements()
	m.Statements = (&describer{m: m, f: m.new, mine: m.newNumber, known: m.known}).statements()
	m.matchStatements(m.OldStatements, m.Statements)
}

// describeVariables fills in how the variables of the new source begin.
func (m *matcher) describeVariables() {
	for v, i := range m.new.numbers {
		m.Variables[i].Assigned = m.Variables[i].Assigned || v.assigned
	}
	for v, i := range m.old.numbers {
		m.Variables[i].Assigned = m.Variables[i].Assigned || v.assigned
	}
	first := &visitor{expr: func(ast.Expr) bool { return false }, stmt: func(st ast.Stmt) {
		if st, ok := st.(*localStmt); ok {
			for i, v := range st.vars {
				if at, known := m.new.numbers[v]; known && i < len(st.rhs) {
					m.Variables[at].First = firstLiteral(st.rhs[i])
				}
			}
		}
	}}
	for _, fn := range m.trees[1] {
		if fn != nil {
			first.block(fn.body)
		}
	}
}

// newNumber is the place in Variables of a variable of the new source.
func (m *matcher) newNumber(v *local) int {
	if i, ok := m.new.numbers[v]; ok {
		return i
	}
	i := len(m.Variables)
	if was := m.variable[v]; was != nil {
		i = m.oldNumber(was)
	} else {
		m.Variables = append(m.Variables, Variable{Name: v.name, Main: -1, Old: -1, New: -1, block: -1})
	}
	m.new.numbers[v] = i
	if at := m.new.cellAt(v); at >= 0 {
		m.Variables[i].New = at
	}
	return i
}

// oldNumber is the place in Variables of a variable of the old source.
func (m *matcher) oldNumber(v *local) int {
	if i, ok := m.old.numbers[v]; ok {
		return i
	}
	i := len(m.Variables)
	m.old.numbers[v] = i
	w := Variable{Name: v.name, Main: -1, Old: m.old.cellAt(v), New: -1, block: m.old.where[v]}
	b := m.old.blocks[w.block]
	w.Once = b.once
	if b.inCall && !b.unit.labels && b.unit.index > 0 {
		w.OnceIn = b.unit.index
	}
	for at, mine := range m.old.units[0].locals {
		if mine == v {
			w.Main = at
		}
	}
	m.Variables = append(m.Variables, w)
	return i
}

// cellAt is a variable's place among the top-level locals that have cells, -1 for
// another variable.
func (f *flattener) cellAt(v *local) int {
	if f.where[v] != 0 || v.fn != f.units[0].fn || v.value != nil {
		return -1
	}
	at := 0
	for _, w := range f.units[0].locals {
		switch {
		case w == v:
			return at
		case f.where[w] == 0 && w.value == nil:
			at++
		}
	}
	return -1
}

// explain says how the main chunks differ: at is the first atom that does.
func (m *matcher) explain(at int) {
	old, new := m.old.units[0], m.new.units[0]
	i, is := topAt(new, at), top{text: "its end", line: new.fn.LastLine()}
	if i < len(new.tops) {
		is = new.tops[i]
	}
	m.Line = is.line
	var was top
	if i < len(old.tops) {
		was = old.tops[i]
	}
	more, fewer := len(new.tops) > len(old.tops), len(new.tops) < len(old.tops)
	switch {
	case more && (was.text != is.text || m.alike(old, was, new, new.tops[i+1])):
		m.Reason = "new at the top level: " + is.text
	case fewer && (was.text != is.text || m.alike(old, old.tops[i+1], new, is)):
		m.Reason = "gone from the top level: " + was.text
	case was.text == is.text && strings.HasPrefix(is.text, "local "):
		m.Reason = "another initial value: " + is.text
	case was.text == is.text:
		m.Reason = "changed at the top level: " + is.text
	default:
		m.Reason = fmt.Sprintf("changed at the top level: %s, now %s", was.text, is.text)
	}
}

// topAt is the top-level statement that an atom of the main chunk belongs to.
func topAt(u *unit, at int) int {
	for i, t := range u.tops {
		if at < t.to {
			return i
		}
	}
	return len(u.tops)
}

// alike compares two top-level statements, whatever their variables are.
func (m *matcher) alike(old *unit, o top, new *unit, n top) bool {
	if o.to-o.from != n.to-n.from {
		return false
	}
	for i := range o.to - o.from {
		a, b := old.atoms[o.from+i], new.atoms[n.from+i]
		if a.tag != b.tag || a.text != b.text || a.bits != b.bits {
			return false
		}
	}
	return true
}
