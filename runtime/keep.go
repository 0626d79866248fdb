package runtime

import (
	"bytes"
	"fmt"
	"time"

	lua "github.com/yuin/gopher-lua"
)

// Kept state (reload.keep) belongs to the service. It is handed from one
// generation to the next as it is, without a copy: both run on one worker, one
// at a time.

// adoptKept makes the state that the new generation has introduced the
// service's, and drops what a fresh reload drops.
func (s *Service) adoptKept(u *upgrade) {
	if u.options.Fresh || s.kept == nil {
		s.kept = make(map[string]lua.LValue)
	}
	for name, v := range u.fresh {
		s.kept[name] = v
	}
	s.keptVersion = u.next.reload.version
}

// shareContents replaces files' contents by equal ones that the history holds,
// so that a hundred reloads of one file keep one copy of the others.
func (s *Service) shareContents(contents map[string][]byte) map[string][]byte {
	for i := len(s.history) - 1; i >= 0; i-- {
		if old := s.history[i].contents; old != nil {
			for path, data := range contents {
				if same, ok := old[path]; ok && bytes.Equal(same, data) {
					contents[path] = same
				}
			}
			break
		}
	}
	return contents
}

// classSwap is a class table, and another with the contents that it has in the
// other generation.
type classSwap struct {
	live, other *lua.LTable
}

// class is the table that stands for a class in all generations of a service.
// While g is prepared, the contents that g gives it show in g only.
func (g *Generation) class(name string, t *lua.LTable) *lua.LTable {
	s := g.service
	live := s.classes[name]
	if live == nil || live == t {
		if s.classes == nil {
			s.classes = make(map[string]*lua.LTable)
		}
		s.classes[name] = t
		return t
	}
	if u := s.upgrade; u == nil || u.next != g {
		*live = *t
		return live
	}
	for _, c := range g.reload.classes {
		if c.live == live { // given twice
			*live = *t
			return live
		}
	}
	// The task that calls this runs in g: g's contents go live at once, and
	// are taken out again when the task suspends.
	other := new(lua.LTable)
	*other = *live
	*live = *t
	g.reload.classes = append(g.reload.classes, classSwap{live: live, other: other})
	return live
}

// swapClasses exchanges the contents of the class tables.
func (h *reloadHooks) swapClasses() {
	for _, c := range h.classes {
		*c.live, *c.other = *c.other, *c.live
	}
}

// reportBudget bounds how long the search for old functions holds up the
// service at a time.
const reportBudget = 2 * time.Millisecond

// maxReported bounds the functions that are reported of one reload.
const maxReported = 5

// reportOldFunctions looks for functions of former generations in the kept
// state, and tells where they are: they are legal, but go on in the old code.
// It looks a little at a time, between messages.
func (s *Service) reportOldFunctions(g *Generation) {
	var todo []keptPlace
	for name, v := range s.kept {
		todo = append(todo, keptPlace{name, v})
	}
	if len(todo) == 0 {
		return
	}
	seen := make(map[*lua.LTable]bool)
	env, found := g.vm.Globals(), []string(nil)
	var look func(s *Service)
	look = func(s *Service) {
		if s.code != g || g.retired {
			return
		}
		until := time.Now().Add(reportBudget)
		for n := 0; len(todo) > 0 && len(found) < maxReported; n++ {
			if n%256 == 255 && time.Now().After(until) {
				s.node.do(s, look)
				return
			}
			p := todo[len(todo)-1]
			todo = todo[:len(todo)-1]
			switch v := p.value.(type) {
			case *lua.LFunction:
				if !v.IsG && v.Env != env {
					found = append(found, p.path)
				}
			case *lua.LTable:
				if !seen[v] {
					seen[v] = true
					v.ForEach(func(k, e lua.LValue) { todo = p.addTo(todo, k, e) })
				}
			}
		}
		for _, path := range found {
			s.log("reload %s: kept state holds a function of an older generation: %s", s.script, path)
		}
	}
	s.node.do(s, look)
}

// keptPlace is a value in the kept state, and how to get there.
type keptPlace struct {
	path  string
	value lua.LValue
}

// addTo appends the entry k of p, if it can hold a function. The path is only
// built for these.
func (p keptPlace) addTo(todo []keptPlace, k, v lua.LValue) []keptPlace {
	switch v.(type) {
	case *lua.LFunction, *lua.LTable:
	default:
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
