package lpeg

// What is known of a pattern without matching it: lpeg refuses endless loops by these, and compiles to less.

// recursion bounds how deep rules are followed where a property is asked for.
const maxRules = 1000

// nullable tells whether a pattern may match the empty text.
func (n *node) nullable() bool {
	switch n.kind {
	case always, repeat, not, and, behind:
		return true
	case sequence:
		return n.a.nullable() && n.b.nullable()
	case choice:
		return n.b.nullable() || n.a.nullable()
	case captured, runtime:
		return n.a.nullable()
	case call:
		return n.rule.body.nullable()
	case grammar:
		return n.rules[0].body.nullable()
	}
	return false
}

// unfailing tells whether a pattern matches everywhere.
func (n *node) unfailing() bool {
	switch n.kind {
	case call:
		return n.rule.body.unfailing()
	case grammar:
		return n.rules[0].body.unfailing()
	}
	return n.unfailingParts((*node).unfailing)
}

// unfailingParts is unfailing by what is known of the parts.
func (n *node) unfailingParts(is func(*node) bool) bool {
	switch n.kind {
	case always, repeat:
		return true
	case sequence:
		return is(n.a) && is(n.b)
	case choice:
		return is(n.b) || is(n.a)
	case and, captured:
		return is(n.a)
	}
	return false
}

// matchesEverywhere is unfailing for what is not inside of a grammar, at once.
func (n *node) matchesEverywhere() bool { return n.sure || n.kind == always }

// fixedLength is how many bytes a pattern matches, if that is always the same.
func (n *node) fixedLength() (length int, ok bool) {
	followed := 0
	return n.lengthOf(&followed)
}

func (n *node) lengthOf(followed *int) (int, bool) {
	switch n.kind {
	case anything:
		return n.n, true
	case text:
		return len(n.text), true
	case set:
		return 1, true
	case utfRange:
		first, last := utfLength(n.utf[0]), utfLength(n.utf[1])
		return first, first == last
	case never, always, not, and, behind:
		return 0, true
	case captured:
		return n.a.lengthOf(followed)
	case call, grammar:
		if *followed++; *followed > maxRules {
			return 0, false
		}
		if n.kind == call {
			return n.rule.body.lengthOf(followed)
		}
		return n.rules[0].body.lengthOf(followed)
	case sequence, choice:
		a, ok := n.a.lengthOf(followed)
		if !ok {
			return 0, false
		}
		b, ok := n.b.lengthOf(followed)
		if n.kind == sequence {
			return a + b, ok && a+b < 1<<30
		}
		return a, ok && a == b
	}
	return 0, false
}

// captures tells whether a pattern makes captures.
func (n *node) captures() bool { return n.capturesIn(make(map[*rule]bool)) }

func (n *node) capturesIn(seen map[*rule]bool) bool {
	switch n.kind {
	case captured, runtime:
		return true
	case call:
		if seen[n.rule] {
			return false
		}
		seen[n.rule] = true
		return n.rule.body.capturesIn(seen)
	case grammar:
		for _, r := range n.rules {
			if r.body.capturesIn(seen) {
				return true
			}
		}
		return false
	}
	return n.a != nil && n.a.capturesIn(seen) || n.b != nil && n.b.capturesIn(seen)
}

// headFails tells whether a pattern fails by its first byte or not at all.
func (n *node) headFails() bool {
	switch n.kind {
	case never, set:
		return true
	case anything:
		return n.n == 1
	case text:
		return len(n.text) == 1
	case captured, and:
		return n.a.headFails()
	case call:
		return n.rule.body.headFails()
	case grammar:
		return n.rules[0].body.headFails()
	case sequence:
		return n.b.unfailing() && n.a.headFails()
	case choice:
		return n.a.headFails() && n.b.headFails()
	}
	return false
}

// wantsFollow tells whether a pattern compiles to less where it is known what follows.
func (n *node) wantsFollow() bool {
	switch n.kind {
	case choice, repeat:
		return true
	case captured:
		return n.a.wantsFollow()
	case sequence:
		return n.b.wantsFollow()
	}
	return false
}
