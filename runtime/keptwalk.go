package runtime

import (
	"fmt"
	"maps"
	"slices"
	"time"

	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/lua/value"
	"devnode/runtime/lua/vm"
)

// keptWalk looks for the functions in the kept state, a little at a time.
type keptWalk struct {
	names []string // of kept values that weren't looked at
	kept  map[string]lua.LValue
	name  string      // of the one that is being looked at
	under []keptTable // the tables that lead to where the walk is
	seen  map[*value.Table]struct{}
	found func(path string, fn *lua.LFunction)
}

// keptTable is a table, and the key of the entry that the walk has come to.
type keptTable struct {
	table *value.Table
	key   lua.LValue
	meta  bool // it is the metatable of the one above
}

func (s *Service) walkKept(found func(path string, fn *lua.LFunction)) *keptWalk {
	return &keptWalk{names: slices.Sorted(maps.Keys(s.kept)), kept: s.kept, seen: make(map[*value.Table]struct{}), found: found}
}

// step looks on until the given time, or to the end if that is zero. It is true
// when there is nothing left to look at. The state may change between two steps:
// what comes to a table then may be overlooked.
func (w *keptWalk) step(until time.Time) bool {
	for n := 0; ; n++ {
		if n%256 == 255 && !until.IsZero() && time.Now().After(until) {
			return false
		}
		switch depth := len(w.under); {
		case depth > 0:
			at := &w.under[depth-1]
			k, v, _ := vm.Next(at.table, at.key)
			if at.key = k; k == lua.LNil {
				w.under = w.under[:depth-1]
				continue
			}
			w.look(k, false)
			w.look(v, false)
		case len(w.names) > 0:
			w.name, w.names = w.names[0], w.names[1:]
			w.look(w.kept[w.name], false)
		default:
			return true
		}
	}
}

// look tells of a function, and goes into a table and its metatable.
func (w *keptWalk) look(v lua.LValue, meta bool) {
	switch v := v.(type) {
	case *lua.LFunction:
		w.found(w.path(), v)
	case *value.Table:
		if _, seen := w.seen[v]; !seen && !v.Frozen() {
			w.seen[v] = struct{}{}
			w.under = append(w.under, keptTable{v, lua.LNil, meta})
			w.look(value.Meta(v), true)
		}
	}
}

// path is where the walk is: players[3].on_hit.
func (w *keptWalk) path() string {
	path := w.name
	for _, t := range w.under {
		if t.key == lua.LNil {
			continue // it comes later
		}
		if t.meta {
			path = "getmetatable(" + path + ")"
		}
		switch k := t.key.(type) {
		case lua.LString:
			if isName(string(k)) {
				path += "." + string(k)
			} else {
				path += fmt.Sprintf("[%q]", string(k))
			}
		default:
			path += fmt.Sprintf("[%s]", k)
		}
	}
	return path
}

// noLimit lets a walk go to its end at once.
var noLimit time.Time

// keptBudget bounds how long a walk holds up the service at a time.
const keptBudget = 2 * time.Millisecond

// maxReported bounds the functions that are reported of one reload.
const maxReported = 5

// inspectKept looks through the kept state after a switch to g, between
// messages. Functions of former generations are legal there, but go on in the old
// code: it tells where they are. Closures of skynet.response become the service's.
func (s *Service) inspectKept(g *Generation) {
	if len(s.kept) == 0 {
		return
	}
	env, old := g.vm.Globals(), []string(nil)
	w := s.walkKept(func(path string, fn *lua.LFunction) {
		if fn.IsG {
			s.keepResponse(fn)
		} else if value.Env(fn) != env && len(old) < maxReported {
			old = append(old, path)
		}
	})
	var look func(s *Service)
	look = func(s *Service) {
		if s.code != g || g.retired {
			return
		}
		if !w.step(time.Now().Add(keptBudget)) {
			s.node.do(s, look)
			return
		}
		for _, path := range old {
			s.log("reload %s: kept state holds a function of an older generation: %s", s.script, path)
		}
		for _, g := range append([]*Generation(nil), s.draining...) {
			g.settle()
		}
	}
	s.node.do(s, look)
}
