package lpeg

import "devnode/runtime/library"

// pattern is lpeg.P(value).
func (m maker) pattern(c library.Call) {
	if c.Args() == 0 {
		c.ArgError(1, "value expected")
	}
	m.same(c, m.operand(c, 1))
}

// sequence is a * b.
func (m maker) sequence(c library.Call) {
	a, b := m.operand(c, 1), m.operand(c, 2)
	switch {
	case a.kind == never || b.kind == always:
		m.same(c, a)
	case a.kind == always:
		m.same(c, b)
	default:
		m.give(c, branch(c, node{kind: sequence}, a.node, b.node), a.holds, b.holds)
	}
}

// choice is a + b.
func (m maker) choice(c library.Call) {
	a, b := m.operand(c, 1), m.operand(c, 2)
	first, isSet := a.toSet()
	second, bothSets := b.toSet()
	switch {
	case isSet && bothSets:
		m.give(c, setNode(first.union(second)))
	case a.matchesEverywhere() || b.kind == never:
		m.same(c, a)
	case a.kind == never:
		m.same(c, b)
	default:
		m.give(c, branch(c, node{kind: choice}, a.node, b.node), a.holds, b.holds)
	}
}

// without is a - b: a, where b doesn't match.
func (m maker) without(c library.Call) {
	a, b := m.operand(c, 1), m.operand(c, 2)
	first, isSet := a.toSet()
	second, bothSets := b.toSet()
	if isSet && bothSets {
		m.give(c, setNode(first.intersect(second.complement())))
		return
	}
	m.give(c, branch(c, node{kind: sequence}, branch(c, node{kind: not}, b.node, nil), a.node), b.holds, a.holds)
}

// repeat is a ^ n: n times or more, or -n times at most.
func (m maker) repeat(c library.Call) {
	n := int(int32(c.Int(2)))
	a := m.operand(c, 1)
	if n < 0 {
		m.give(c, atMost(c, a.node, -n), a.holds)
		return
	}
	if a.nullable() {
		c.Raise("loop body may accept empty string")
	}
	tree := branch(c, node{kind: repeat}, a.node, nil)
	for range n {
		tree = branch(c, node{kind: sequence}, a.node, tree)
	}
	m.give(c, tree, a.holds)
}

// atMost is a pattern up to n times.
func atMost(c library.Call, a *node, n int) *node {
	empty := textNode("")
	tree := branch(c, node{kind: choice}, a, empty)
	for range n - 1 {
		tree = branch(c, node{kind: choice}, branch(c, node{kind: sequence}, a, tree), empty)
	}
	return tree
}

func (m maker) and(c library.Call) { m.predicate(c, and) }

func (m maker) not(c library.Call) { m.predicate(c, not) }

func (m maker) predicate(c library.Call, k kind) {
	a := m.operand(c, 1)
	m.give(c, branch(c, node{kind: k}, a.node, nil), a.holds)
}

// set is lpeg.S(text).
func (m maker) set(c library.Call) {
	var s charset
	for _, b := range []byte(c.String(1)) {
		s.add(b)
	}
	m.give(c, setNode(s))
}

// ranges is lpeg.R("az", …).
func (m maker) ranges(c library.Call) {
	var s charset
	for n := 1; n <= c.Args(); n++ {
		ends := c.String(n)
		if len(ends) != 2 {
			c.ArgError(n, "range must have two characters")
		}
		s.addRange(ends[0], ends[1])
	}
	m.give(c, setNode(s))
}

// utfRange is lpeg.utfR(from, to).
func (m maker) utfRange(c library.Call) {
	from, to := uint64(c.Int(1)), uint64(c.Int(2))
	if from > to {
		c.ArgError(2, "empty range")
	}
	if to <= 0x7f {
		var s charset
		s.addRange(byte(from), byte(to))
		m.give(c, setNode(s))
		return
	}
	for n, r := range []uint64{from, to} {
		if r > 0x10ffff {
			c.ArgError(n+1, "invalid code point")
		}
	}
	m.give(c, &node{kind: utfRange, utf: [2]rune{rune(from), rune(to)}, size: 1})
}

// behind is lpeg.B(pattern).
func (m maker) behind(c library.Call) {
	a := m.operand(c, 1)
	n, ok := a.fixedLength()
	switch {
	case !ok:
		c.ArgError(1, "pattern may not have fixed length")
	case a.captures():
		c.ArgError(1, "pattern have captures")
	case n > maxBehind:
		c.ArgError(1, "pattern too long to look behind")
	}
	m.give(c, branch(c, node{kind: behind, n: n}, a.node, nil), a.holds)
}

// reference is lpeg.V(name).
func (m maker) reference(c library.Call) {
	if c.Arg(1).IsNil() {
		c.ArgError(1, "non-nil value expected")
	}
	m.give(c, &node{kind: openCall, key: c.Arg(1), open: true, size: 1}, kept(c.Arg(1)))
}
