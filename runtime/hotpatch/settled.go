package hotpatch

import (
	"errors"
	"fmt"
	"slices"

	"devnode/runtime/lua/syntax"
)

// What both texts give alike is settled: it needn't be evaluated. What can't be had
// by evaluation at all is a reason to reload.

// reloadFor is why a change can't be had by a patch.
func reloadFor(c *Change, line int, format string, args ...any) error {
	return errors.New(fmt.Sprintf(format, args...) + c.At(line))
}

// statements checks that the new text's top-level statements, but for definitions
// that can be evaluated by themselves, are those that have run.
func (p *Patch) statements(c *Change) error {
	m := c.Match
	if m.Reason == "" {
		return nil // they are the same but for the functions in them
	}
	if m.Labels {
		return reloadFor(c, m.Line, "%s, in a file that jumps at its top level", m.Reason)
	}
	if err := effects(c); err != nil {
		return err
	}
	for key, chain := range c.is {
		if chainSettled(c, key) {
			continue
		}
		for _, at := range chain {
			if s := &m.Statements[at.statement]; s.Why != "" {
				return reloadFor(c, s.Line, "%s, and %s", changedText(s), s.Why)
			}
		}
	}
	for key, chain := range c.was {
		now, still := c.is.last(key)
		if still && chainSettled(c, key) {
			continue
		}
		for _, at := range chain {
			switch s := &m.OldStatements[at.statement]; {
			case s.Why == "":
			case !still:
				return reloadFor(c, 0, "gone from the top level: %s, and %s", s.Text, s.Why)
			default:
				return reloadFor(c, m.Statements[now.statement].Line, "another initial value: %s, and what it was isn't known: %s", s.Text, s.Why)
			}
		}
	}
	if err := inOrder(c); err != nil {
		return err
	}
	return results(c)
}

func changedText(s *syntax.Statement) string {
	if s.Counterpart < 0 {
		return "new at the top level: " + s.Text
	}
	return "changed at the top level: " + s.Text
}

// effects checks that the statements that do something are the same, in the same
// order.
func effects(c *Change) error {
	m := c.Match
	gone := slices.IndexFunc(m.OldStatements, func(s syntax.Statement) bool { return s.Kind == syntax.Effect && s.Counterpart < 0 })
	for i := range m.Statements {
		s := &m.Statements[i]
		switch {
		case s.Kind != syntax.Effect || s.Block:
		case s.Counterpart >= 0 && sameFunctions(c, s):
		case s.Counterpart >= 0:
			return reloadFor(c, s.Line, "changed at the top level: %s, with another function", s.Text)
		case gone >= 0 && m.OldStatements[gone].Text == s.Text:
			return reloadFor(c, s.Line, "changed at the top level: %s", s.Text)
		case gone >= 0:
			return reloadFor(c, s.Line, "changed at the top level: %s, now %s", m.OldStatements[gone].Text, s.Text)
		default:
			return reloadFor(c, s.Line, "new at the top level: %s", s.Text)
		}
	}
	if gone >= 0 {
		return reloadFor(c, 0, "gone from the top level: %s", m.OldStatements[gone].Text)
	}
	return nil
}

// results checks what the chunk returns.
func results(c *Change) error {
	m := c.Match
	find := func(list []syntax.Statement) *syntax.Statement {
		for i := range list {
			if list[i].Kind == syntax.Result {
				return &list[i]
			}
		}
		return nil
	}
	was, is := find(m.OldStatements), find(m.Statements)
	switch {
	case was == nil && is == nil:
	case was == nil:
		return reloadFor(c, is.Line, "new at the top level: return")
	case is == nil:
		return reloadFor(c, 0, "gone from the top level: return")
	case is.Changed && is.Why != "":
		return reloadFor(c, is.Line, "another value is returned, and %s", is.Why)
	case is.Changed && was.Why != "":
		return reloadFor(c, is.Line, "another value is returned, and %s", was.Why)
	}
	return nil
}

// settled tells whether all that a statement of the new text gives values to has
// had the same values from the old text: it needn't be evaluated.
func settled(c *Change, i int) bool {
	s := &c.Match.Statements[i]
	if s.Kind != syntax.Definition {
		return s.Counterpart >= 0 && !s.Changed && sameFunctions(c, s)
	}
	if len(s.Targets) == 0 {
		return s.Counterpart >= 0
	}
	for k := range s.Targets {
		if c.is.isLast(c.Match.Statements, i, k) && !chainSettled(c, s.Targets[k].Slot()) {
			return false
		}
	}
	return true
}

// chainSettled tells whether a place has the same definitions in both texts, or one
// in each that is the same function, whatever its code.
func chainSettled(c *Change, key string) bool {
	old, new := c.was[key], c.is[key]
	if len(old) != len(new) {
		return false
	}
	same := true
	for x, at := range new {
		s := &c.Match.Statements[at.statement]
		same = same && s.Counterpart == old[x].statement && at.target == old[x].target && !s.Changed && sameFunctions(c, s)
	}
	return same || onlyFunction(c, old, new)
}

// sameFunctions tells whether the functions in a statement of the new text are
// those in its counterpart, each in its place.
func sameFunctions(c *Change, s *syntax.Statement) bool {
	old := c.Match.OldStatements[s.Counterpart].Functions
	if len(old) != len(s.Functions) {
		return false
	}
	for i, fn := range s.Functions {
		if c.Match.Functions[fn].Counterpart != old[i] {
			return false
		}
	}
	return true
}

// onlyFunction tells whether a place is given one function by both texts.
func onlyFunction(c *Change, old, new []slot) bool {
	if len(old) != 1 || len(new) != 1 {
		return false
	}
	fn := valueOf(&c.Match.Statements[new[0].statement], new[0].target)
	was := valueOf(&c.Match.OldStatements[old[0].statement], old[0].target)
	return fn >= 0 && was >= 0 && c.Match.Functions[fn].Counterpart == was
}

// valueOf is the function that a target is given, -1 for another value.
func valueOf(s *syntax.Statement, k int) int {
	if k < len(s.Values) {
		return s.Values[k]
	}
	return -1
}
