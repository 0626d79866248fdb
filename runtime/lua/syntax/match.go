package syntax

// Match compares two versions of a chunk: it pairs their functions and their
// variables, by their places where the code around them is the same, else by
// their names. Comments and white space make no difference.
//
// known, which may be nil, tells of a function that a local or a field holds, by
// its name in the source, that calling it has no effect.
func Match(old, new *Text, known func(callee string) bool) *Matching {
	m := &matcher{known: known, variable: make(map[*local]*local), pair: make(map[*unit]*unit), changed: make(map[*unit]bool)}
	m.old, m.new = old.outline(), new.outline()
	m.Labels = m.old.labels || m.new.labels
	if !m.old.counted || !m.new.counted {
		m.Reason = "the functions can't be told apart"
		return &m.Matching
	}
	main := m.new.units[0]
	if at := m.equal(m.old.units[0], main); at >= 0 {
		m.explain(at)
	}
	m.describe()
	return &m.Matching
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
