package hotpatch

import (
	"slices"
	"strings"

	"devnode/runtime/lua/syntax"
)

// A statement is evaluated alone when all others have been. That gives what the
// text gives only where nothing that it reads is given another value further down,
// and a statement that was moved keeps its value only where it has not been moved
// past one that it reads from.

// inOrder refuses a text in which a statement has the values that it reads in
// another order than can be had.
func inOrder(c *Change) error {
	m := c.Match
	moved := movedStatements(m)
	if !moved && m.Reason == "" {
		return nil
	}
	for i := range m.Statements {
		s := &m.Statements[i]
		if s.Why != "" || s.Kind == syntax.Result {
			continue
		}
		for _, read := range s.Reads {
			switch from := c.definers(c.is, i, read); {
			case s.Kind != syntax.Effect && !settled(c, i):
				if n := len(from); n > 0 && from[n-1].statement > i {
					return reloadFor(c, s.Line, "%s stands before what gives %s a value", changedText(s), readName(m, read))
				}
			case moved && s.Counterpart >= 0 && !samePast(m, from, i, c.definers(c.was, s.Counterpart, read), s.Counterpart):
				return reloadFor(c, s.Line, "%s stands on the other side of what gives %s a value", s.Text, readName(m, read))
			}
		}
	}
	return nil
}

// calledInOrder is inOrder for definitions whose values calls have made. What is given
// to a call counts with its entries where the call goes through them.
func (p *Patch) calledInOrder(c *Change) error {
	m := c.Match
	runs := p.runsOf(c)
	if len(runs) == 0 || m.Reason == "" || !movedStatements(m) {
		return nil
	}
	p.findOthers()
	rd := p.readerOf(runs[0])
	for i := range m.Statements {
		s := &m.Statements[i]
		if s.Kind != syntax.Definition || s.Why == "" || s.Counterpart < 0 {
			continue
		}
		for _, read := range s.Reads {
			if read.Callee != "" && !rd.goneThrough(read, maxGiven) {
				read.Callee = ""
			}
			if !samePast(m, c.definers(c.is, i, read), i, c.definers(c.was, s.Counterpart, read), s.Counterpart) {
				return reloadFor(c, s.Line, "%s stands on the other side of what gives %s a value", s.Text, readName(m, read))
			}
		}
	}
	return nil
}

// movedStatements tells whether the statements of both texts come in another order.
func movedStatements(m *syntax.Matching) bool {
	last := -1
	for i := range m.Statements {
		if j := m.Statements[i].Counterpart; j >= 0 {
			if j < last {
				return true
			}
			last = j
		}
	}
	return false
}

// definers lists the definitions of what is read, in their order, but for statement
// i itself.
func (c *Change) definers(d definitions, i int, read syntax.Read) []slot {
	keys := read.Slots()
	var list []slot
	for n, key := range keys {
		list = append(list, d[key]...)
		if n == len(keys)-1 && (read.Whole || read.Callee != "") {
			for other, chain := range d {
				if strings.HasPrefix(other, key+"[") {
					list = append(list, chain...)
				}
			}
		}
	}
	list = slices.DeleteFunc(list, func(s slot) bool { return s.statement == i })
	slices.SortFunc(list, func(a, b slot) int { return a.statement - b.statement })
	return list
}

// samePast tells whether the definitions of what statement i of the new text reads
// that stand before it are those that stand before its counterpart j, as far as
// both texts have them.
func samePast(m *syntax.Matching, is []slot, i int, was []slot, j int) bool {
	before := make(map[int]bool)
	for _, s := range was {
		if s.statement < j {
			before[s.statement] = true
		}
	}
	for _, s := range is {
		if k := m.Statements[s.statement].Counterpart; k >= 0 && before[k] != (s.statement < i) {
			return false
		}
	}
	return true
}
