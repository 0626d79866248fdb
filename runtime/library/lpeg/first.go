package lpeg

// How a pattern begins, beside the bytes by which it may: emptyFirst, it may match without one of them; runsFirst, a Lua
// function may be called before, so that the pattern has to be tried.
const (
	emptyFirst = 1 << iota
	runsFirst
)

// firstKey is what first was asked.
type firstKey struct {
	node   *node
	follow charset
}

// beginning is what it answered.
type beginning struct {
	set charset
	how int
}

// first are the bytes by which a match of a pattern, and what follows it, may begin. It is asked for the same ones often.
func (p *compiler) first(n *node, follow charset) (charset, int) {
	if n.kind != choice && n.kind != sequence && n.kind != call {
		return p.findFirst(n, follow)
	}
	key := firstKey{n, follow}
	if known, ok := p.firsts[key]; ok {
		return known.set, known.how
	}
	s, how := p.findFirst(n, follow)
	p.firsts[key] = beginning{s, how}
	return s, how
}

func (p *compiler) findFirst(n *node, follow charset) (s charset, how int) {
	switch n.kind {
	case anything:
		return full, 0
	case text:
		s.add(n.text[0])
		return s, 0
	case set:
		return n.set, 0
	case utfRange:
		s.addRange(firstByte(n.utf[0]), firstByte(n.utf[1]))
		return s, 0
	case always:
		return follow, emptyFirst
	case never:
		return s, 0
	case choice:
		a, howA := p.first(n.a, follow)
		b, howB := p.first(n.b, follow)
		return a.union(b), howA | howB
	case sequence:
		return p.firstOfSequence(n, follow)
	case repeat:
		s, _ = p.first(n.a, follow)
		return s.union(follow), emptyFirst
	case captured:
		return p.first(n.a, follow)
	case call:
		return p.first(n.rule.body, follow)
	case grammar:
		return p.first(n.rules[0].body, follow)
	case runtime:
		if s, how = p.first(n.a, full); how != 0 {
			how = runsFirst
		}
		return s, how
	case and:
		s, how = p.first(n.a, follow)
		return s.intersect(follow), how
	case not:
		if s, ok := n.a.toSet(); ok {
			return s.complement(), emptyFirst
		}
	}
	// not, behind: anything may follow
	_, how = p.first(n.a, follow)
	return follow, how | emptyFirst
}

func (p *compiler) firstOfSequence(n *node, follow charset) (charset, int) {
	if !n.a.nullable() {
		return p.first(n.a, full)
	}
	b, howB := p.first(n.b, follow)
	s, howA := p.first(n.a, b)
	switch {
	case howA == 0:
		return s, 0
	case (howA|howB)&runsFirst != 0:
		return s, runsFirst
	}
	return s, howB
}
