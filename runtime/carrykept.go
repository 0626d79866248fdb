package runtime

import (
	"bytes"
	"fmt"

	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/lua/syntax"
	"devnode/runtime/lua/value"
	"devnode/runtime/lua/vm"
)

// A variable that holds what reload.keep gives goes on with its table where only the
// name is another in the new text, or where reload.keep has come or gone.

// kept takes a variable over that is such a one, and is false for any other.
func (l *collector) kept(name string, from, to place, was, is *syntax.FirstValue) bool {
	u := l.next.service.upgrade
	old, ok1 := from.get().(*value.Table)
	new, ok2 := to.get().(*value.Table)
	if !ok1 || !ok2 || old == new || u == nil || l.next.reloads().migrate != nil {
		return false
	}
	before, wasKept := keptAsTable(l.next.service.kept, old)
	after, isKept := keptAsTable(u.fresh, new)
	n := &namedValue{name: name, from: from, to: to}
	switch {
	case wasKept && l.next.mentions(before):
		return false
	case wasKept && isKept:
		n.remark = fmt.Sprintf("kept as %q, and as %q before", after, before)
	case wasKept && is != nil && is.Kind == syntax.FirstTable:
		n.remark = fmt.Sprintf("kept as %q before", before)
	case isKept && was != nil && was.Kind == syntax.FirstTable && was.Plain():
		n.remark = fmt.Sprintf("kept as %q now", after)
	default:
		return false
	}
	n.keptBefore, n.keptNow = before, after
	for k, v, _ := vm.Next(new, lua.LNil); k != lua.LNil; k, v, _ = vm.Next(new, k) {
		if _, isName := k.(lua.LString); isName && old.RawGet(k) == lua.LNil {
			n.merges = append(n.merges, &rewrite{table: old, key: k, was: lua.LNil, is: v})
		}
	}
	l.add(n, old, new)
	return true
}

// keptAsTable is the name that a table is kept by.
func keptAsTable(kept map[string]lua.LValue, t *value.Table) (name string, ok bool) {
	for name, v := range kept {
		if v == t {
			return name, true
		}
	}
	return "", false
}

// mentions tells whether a text that g has loaded has a string in it.
func (g *Generation) mentions(name string) bool {
	g.files.mu.Lock()
	defer g.files.mu.Unlock()
	for _, f := range g.files.loaded {
		for _, m := range quoted.FindAllSubmatch(f.data, -1) {
			if bytes.Equal(m[2], []byte(name)) {
				return true
			}
		}
	}
	return false
}

// keep has what was taken be kept by the name that the new text has for it.
func (n *namedValue) keep(u *upgrade) {
	if u == nil || n.refused != "" {
		return
	}
	if n.keptNow != "" {
		u.fresh[n.keptNow], u.given[n.keptNow] = n.given, n.given
	}
	if n.keptBefore != "" && n.keptBefore != n.keptNow {
		u.unkept = append(u.unkept, n.keptBefore)
	}
}
