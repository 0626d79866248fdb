package syntax

import (
	"fmt"
	"strings"
)

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
