package runtime

import (
	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/hotpatch"
	"devnode/runtime/lua/stdlib"
	"devnode/runtime/lua/value"
	"devnode/runtime/lua/vm"
)

// replacer has all that the main chunk of a new generation has made refer to the
// tables that were taken over, in place of those that they stand for.
type replacer struct {
	by   map[*value.Table]*value.Table
	seen map[lua.LValue]bool
	todo []lua.LValue
}

// replaceFirstValues does that for some files, or if all is set for everything that
// the new generation holds.
func (c *carry) replaceFirstValues(instances []*hotpatch.Instance, all bool) {
	if len(c.replaced) == 0 {
		return
	}
	r := &replacer{by: c.replaced, seen: make(map[lua.LValue]bool)}
	for _, v := range c.next.service.kept { // the old generation's, too
		r.seen[v] = true
	}
	for _, given := range c.replaced {
		r.seen[given] = true
	}
	for _, n := range c.names {
		if n.refused == "" {
			r.seen[n.given] = true
		}
	}
	if all {
		c.next.walkState(r)
		for t := c.next.first; t != nil; t = t.next {
			t.fiber.Holds(r.Value)
		}
	}
	for _, in := range instances {
		for _, cell := range in.Cells {
			if is := r.replacement(cell.Value()); is != nil {
				cell.SetValue(is)
			}
			r.Value(cell.Value())
		}
		r.Value(in.Value)
	}
}

// VM goes through what a VM itself refers to.
func (r *replacer) VM(v *vm.VM) {
	r.Value(v.Globals())
	r.Value(v.Registry())
}

// Value goes through a value and all that it refers to.
func (r *replacer) Value(v lua.LValue) {
	r.add(v)
	for len(r.todo) > 0 {
		v := r.todo[len(r.todo)-1]
		r.todo = r.todo[:len(r.todo)-1]
		switch v := v.(type) {
		case *value.Table:
			r.table(v)
		case *lua.LFunction:
			for _, uv := range v.Upvalues {
				if uv == nil {
					continue
				}
				if is := r.replacement(uv.Value()); is != nil {
					uv.SetValue(is)
				}
				r.add(uv.Value())
			}
		}
	}
}

func (r *replacer) add(v lua.LValue) {
	switch v := v.(type) {
	case *value.Table:
		if v != nil && !v.Frozen() && !r.seen[v] {
			r.seen[v] = true
			r.todo = append(r.todo, v)
		}
	case *lua.LFunction:
		if v != nil && !r.seen[v] {
			r.seen[v] = true
			r.todo = append(r.todo, v)
		}
	}
}

// replacement is the table in the place of v, nil if there is none.
func (r *replacer) replacement(v lua.LValue) lua.LValue {
	if t, ok := v.(*value.Table); ok {
		if by, ok := r.by[t]; ok {
			return by
		}
	}
	return nil
}

func (r *replacer) table(t *value.Table) {
	type entry struct{ key, is lua.LValue }
	var found []entry
	vm.References(t, func(k, v lua.LValue) {
		if is := r.replacement(v); is != nil {
			found = append(found, entry{k, is})
			v = is
		}
		r.add(k)
		r.add(v)
	})
	for _, e := range found {
		t.RawSet(e.key, e.is)
	}
	if mt, ok := value.Meta(t).(*value.Table); ok && !stdlib.IsLazy(t) {
		if is := r.replacement(mt); is != nil {
			value.SetMeta(t, is)
		}
		r.add(mt)
	}
}
