package runtime

import (
	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/lua/stdlib"
	"devnode/runtime/lua/syntax"
	"devnode/runtime/lua/value"
	"devnode/runtime/lua/vm"
)

// tablePairs are the tables that both generations know by the same name: modules,
// classes, tables of handlers. What refers to one of the old generation is to refer
// to the new one's.
type tablePairs struct {
	newOf map[*value.Table]*value.Table
	oldOf map[*value.Table]*value.Table
	todo  []*value.Table // of the old generation, whose fields are to be paired
	taken map[*value.Table]bool
	left  int
}

// maxPaired bounds the fields that are looked at for pairs.
const maxPaired = 200_000

// pairTables pairs them: what locals, globals and modules hold, and what is in the
// fields of that. What was or may be taken over isn't paired.
func (c *carry) pairTables(collected []*namedValue) *tablePairs {
	p := &tablePairs{newOf: make(map[*value.Table]*value.Table), oldOf: make(map[*value.Table]*value.Table), taken: make(map[*value.Table]bool), left: maxPaired}
	for _, n := range c.names {
		p.leave(n, n.fresh)
	}
	for _, n := range collected {
		p.leave(n, n.to.get())
	}
	p.pair(c.old.vm.Globals(), c.next.vm.Globals())
	was, is := c.old.scopes(c.old.instances), c.next.scopes(c.next.instances)
	for chunk, list := range is {
		for i := range min(len(list), len(was[chunk])) {
			before, now := was[chunk][i].instance, list[i].instance
			for _, name := range syntax.ScopeNames(now.Main) {
				from, ok1 := before.Find(name)
				to, ok2 := now.Find(name)
				if ok1 && ok2 {
					p.pair(from.Value(), to.Value())
				}
			}
			p.pair(before.Value, now.Value)
		}
	}
	p.pair(stdlib.LoadedModules(c.old.vm), stdlib.LoadedModules(c.next.vm))
	for len(p.todo) > 0 && p.left > 0 {
		t := p.todo[len(p.todo)-1]
		p.todo = p.todo[:len(p.todo)-1]
		p.fields(t, p.newOf[t])
	}
	return p
}

// leave excludes from being paired what a name has, where it has a table at first,
// too, and the tables in there.
func (p *tablePairs) leave(n *namedValue, fresh lua.LValue) {
	was, ok1 := n.from.get().(*value.Table)
	is, ok2 := fresh.(*value.Table)
	if !ok1 || !ok2 || n.refused != "" {
		return
	}
	p.taken[was], p.taken[is] = true, true
	for was, is := range n.inside {
		p.taken[was], p.taken[is] = true, true
	}
}

func (p *tablePairs) pair(old, new lua.LValue) {
	was, ok1 := old.(*value.Table)
	is, ok2 := new.(*value.Table)
	if !ok1 || !ok2 || p.newOf[was] != nil || p.oldOf[is] != nil {
		return
	}
	if was == is {
		p.newOf[was] = is // kept, or a class of reload.class
		return
	}
	if p.taken[was] || p.taken[is] {
		return
	}
	p.newOf[was], p.oldOf[is] = is, was
	p.todo = append(p.todo, was)
}

// fields pairs the tables in the fields of two tables, and their metatables.
func (p *tablePairs) fields(was, is *value.Table) {
	for k, v, _ := vm.Next(is, lua.LNil); k != lua.LNil && p.left > 0; k, v, _ = vm.Next(is, k) {
		p.left--
		if vm.Plain(v) {
			continue
		}
		switch key := k.(type) {
		case lua.LString:
			p.pair(was.RawGetString(string(key)), v)
		case *value.Table:
			if old := p.oldOf[key]; old != nil {
				p.pair(was.RawGet(old), v)
			}
		}
	}
	if !stdlib.IsLazy(was) && !stdlib.IsLazy(is) {
		p.pair(value.Meta(was), value.Meta(is))
	}
}
