package lpeg

import "devnode/runtime/library"

// newGrammar makes the pattern of a table of rules, argument n of a call, and returns the Lua values that it holds.
func newGrammar(c library.Call, t library.Table, n int) (*node, []library.Value) {
	g := &grammarMaker{c: c, rules: map[library.Value]*rule{}}
	g.initial(t)
	for name, v := range t.All() {
		if f, ok := name.Float(); ok && f == 1 && name.Type() == "number" || equal(name, g.list[0].name) {
			continue
		}
		g.add(name, v)
	}
	if len(g.list) > maxRules {
		c.ArgError(n, "grammar has too many rules")
	}
	size, depth := 1, 0
	for _, r := range g.list {
		r.body = g.bound(r.body, map[*node]*node{})
		size, depth = size+r.body.size, max(depth, r.body.depth)
	}
	tree := &node{kind: grammar, rules: g.list, size: size, depth: depth + 1}
	if size > sizeLimit || depth >= depthLimit {
		c.Raise("pattern too large")
	}
	g.list[0].used = true
	g.verify()
	tree.sure = tree.unfailing()
	return tree, g.holds
}

type grammarMaker struct {
	c     library.Call
	rules map[library.Value]*rule
	list  []*rule
	holds []library.Value
}

// initial adds the initial rule: the first item of the table, or the one that this names.
func (g *grammarMaker) initial(t library.Table) {
	name, v := library.Int(1), t.At(1)
	if s := v.Type(); s == "string" || s == "number" {
		name = v
		v = g.c.Index(t.Value(), name)
	}
	if _, ok := library.Held[*pattern](v); !ok {
		if v.IsNil() {
			g.c.Raise("grammar has no initial rule")
		}
		g.c.Raise("initial rule '%s' is not a pattern", name.Text())
	}
	g.add(name, v)
}

func (g *grammarMaker) add(name, v library.Value) {
	p, ok := library.Held[*pattern](v)
	if !ok {
		g.c.Raise("rule '%s' is not a pattern", nameText(name))
	}
	r := &rule{name: name, body: p.tree}
	g.rules[key(name)] = r
	g.list = append(g.list, r)
	if p.holds {
		g.holds = append(g.holds, v)
	}
	g.holds = append(g.holds, kept(name)...)
}

// key is a value as a key of a table: a float that is whole is an integer.
func key(v library.Value) library.Value {
	if i, ok := v.Int(); ok && v.Type() == "number" {
		return library.Int(i)
	}
	return v
}

// nameText is a rule's name in messages.
func nameText(v library.Value) string {
	if s, ok := textOf(v); ok {
		return s
	}
	return "(a " + v.Type() + ")"
}

// bound is a pattern with its open calls bound to the rules.
func (g *grammarMaker) bound(n *node, known map[*node]*node) *node {
	if n == nil || !n.open {
		return n
	}
	if is := known[n]; is != nil {
		return is
	}
	var made node
	if n.kind == openCall {
		r := g.rules[key(n.key)]
		if r == nil {
			g.c.Raise("rule '%s' undefined in given grammar", nameText(n.key))
		}
		r.used = true
		made = node{kind: call, rule: r, size: n.size}
	} else {
		made = *n
		made.a, made.b, made.open = g.bound(n.a, known), g.bound(n.b, known), false
	}
	known[n] = &made
	return &made
}

// verify refuses rules that call themselves without having gone on, and loops that may never end.
func (g *grammarMaker) verify() {
	for _, r := range g.list {
		if r.used {
			g.leftCalls(r.body, nil, false)
		}
	}
	for _, r := range g.list {
		if r.used && r.body.loopsEmpty() {
			g.c.Raise("empty loop in rule '%s'", nameText(r.name))
		}
	}
}

// leftCalls follows the calls that a pattern may make before it has matched a byte, of which passed are those on the way. It
// returns whether the pattern may match nothing, or nullable.
func (g *grammarMaker) leftCalls(n *node, passed []*rule, nullable bool) bool {
	g.c.Poll()
	for {
		switch n.kind {
		case anything, text, set, utfRange, never:
			return nullable
		case always, behind:
			return true
		case not, and, repeat:
			n, nullable = n.a, true
		case captured, runtime:
			n = n.a
		case sequence:
			if !g.leftCalls(n.a, passed, false) {
				return nullable
			}
			n = n.b
		case choice:
			nullable = g.leftCalls(n.a, passed, nullable)
			n = n.b
		case call:
			if len(passed) >= maxRules {
				g.recursive(passed)
			}
			passed = append(passed, n.rule)
			n = n.rule.body
		default:
			return n.nullable()
		}
	}
}

func (g *grammarMaker) recursive(passed []*rule) {
	for i := len(passed) - 1; i >= 0; i-- {
		for j := i - 1; j >= 0; j-- {
			if passed[i] == passed[j] {
				g.c.Raise("rule '%s' may be left recursive", nameText(passed[i].name))
			}
		}
	}
	g.c.Raise("too many left calls in grammar")
}

// loopsEmpty tells whether a pattern repeats what may match nothing.
func (n *node) loopsEmpty() bool {
	if n == nil || n.kind == grammar {
		return false
	}
	return n.kind == repeat && n.a.nullable() || n.a.loopsEmpty() || n.b.loopsEmpty()
}
