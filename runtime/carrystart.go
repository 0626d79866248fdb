package runtime

import (
	"fmt"

	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/lua/value"
	"devnode/runtime/lua/vm"
)

// A new start function has worked on what was taken over. What its predecessor had
// put there, too, stays as the program has left it; what else it has changed stands,
// and what was there before is named.

// startChanges are the changes of one table that was taken.
type startChanges struct {
	name  string
	table *value.Table
	keys  []lua.LValue
	was   map[lua.LValue]lua.LValue // before the first change of each
}

// settleStart is called at the switch, once for a reload.
func (c *carry) settleStart() {
	before, now := c.old.startWork, c.next.startWork
	if now == nil {
		now = &startWork{}
	}
	for _, n := range c.names {
		if n.refused == "" && vm.Plain(n.given) {
			c.settleValue(n, before, now)
		}
	}
	for _, t := range c.changedTables() {
		delete(now.lists, t.table)
		delete(now.entries, t.table)
		c.settleList(t, before, now)
		c.settleEntries(t, before, now)
	}
	c.next.startWork = now
}

// settleValue is for a number or the like that the start function has set.
func (c *carry) settleValue(n *namedValue, before, now *startWork) {
	is := n.to.get()
	if is == n.given {
		return
	}
	switch left := before.left(n.from); {
	case left == n.given:
	case left == is && left != nil:
		n.to.set(n.given)
	case vm.Plain(is) && n.given != n.fresh:
		n.remark = fmt.Sprintf("%s, and %s by the start function", shortValue(n.given), shortValue(is))
	}
	if cell, ok := n.to.(cellPlace); ok && vm.Plain(is) {
		now.setCell(cell.Upvalue, is)
	}
}

// changedTables are the taken tables that the start function has changed.
func (c *carry) changedTables() []*startChanges {
	var list []*startChanges
	of := make(map[*value.Table]*startChanges)
	for _, ch := range c.journal.changes {
		if ch.kept || ch.key == metatableKey {
			continue
		}
		t := of[ch.table]
		if t == nil {
			t = &startChanges{name: ch.name, table: ch.table, was: make(map[lua.LValue]lua.LValue)}
			of[ch.table] = t
			list = append(list, t)
		}
		if _, known := t.was[ch.key]; !known {
			t.was[ch.key] = ch.was
			t.keys = append(t.keys, ch.key)
		}
	}
	return list
}

// settleList takes away again what the start function has appended to a list that
// its predecessor had appended already.
func (c *carry) settleList(t *startChanges, before, now *startWork) {
	end := t.table.Len()
	begin := end
	for begin > 0 && t.appended(begin) {
		begin--
	}
	var had []lua.LValue
	if before != nil {
		had = before.lists[t.table]
	}
	at, more := begin, 0
	for i := begin + 1; i <= end; i++ {
		v := t.table.RawGetInt(i)
		t.table.RawSetInt(i, lua.LNil)
		if k := i - begin - 1; k < len(had) && sameKind(had[k], v) {
			now.append(t.table, had[k])
			continue
		}
		at++
		more++
		t.table.RawSetInt(at, v)
		now.append(t.table, v)
	}
	if more > 0 && begin > 0 {
		c.remark(t.name, fmt.Sprintf("%s more by the start function", plural(more, "entry")))
	}
}

// appended tells whether the start function has made entry i.
func (t *startChanges) appended(i int) bool {
	was, changed := t.was[lua.LNumber(i)]
	return changed && was == lua.LNil
}

// sameKind tells whether two values that start functions have made stand for the
// same: equal ones, or two tables.
func sameKind(a, b lua.LValue) bool {
	return a == b || a.Type() == lua.LTTable && b.Type() == lua.LTTable
}

// settleEntries is for what else the start function has set in a table.
func (c *carry) settleEntries(t *startChanges, before, now *startWork) {
	more := 0
	defer func() {
		if more > 0 {
			c.remark(t.name, fmt.Sprintf("%s more by the start function", plural(more, "entry")))
		}
	}()
	for _, k := range t.keys {
		was, is := t.was[k], t.table.RawGet(k)
		if i, ok := value.ToInt(k); was == is || ok && was == lua.LNil && i >= 1 {
			continue
		}
		now.set(t.table, k, is)
		if was == lua.LNil {
			if before != nil && len(before.entries[t.table]) > 0 && before.entries[t.table][k] == nil {
				more++ // beside those that the former one has made
			}
			continue
		}
		left := before.left(fieldPlace{t.table, k})
		wasTable, ok1 := was.(*value.Table)
		isTable, ok2 := is.(*value.Table)
		switch {
		case left == was && !ok1:
		case left == was && ok2 && c.isData(isTable):
			c.addFields(wasTable, isTable, 0)
			t.table.RawSet(k, was)
			now.set(t.table, k, was)
		case left == is && left != nil:
			t.table.RawSet(k, was)
		default:
			c.overwrite(memberName(t.name, k), was, is)
		}
	}
}

// addFields gives a table what another has, and it hasn't.
func (c *carry) addFields(to, from *value.Table, depth int) {
	for k, v, _ := vm.Next(from, lua.LNil); k != lua.LNil; k, v, _ = vm.Next(from, k) {
		if _, isName := k.(lua.LString); !isName {
			continue
		}
		has := to.RawGet(k)
		inner, ok1 := has.(*value.Table)
		other, ok2 := v.(*value.Table)
		switch {
		case has == lua.LNil:
			to.RawSet(k, v)
		case ok1 && ok2 && inner != other && depth < maxNesting:
			c.addFields(inner, other, depth+1)
		}
	}
}

// overwrite notes that the start function has replaced what was taken.
func (c *carry) overwrite(name string, was, is lua.LValue) {
	n := c.missing(was, is)
	t, isTable := was.(*value.Table)
	switch {
	case n == 0:
	case isTable && c.isData(t):
		c.overwritten = append(c.overwritten, fmt.Sprintf("%s (%s: set by the start function)", name, plural(n, "entry")))
	case vm.Plain(was):
		c.overwritten = append(c.overwritten, fmt.Sprintf("%s = %s (set by the start function)", name, shortValue(was)))
	}
}

// remark says something about a variable that is kept.
func (c *carry) remark(name, text string) {
	for _, n := range c.names {
		if n.name == name {
			n.remark = text
		}
	}
}
