package runtime

import (
	"fmt"
	"time"

	lua "github.com/yuin/gopher-lua"
)

// keptWalk looks for the functions in the kept state, a little at a time.
type keptWalk struct {
	todo  []keptPlace
	seen  map[*lua.LTable]bool
	found func(path string, fn *lua.LFunction)
}

// keptPlace is a value in the kept state, and how to get there.
type keptPlace struct {
	path  string
	value lua.LValue
}

func (s *Service) walkKept(found func(path string, fn *lua.LFunction)) *keptWalk {
	w := &keptWalk{seen: make(map[*lua.LTable]bool), found: found}
	for name, v := range s.kept {
		w.todo = append(w.todo, keptPlace{name, v})
	}
	return w
}

// step looks on until the given time, or to the end if that is zero. It is true
// when there is nothing left to look at.
func (w *keptWalk) step(until time.Time) bool {
	for n := 0; len(w.todo) > 0; n++ {
		if n%256 == 255 && !until.IsZero() && time.Now().After(until) {
			return false
		}
		p := w.todo[len(w.todo)-1]
		w.todo = w.todo[:len(w.todo)-1]
		switch v := p.value.(type) {
		case *lua.LFunction:
			w.found(p.path, v)
		case *lua.LTable:
			if !w.seen[v] {
				w.seen[v] = true
				v.ForEach(func(k, e lua.LValue) { w.todo = p.addTo(w.todo, k, e) })
			}
		}
	}
	return true
}

// addTo appends the entry k of p, if it can hold a function. The path is only
// built for these.
func (p keptPlace) addTo(todo []keptPlace, k, v lua.LValue) []keptPlace {
	if holdsFunctions(k) {
		todo = append(todo, keptPlace{p.path + "[…]", k})
	}
	if !holdsFunctions(v) {
		return todo
	}
	path := ""
	switch k := k.(type) {
	case lua.LString:
		path = p.path + "." + string(k)
	default:
		path = fmt.Sprintf("%s[%s]", p.path, k)
	}
	return append(todo, keptPlace{path, v})
}

func holdsFunctions(v lua.LValue) bool {
	switch v.(type) {
	case *lua.LFunction, *lua.LTable:
		return true
	}
	return false
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
		} else if fn.Env != env && len(old) < maxReported {
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
