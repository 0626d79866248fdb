package lpeg

import "devnode/runtime/library"

// compiler makes a program of a tree.
type compiler struct {
	program
	indexes map[library.Value]int32
	sets    map[charset]*charset
	flat    map[*node]*node // nodes whose associativity is right
	calls   []pendingCall
	firsts  map[firstKey]beginning
}

// pendingCall is a call of a rule whose address isn't known yet.
type pendingCall struct {
	at   int
	rule *rule
}

// compile makes the program of a pattern that has no open calls.
func compile(n *node) *program {
	p := &compiler{
		program: program{values: []library.Value{library.Nil}},
		indexes: map[library.Value]int32{}, sets: map[charset]*charset{}, flat: map[*node]*node{},
		firsts: map[firstKey]beginning{},
	}
	p.node(n, false, none, full)
	p.emit(instruction{op: opEnd})
	p.shorten()
	return &p.program
}

// node compiles a pattern. choice tells that there is a choice on the stack to which it may go back, test is a test that has
// been made of the byte there, and follow are the bytes by which what follows may begin.
func (p *compiler) node(n *node, choice bool, test int, follow charset) {
	for {
		n = p.rightward(n)
		if n.kind != sequence {
			p.other(n, choice, test, follow)
			return
		}
		begins := full
		if n.a.wantsFollow() {
			begins, _ = p.first(n.b, follow)
		}
		p.node(n.a, false, test, begins)
		if length, ok := n.a.fixedLength(); !ok || length != 0 {
			test = none
		}
		n = n.b
	}
}

func (p *compiler) other(n *node, choiceThere bool, test int, follow charset) {
	switch n.kind {
	case anything:
		p.emit(instruction{op: opAny, n: int32(n.n)})
	case text:
		p.text(n.text, test)
	case set:
		p.set(n.set, test)
	case utfRange:
		p.emit(instruction{op: opUTF, n: n.utf[0], to: n.utf[1]})
	case never:
		p.emit(instruction{op: opFail})
	case choice:
		p.choice(n.a, n.b, choiceThere, follow)
	case repeat:
		p.repeat(n.a, choiceThere, follow)
	case not:
		p.not(n.a)
	case and:
		p.and(n.a, test)
	case behind:
		if n.n > 0 {
			p.emit(instruction{op: opBehind, n: int32(n.n)})
		}
		p.node(n.a, false, none, full)
	case captured:
		p.captured(n, test, follow)
	case runtime:
		p.emit(instruction{op: opOpen, capture: groupCapture, n: p.value(n.key)})
		p.node(n.a, false, test, full)
		p.emit(instruction{op: opCloseRuntime})
	case call:
		p.calls = append(p.calls, pendingCall{p.emit(instruction{op: opCall}), n.rule})
	case grammar:
		p.grammar(n)
	}
}

func (p *compiler) text(s string, test int) {
	if test != none && p.code[test].op == opTestChar && p.code[test].char == s[0] {
		p.emit(instruction{op: opAny, n: 1}) // it has been looked at
		s = s[1:]
	}
	switch len(s) {
	case 0:
	case 1:
		p.emit(instruction{op: opChar, char: s[0]})
	default:
		p.emit(instruction{op: opText, text: s})
	}
}

func (p *compiler) set(s charset, test int) {
	if test != none && p.code[test].op == opTestSet && *p.code[test].set == s {
		p.emit(instruction{op: opAny, n: 1})
		return
	}
	p.emit(instruction{op: opSet, set: p.shared(s)})
}

func (p *compiler) shared(s charset) *charset {
	if p.sets[s] == nil {
		p.sets[s] = &s
	}
	return p.sets[s]
}

// test emits a test for a byte of a set, unless how says that it doesn't matter.
func (p *compiler) test(s charset, how int) int {
	if how != 0 {
		return none
	}
	if s == full {
		return p.emit(instruction{op: opTestAny, n: 1})
	}
	if c, ok := s.single(); ok {
		return p.emit(instruction{op: opTestChar, char: c})
	}
	return p.emit(instruction{op: opTestSet, set: p.shared(s)})
}

func (p *compiler) choice(a, b *node, choiceThere bool, follow charset) {
	empty := b.kind == always
	first, how := p.first(a, full)
	decided := a.headFails()
	if !decided && how == 0 {
		second, _ := p.first(b, follow)
		decided = first.disjoint(second)
	}
	switch {
	case decided: // by the first byte
		test := p.test(first, 0)
		jump := none
		p.node(a, false, test, follow)
		if !empty {
			jump = p.emit(instruction{op: opJump})
		}
		p.land(test)
		p.node(b, choiceThere, none, follow)
		p.land(jump)
	case choiceThere && empty:
		p.land(p.emit(instruction{op: opPartialCommit}))
		p.node(a, true, none, full)
	default:
		test := p.test(first, how)
		alternative := p.emit(instruction{op: opChoice})
		p.node(a, empty, test, full)
		commit := p.emit(instruction{op: opCommit})
		p.land(alternative)
		p.land(test)
		p.node(b, choiceThere, none, follow)
		p.land(commit)
	}
}

func (p *compiler) repeat(a *node, choiceThere bool, follow charset) {
	if s, ok := a.toSet(); ok {
		p.emit(instruction{op: opSpan, set: p.shared(s)})
		return
	}
	first, how := p.first(a, full)
	if a.headFails() || how == 0 && first.disjoint(follow) {
		test := p.test(first, 0)
		p.node(a, false, test, full)
		p.code[p.emit(instruction{op: opJump})].to = int32(test)
		p.land(test)
		return
	}
	test, alternative := p.test(first, how), none
	if choiceThere {
		p.land(p.emit(instruction{op: opPartialCommit}))
	} else {
		alternative = p.emit(instruction{op: opChoice})
	}
	begin := len(p.code)
	p.node(a, false, none, full)
	p.code[p.emit(instruction{op: opPartialCommit})].to = int32(begin)
	p.land(alternative)
	p.land(test)
}

func (p *compiler) not(a *node) {
	test := p.test(p.first(a, full))
	if a.headFails() {
		p.emit(instruction{op: opFail})
	} else {
		alternative := p.emit(instruction{op: opChoice})
		p.node(a, false, none, full)
		p.emit(instruction{op: opFailTwice})
		p.land(alternative)
	}
	p.land(test)
}

// maxBehind is how far a pattern may look behind.
const maxBehind = 255

func (p *compiler) and(a *node, test int) {
	if n, ok := a.fixedLength(); ok && n <= maxBehind && !a.captures() {
		p.node(a, false, test, full)
		if n > 0 {
			p.emit(instruction{op: opBehind, n: int32(n)})
		}
		return
	}
	alternative := p.emit(instruction{op: opChoice})
	p.node(a, false, test, full)
	back := p.emit(instruction{op: opBackCommit})
	p.land(alternative)
	p.emit(instruction{op: opFail})
	p.land(back)
}

func (p *compiler) captured(n *node, test int, follow charset) {
	index := int32(n.n)
	if n.capture != argCapture && n.capture != selectCapture {
		index = p.value(n.key)
	}
	if length, ok := n.a.fixedLength(); ok && !n.a.captures() {
		p.node(n.a, false, test, follow)
		p.emit(instruction{op: opFull, capture: n.capture, n: index, to: int32(length)})
		return
	}
	p.emit(instruction{op: opOpen, capture: n.capture, n: index})
	p.node(n.a, false, test, follow)
	p.emit(instruction{op: opClose})
}

// grammar compiles the rules one after the other, each with a return at its end.
func (p *compiler) grammar(n *node) {
	before := len(p.calls)
	p.calls = append(p.calls, pendingCall{p.emit(instruction{op: opCall}), n.rules[0]})
	end := p.emit(instruction{op: opJump})
	at := make(map[*rule]int32, len(n.rules))
	for _, r := range n.rules {
		if !r.used { // it may even call itself
			continue
		}
		at[r] = int32(len(p.code))
		p.node(r.body, false, none, full)
		p.emit(instruction{op: opReturn})
	}
	p.land(end)
	left := p.calls[:before]
	for _, c := range p.calls[before:] {
		if to, known := at[c.rule]; known {
			p.code[c.at].to = to
		} else {
			left = append(left, c)
		}
	}
	p.calls = left
}

// rightward is a sequence or a choice whose first part is none: (x y) z as x (y z).
func (p *compiler) rightward(n *node) *node {
	if n.kind != sequence && n.kind != choice || n.a.kind != n.kind {
		return n
	}
	if known := p.flat[n]; known != nil {
		return known
	}
	right, left := n.b, n.a
	for left.kind == n.kind {
		right = &node{kind: n.kind, a: left.b, b: right, size: 1 + left.b.size + right.size}
		left = left.a
	}
	made := &node{kind: n.kind, a: left, b: right, size: n.size}
	p.flat[n] = made
	return made
}
