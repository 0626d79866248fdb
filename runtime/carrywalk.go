package runtime

import (
	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/lua/stdlib"
	"devnode/runtime/lua/value"
	"devnode/runtime/lua/vm"
)

// walkResult is what was found in a value of the old generation.
type walkResult struct {
	refused  string        // why it can't be taken: what it holds
	rewrites []*rewrite    // what is to be changed in it
	links    []link        // to what other names hold
	shares   []*namedValue // other names that the same tables were reached from first
}

// link is a place in a value that refers to what another name holds.
type link struct {
	table *value.Table
	key   lua.LValue
	to    *namedValue
}

// dataWalk goes through values of the old generation, to find whether they are
// plain data, and what in them has to refer to something new.
type dataWalk struct {
	*carry
	seen map[*value.Table]*namedValue
	todo []*value.Table
	at   *namedValue
}

// judge decides which of the names are taken: each as a whole, or not at all.
func (c *carry) judge(names []*namedValue) {
	w := &dataWalk{carry: c, seen: make(map[*value.Table]*namedValue)}
	for _, n := range names {
		was, ok1 := n.from.get().(*value.Table)
		if _, ok2 := n.to.get().(*value.Table); ok1 && ok2 && c.pairs.newOf[was] == nil {
			w.roots[was] = n
		}
	}
	for _, n := range names {
		w.walk(n, n.from.get())
	}
	for again := true; again; {
		again = false
		for _, n := range names {
			if was := n.refused; was == "" && w.settle(n) {
				again = true
			}
		}
	}
}

// settle refuses a name that holds something refused, and is true if it did.
func (w *dataWalk) settle(n *namedValue) bool {
	if n.walk.refused == "" {
		for _, other := range n.walk.shares {
			if other.walk.refused != "" { // perhaps by what n doesn't hold
				alone := &dataWalk{carry: w.carry, seen: make(map[*value.Table]*namedValue)}
				n.walk = walkResult{}
				alone.walk(n, n.from.get())
				break
			}
		}
	}
	n.walk.follow()
	n.refused = n.walk.refused
	return n.refused != ""
}

// follow has links to what other names hold, where that isn't taken, lead to what
// the names hold in the new generation.
func (v *walkResult) follow() {
	var left []link
	for _, l := range v.links {
		switch is := l.to.to.get(); {
		case l.to.refused == "":
			left = append(left, l)
		case !vm.Plain(is):
			v.rewrites = append(v.rewrites, &rewrite{table: l.table, key: l.key, was: l.to.from.get(), is: is})
		case v.refused == "":
			v.refused = l.to.refused
		}
	}
	v.links = left
}

// walk goes through a value of the name n, and notes in n.walk what it finds.
func (w *dataWalk) walk(n *namedValue, v lua.LValue) {
	w.at = n
	if t, ok := v.(*value.Table); ok && w.roots[t] == n {
		w.enter(t)
	} else {
		w.value(nil, nil, v)
	}
	w.drain()
}

// drain goes through the tables on the list.
func (w *dataWalk) drain() {
	for len(w.todo) > 0 {
		t := w.todo[len(w.todo)-1]
		w.todo = w.todo[:len(w.todo)-1]
		vm.References(t, func(k, v lua.LValue) {
			if !vm.Plain(k) {
				w.value(t, nil, k)
			}
			w.value(t, k, v)
		})
	}
}

// value looks at what an entry of a table holds, or a key of it, which has the key
// nil; the table is nil for the value of the name itself.
func (w *dataWalk) value(in *value.Table, key, v lua.LValue) {
	switch v := v.(type) {
	case *value.Table:
		is := w.pairs.newOf[v]
		other := w.roots[v]
		switch {
		case v.Frozen():
		case is == v:
		case is != nil && key != nil:
			w.rewrite(in, key, v, is)
		case is != nil && in != nil:
			w.refuse("a module or a class as a key")
		case is != nil:
		case other != nil && other != w.at && key != nil:
			w.at.walk.links = append(w.at.walk.links, link{in, key, other})
		default:
			w.enter(v)
		}
	case *lua.LFunction:
		if !w.belongs(v) {
			w.refuse("functions of the old code")
		}
	case *lua.LUserData:
		if !value.IsLight(v) {
			w.refuse("userdata")
		}
	case *lua.LState:
		w.refuse("coroutines")
	}
}

// belongs tells whether a function is of the node's own library, the same in all
// VMs, or of the new generation.
func (w *dataWalk) belongs(fn *lua.LFunction) bool {
	if fn.IsG {
		return value.Env(fn) == nil
	}
	return value.Env(fn) == w.next.vm.Globals()
}

func (w *dataWalk) refuse(what string) {
	if w.at.walk.refused == "" {
		w.at.walk.refused = what
	}
}

func (w *dataWalk) rewrite(in *value.Table, key, was, is lua.LValue) {
	w.at.walk.rewrites = append(w.at.walk.rewrites, &rewrite{table: in, key: key, was: was, is: is})
}

// enter puts a table on the list of what is to be gone through, once.
func (w *dataWalk) enter(t *value.Table) {
	record := vm.IsRecord(t) // to look at it twice does no harm, and is cheaper
	if !record && !w.first(t) {
		return
	}
	if stdlib.IsLazy(t) {
		w.refuse("a library")
		return
	}
	if mt, ok := value.Meta(t).(*value.Table); ok {
		switch is := w.pairs.newOf[mt]; {
		case is == mt:
		case is != nil:
			w.rewrite(t, metatableKey, mt, is)
		default:
			w.value(t, metatableKey, mt)
		}
	}
	if !record {
		w.todo = append(w.todo, t)
	}
}

// first notes that a table is gone through, and is false if it was.
func (w *dataWalk) first(t *value.Table) bool {
	first, seen := w.seen[t]
	switch {
	case !seen:
		w.seen[t] = w.at
	case first != w.at:
		w.at.walk.shares = append(w.at.walk.shares, first)
	}
	return !seen
}
