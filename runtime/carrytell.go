package runtime

import (
	"fmt"
	"slices"

	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/lua/stdlib"
	"devnode/runtime/lua/syntax"
	"devnode/runtime/lua/value"
	"devnode/runtime/lua/vm"
)

// tell notes in a record what the new generation has taken over, and what of the old
// one's state is gone. It is called at the switch, when c's names have got their
// values.
func (c *carry) tell(r *ReloadRecord) {
	if c == nil {
		return
	}
	for _, n := range c.names {
		now := n.to.get()
		switch {
		case n.refused != "":
			r.loses(n.name, c.missing(n.from.get(), now), n.from.get(), now, n.refused)
		case now != n.given && n.remark != "":
			r.Kept = append(r.Kept, n.keptAs())
		case now != n.given:
			if t, ok := n.given.(*value.Table); ok {
				r.loses(n.name, c.missing(t, now), t, now, "set by the start function")
			}
		case c.missing(now, n.fresh) > 0:
			r.Kept = append(r.Kept, n.keptAs())
		}
	}
	for _, m := range c.remade {
		c.tellRemade(r, m)
	}
	c.tellHandlers(r)
	r.Lost = append(r.Lost, c.overwritten...)
	slices.Sort(r.Lost)
	r.Lost = slices.Compact(r.Lost)
	c.forget()
}

// keptAs is a variable that was taken, as a record has it.
func (n *namedValue) keptAs() string {
	if n.remark == "" {
		return n.name
	}
	return fmt.Sprintf("%s (%s)", n.name, n.remark)
}

// forget lets go of what is of no use once the new generation serves.
func (c *carry) forget() {
	c.replaced, c.roots, c.remade, c.functions, c.overwritten = nil, nil, nil, nil, nil
	c.handlers = [2]map[string]handlerVariable{}
	for _, n := range c.names {
		n.fresh, n.inside, n.merges, n.walk = nil, nil, nil, walkResult{}
	}
}

// tellRemade is for a variable that isn't taken by its text.
func (c *carry) tellRemade(r *ReloadRecord, m remade) {
	now := m.to.get()
	why := "made anew"
	if m.changed {
		why = "its first value is another now"
	}
	if m.gone {
		why = "the text has no such variable now"
	}
	t, isTable := m.old.(*value.Table)
	switch {
	case isTable && c.isData(t):
		if now != m.old && !c.asAtFirst(t, m.was) {
			r.loses(m.name, c.missingEntries(t, now), t, now, why)
		}
	case c.replacedFunction(m, now):
		r.Lost = append(r.Lost, fmt.Sprintf("%s (a function of the old code)", m.name))
	case isTable || !vm.Plain(m.old):
	case m.changed && m.first != nil && m.old != m.first || !m.changed && m.assigned:
		r.loses(m.name, c.missing(m.old, now), m.old, now, why)
	}
}

// replacedFunction tells whether a variable held a function with a name in the
// texts, and holds another one now.
func (c *carry) replacedFunction(m remade, now lua.LValue) bool {
	fn, ok := m.old.(*lua.LFunction)
	if !ok || fn.IsG {
		return false
	}
	is, named := c.functions[fn]
	if named {
		return now != is
	}
	for _, is := range c.functions {
		if is == now && now != lua.LNil {
			return true // the text's own, where the program had put another
		}
	}
	return now == lua.LNil
}

// isData tells whether a table of the old generation is no module and no class.
func (c *carry) isData(t *value.Table) bool {
	n := &namedValue{}
	w := &dataWalk{carry: c, seen: make(map[*value.Table]*namedValue)}
	w.at = n
	w.enter(t)
	w.drain()
	return n.walk.refused == ""
}

// loses notes that n entries of what a variable held are gone, if any.
func (r *ReloadRecord) loses(name string, n int, old, now lua.LValue, why string) {
	_, isTable := old.(*value.Table)
	switch {
	case n == 0:
	case isTable:
		r.Lost = append(r.Lost, fmt.Sprintf("%s (%s: %s)", name, plural(n, "entry"), why))
	case vm.Plain(old):
		r.Lost = append(r.Lost, fmt.Sprintf("%s = %s (%s)", name, shortValue(old), why))
	case now == lua.LNil:
		r.Lost = append(r.Lost, fmt.Sprintf("%s (%s)", name, why))
	}
}

// shortValue is a plain value as it is shown in a line.
func shortValue(v lua.LValue) string {
	s, ok := v.(lua.LString)
	if !ok {
		return v.String()
	}
	if len(s) > 40 {
		s = s[:40] + "…"
	}
	return fmt.Sprintf("%q", string(s))
}

func plural(n int, what string) string {
	switch {
	case n == 1:
		return "1 " + what
	case what == "entry":
		return fmt.Sprintf("%d entries", n)
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// holdsFunctions tells whether a table has functions, or a metatable, as modules and
// classes have, and rows of data haven't.
func holdsFunctions(t *value.Table) bool {
	if stdlib.IsLazy(t) || value.Meta(t) != lua.LNil {
		return true
	}
	found := false
	vm.References(t, func(_, v lua.LValue) {
		_, ok := v.(*lua.LFunction)
		found = found || ok
	})
	return found
}

// maxCompared bounds the entries that are compared of a value.
const maxCompared = 100_000

// missing counts the entries of an old value that a new one hasn't, at the first
// level. For what is no table it is 1 where the values differ. Functions count only
// where there is nothing in their place.
func (c *carry) missing(old, now lua.LValue) int {
	left := maxCompared
	return c.compare(old, now, &left, 0)
}

// missingEntries is missing, for two tables of one name that aren't the same.
func (c *carry) missingEntries(t *value.Table, now lua.LValue) int {
	is, ok := now.(*value.Table)
	if !ok {
		return vm.Size(t)
	}
	n, left := 0, maxCompared
	for k, v, _ := vm.Next(t, lua.LNil); k != lua.LNil && left > 0; k, v, _ = vm.Next(t, k) {
		left--
		if c.compare(v, is.RawGet(c.mapped(k)), &left, 1) > 0 {
			n++
		}
	}
	return n
}

// asAtFirst tells whether a table of the old generation has what its text gave it,
// and what the start function added, and no more.
func (c *carry) asAtFirst(t *value.Table, def *syntax.FirstValue) bool {
	if def == nil || def.Kind != syntax.FirstTable {
		return false
	}
	var added []lua.LValue
	if w := c.old.startWork; w != nil {
		added = w.lists[t]
	}
	most := len(def.Items) + len(def.Others) + len(def.Fields) + len(added)
	if vm.Size(t) > most && vm.Entries(t) != most {
		return false
	}
	for _, other := range def.Others {
		if !c.isFirst(t.RawGet(other.Key), other.Value) {
			return false
		}
	}
	for i, item := range def.Items {
		if !c.isFirst(t.RawGetInt(i+1), item) {
			return false
		}
	}
	for i, v := range added {
		if t.RawGetInt(len(def.Items)+i+1) != v {
			return false
		}
	}
	for name, field := range def.Fields {
		if !c.isFirst(t.RawGetString(name), field) {
			return false
		}
	}
	return true
}

// isFirst tells whether a value is what a definition gives.
func (c *carry) isFirst(v lua.LValue, def *syntax.FirstValue) bool {
	if t, ok := v.(*value.Table); ok {
		return c.asAtFirst(t, def)
	}
	return def.Kind == syntax.FirstLiteral && def.Value != nil && def.Value == v
}

func (c *carry) compare(old, now lua.LValue, left *int, depth int) int {
	t, ok := old.(*value.Table)
	if old == now || c.mapped(old) == now && (!ok || holdsFunctions(t)) {
		return 0 // the same, or a module or class of the same name
	}
	if !ok {
		if !vm.Plain(old) && now != lua.LNil {
			return 0
		}
		return 1
	}
	is, ok := now.(*value.Table)
	switch {
	case !ok && depth > 0:
		return max(1, vm.Size(t)) // an empty table is an entry, too
	case !ok:
		return vm.Size(t)
	}
	if stdlib.IsLazy(t) || depth > maxNesting {
		return 0
	}
	n := 0
	for k, v, _ := vm.Next(t, lua.LNil); k != lua.LNil && *left > 0; k, v, _ = vm.Next(t, k) {
		*left--
		if c.compare(v, is.RawGet(c.mapped(k)), left, depth+1) > 0 {
			n++
		}
	}
	return n
}
