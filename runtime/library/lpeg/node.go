package lpeg

import (
	"devnode/runtime/library"
)

// node is a pattern, or a part of one. It never changes once it is in another, so patterns share their parts.
type node struct {
	kind    kind
	capture capture       // of a captured one: how
	a, b    *node         // its parts
	text    string        // of a text
	n       int           // of any: how many bytes; behind: how many back; an argument's, or a selected value's, number
	set     charset       // of a set
	utf     [2]rune       // of a range of code points
	key     library.Value // the Lua value of a capture or a rule's name, Nil for none
	rule    *rule         // of a call: its rule
	rules   []*rule       // of a grammar, the initial one first
	open    bool          // it has an openCall outside of any grammar
	size    int           // how many nodes there are, shared ones counted each time
	sure    bool          // it matches everywhere; not said of what is inside of a grammar
	depth   int           // how deep they are nested
}

// kind is what a node matches.
type kind uint8

const (
	always   kind = iota // the empty text
	never                // nothing
	anything             // so many bytes
	text                 // a text
	set                  // a byte of a set
	utfRange             // a code point of a range
	sequence             // a, then b
	choice               // a, or else b
	repeat               // a, as often as possible
	not                  // nothing, where a doesn't match
	and                  // nothing, where a matches
	behind               // nothing, where a matches before it
	captured             // a, with a capture
	runtime              // a, if a Lua function says so
	openCall             // a rule that is named by key
	call                 // a rule
	grammar              // its initial rule
)

// rule is a rule of a grammar.
type rule struct {
	name library.Value
	body *node
	used bool // some call refers to it
}

// The limits of a pattern: beyond these C's would be too large for its memory.
const (
	sizeLimit  = 1 << 22
	depthLimit = 200_000
)

// branch makes a node of parts, of which b may be nil.
func branch(c library.Call, n node, a, b *node) *node {
	n.a, n.b, n.size, n.depth, n.open = a, b, 1+a.size, 1+a.depth, a.open
	if b != nil {
		n.size, n.depth, n.open = n.size+b.size, max(n.depth, 1+b.depth), a.open || b.open
	}
	n.sure = n.unfailingParts((*node).matchesEverywhere)
	if n.size > sizeLimit || n.depth > depthLimit {
		c.Raise("pattern too large")
	}
	return &n
}

func anyNode(n int) *node { return &node{kind: anything, n: n, size: 1} }

func textNode(s string) *node {
	if s == "" {
		return &node{kind: always, size: 1}
	}
	return &node{kind: text, text: s, size: 1}
}

// toSet is the set of bytes that a pattern is.
func (n *node) toSet() (s charset, ok bool) {
	switch n.kind {
	case never:
		return s, true
	case text:
		s.add(n.text[0])
		return s, len(n.text) == 1
	case set:
		return n.set, true
	case anything:
		return full, n.n == 1
	}
	return s, false
}

// numberNode is the pattern of a number: so many bytes, or for a negative one no more than these.
func numberNode(c library.Call, n int) *node {
	switch {
	case n == 0:
		return textNode("")
	case n > 0:
		return anyNode(n)
	}
	return branch(c, node{kind: not}, anyNode(-n), nil)
}
