package syntax

import (
	"fmt"
	"strings"
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

	blocks []blockInfo
}

// A Function is one function of a version.
type Function struct {
	Name        string // `CMD.get`, or `function:12`
	Line        int
	Parent      int   // the function that it is in, -1 for the main chunk
	Counterpart int   // in the other version, -1 if there is none
	Changed     bool  // its own code is not its counterpart's; functions inside it don't count
	Upvalues    []int // the variables that it captures, in the order of its prototype
}

// A Variable is a local variable of the old or of the new source.
type Variable struct {
	Name string
	// Main is the variable's place among those that the main chunk declares,
	// -1 for one of another function. It is the same in both versions.
	Main int
	// Once tells that each run of the chunk has just one of it.
	Once  bool
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
func Match(old, new []byte, chunk string) (*Matching, error) {
	oldTree, err := compileTree(old, chunk, Options{})
	if err != nil {
		return nil, err
	}
	newTree, err := compileTree(new, chunk, Options{})
	if err != nil {
		return nil, err
	}
	m := &matcher{
		old: flatten(oldTree), new: flatten(newTree),
		variable: make(map[*local]*local), pair: make(map[*unit]*unit), changed: make(map[*unit]bool),
	}
	m.Matching.blocks = m.old.blocks
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
	old, new *flattener
	variable map[*local]*local
	pair     map[*unit]*unit
	changed  map[*unit]bool
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
// variables whose names are declared once in each, and the functions.
func (m *matcher) pairByName(old, new *unit) {
	was := make(map[string][]*local)
	for _, v := range old.locals {
		was[v.name] = append(was[v.name], v)
	}
	is := make(map[string]int)
	for _, v := range new.locals {
		is[v.name]++
	}
	for _, v := range new.locals {
		if list := was[v.name]; len(list) == 1 && is[v.name] == 1 {
			m.variable[v] = list[0]
		}
	}
	m.pairInner(old.inner, new.inner)
}

// pairInner pairs functions by their keys: those that are alone with theirs,
// else first those with the same code, then the one that is left, if it is one.
func (m *matcher) pairInner(old, new []*unit) {
	was, is := byKey(old), byKey(new)
	for key, olds := range was {
		news := is[key]
		if len(olds) != 1 || len(news) != 1 {
			olds, news = m.pairSame(olds, news)
		}
		if len(olds) == 1 && len(news) == 1 {
			m.equal(olds[0], news[0])
		}
	}
}

func byKey(units []*unit) map[string][]*unit {
	m := make(map[string][]*unit)
	for _, u := range units {
		m[u.key] = append(m[u.key], u)
	}
	return m
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
	numbers := make(map[*local]int)
	m.Old = m.functions(m.old, func(v *local) int { return m.number(numbers, v, m.old) })
	m.Functions = m.functions(m.new, func(v *local) int {
		if was := m.variable[v]; was != nil {
			return m.number(numbers, was, m.old)
		}
		return m.number(numbers, v, m.new)
	})
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
			fn.Name = fmt.Sprintf("function:%d", fn.Line)
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

// number gives a variable its place in Variables.
func (m *matcher) number(numbers map[*local]int, v *local, f *flattener) int {
	if i, ok := numbers[v]; ok {
		return i
	}
	numbers[v] = len(m.Variables)
	w := Variable{Name: v.name, Main: -1, block: -1}
	if f == m.old {
		w.block = f.where[v]
		w.Once = f.blocks[w.block].once
	}
	for i, m := range f.units[0].locals {
		if m == v {
			w.Main = i
		}
	}
	m.Variables = append(m.Variables, w)
	return numbers[v]
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
