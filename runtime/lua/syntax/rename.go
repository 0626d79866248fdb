package syntax

import (
	"fmt"
	"strings"

	"github.com/yuin/gopher-lua/ast"
)

// pairTop pairs the top-level locals of the two main functions: by name, then
// those that were only renamed, as far as the code that uses them shows it.
func (m *matcher) pairTop(old, new *unit) {
	oldTop, newTop := m.old.top(), m.new.top()
	candidates := m.renamed(oldTop, newTop)
	for {
		m.pairMain(old, new, oldTop, newTop, candidates)
		wrong := m.withoutEvidence(candidates)
		if len(wrong) == 0 {
			return
		}
		for _, v := range wrong {
			delete(candidates, v)
		}
	}
}

// pairMain pairs all that is in the main functions anew.
func (m *matcher) pairMain(old, new *unit, oldTop, newTop []*local, renamed map[*local]*local) {
	clear(m.variable)
	clear(m.pair)
	clear(m.changed)
	m.pair[new], m.changed[new] = old, true
	m.pairVariables(oldTop, newTop)
	m.pairDeclared(oldTop, newTop)
	m.pairVariables(m.old.nested(), m.new.nested())
	m.roots = make(map[string]string)
	for is, was := range renamed {
		m.variable[is] = was
		m.roots[is.name] = was.name
	}
	m.pairInner(old.inner, new.inner)
	m.roots = nil
}

// keyOf is a unit's key, which begins with the old name of a local that was
// renamed.
func (m *matcher) keyOf(u *unit) string {
	if len(m.roots) == 0 || u.parent == nil || u.parent.parent != nil || m.new.units[0] != u.parent {
		return u.key
	}
	end := strings.IndexAny(u.key, ".[:(/")
	if end < 0 {
		end = len(u.key)
	}
	if was, ok := m.roots[u.key[:end]]; ok {
		return was + u.key[end:]
	}
	return u.key
}

// pairDeclared pairs top-level locals of a name that the versions don't declare
// equally often: in their order, those that begin with the same value.
func (m *matcher) pairDeclared(old, new []*local) {
	was, is := localsByName(old), localsByName(new)
	before, now := m.old.firstValues(), m.new.firstValues()
	for name, news := range is {
		olds := was[name]
		if len(olds) == len(news) {
			continue
		}
		for _, v := range news {
			for i, o := range olds {
				if before[o] == now[v] {
					m.variable[v], olds = o, olds[i+1:]
					break
				}
			}
		}
	}
}

// top lists the locals of the main function's own block.
func (f *outline) top() []*local {
	var list []*local
	for _, v := range f.units[0].locals {
		if v.block == 0 {
			list = append(list, v)
		}
	}
	return list
}

// nested lists the locals of the blocks inside the main function.
func (f *outline) nested() []*local {
	var list []*local
	for _, v := range f.units[0].locals {
		if v.block != 0 {
			list = append(list, v)
		}
	}
	return list
}

// renamed pairs, in their order, locals whose names only one version has and that
// begin with the same value.
func (m *matcher) renamed(oldTop, newTop []*local) map[*local]*local {
	was, is := localsByName(oldTop), localsByName(newTop)
	olds, news := make(map[string][]*local), make(map[string][]*local)
	values := m.old.firstValues()
	for _, v := range oldTop {
		if len(is[v.name]) == 0 {
			olds[values[v]] = append(olds[values[v]], v)
		}
	}
	values = m.new.firstValues()
	for _, v := range newTop {
		if len(was[v.name]) == 0 {
			news[values[v]] = append(news[values[v]], v)
		}
	}
	pairs := make(map[*local]*local)
	for value, list := range news {
		if len(olds[value]) == len(list) {
			for i, v := range list {
				pairs[v] = olds[value][i]
			}
		}
	}
	return pairs
}

// firstValues says in words how the top-level locals begin.
func (f *outline) firstValues() map[*local]string {
	words := make(map[*local]string)
	for _, t := range f.units[0].tops {
		switch st := t.st.(type) {
		case *localFunctionStmt:
			words[st.v] = "function"
		case *localStmt:
			for i, v := range st.vars {
				words[v] = "nil"
				if i < len(st.rhs) {
					words[v] = valueText(st.rhs[i])
				}
			}
		}
	}
	return words
}

// valueText is an expression in words that say more than its kind.
func valueText(e ast.Expr) string {
	switch e := e.(type) {
	case *function:
		return "function"
	case *literal:
		return literalText(e)
	case *callExpr:
		return "call of " + calleeText(e) + "(" + constantArguments(e) + ")"
	case *tableExpr:
		return fmt.Sprintf("table of %d", len(e.fields))
	}
	return fmt.Sprintf("%T %s", e, exprText(e))
}

// withoutEvidence lists the variables among the renamed whose uses don't show
// that they are what the old ones were: there has to be a function that uses the
// one just as its former self used the other.
func (m *matcher) withoutEvidence(renamed map[*local]*local) []*local {
	var wrong []*local
	for is, was := range renamed {
		uses, same := 0, 0
		for _, u := range m.new.units {
			if u.parent == nil || !u.uses(is) {
				continue
			}
			uses++
			if o := m.pair[u]; o != nil && !m.changed[u] && o.uses(was) {
				same++
			}
		}
		if uses > 0 && same == 0 || uses == 0 && m.used(was) {
			wrong = append(wrong, is)
		}
	}
	return wrong
}

func (m *matcher) used(was *local) bool {
	for _, u := range m.old.units {
		if u.parent != nil && u.uses(was) {
			return true
		}
	}
	return false
}

// uses tells whether the function's own code mentions v, other than by declaring
// it.
func (u *unit) uses(v *local) bool {
	for i := range u.atoms {
		if u.atoms[i].v == v && u.atoms[i].tag != "declare" {
			return true
		}
	}
	return false
}
