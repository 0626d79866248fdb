package runtime

import (
	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/lua/value"
)

// Kept state (reload.keep) belongs to the service. It is handed from one
// generation to the next as it is, without a copy: both run on one worker, one
// at a time.

// keptState is what reload.keep and reload.class hand from one generation to the next.
type keptState struct {
	kept          map[string]lua.LValue
	keptVersion   lua.LValue              // of the shape of kept; nil is 1
	classes       map[string]*value.Table // reload.class, by name
	keptResponses responses               // closures of skynet.response that kept holds
	held          []Message               // requests that wait for a migration
}

// keptValue is what is kept under a name, for the generation that u prepares, or
// for one that serves if u is nil.
func (s *Service) keptValue(u *upgrade, name string) (v lua.LValue, ok bool) {
	if u != nil {
		if v, ok = u.fresh[name]; ok || u.options.Fresh {
			return v, ok
		}
	}
	v, ok = s.kept[name]
	return v, ok
}

// introduce keeps a value under a name that is new, unless somebody has done so
// meanwhile. It returns what is kept.
func (s *Service) introduce(u *upgrade, name string, value lua.LValue) lua.LValue {
	if v, ok := s.keptValue(u, name); ok {
		return v
	}
	to := &s.kept
	if u != nil {
		to = &u.fresh
	}
	if *to == nil {
		*to = make(map[string]lua.LValue)
	}
	(*to)[name] = value
	return value
}

// adoptKept makes the state that the new generation has introduced the
// service's, and drops what a fresh reload drops.
func (s *Service) adoptKept(u *upgrade) {
	if u.options.Fresh || s.kept == nil {
		s.kept = make(map[string]lua.LValue)
	}
	for _, name := range u.unkept {
		delete(s.kept, name)
	}
	for name, v := range u.fresh {
		s.kept[name] = v
	}
	if !u.ignoresShape() {
		s.keptVersion = u.next.reloads().version
	}
}

// classSwap is a class table, and another with the contents that it has in the
// other generation.
type classSwap struct {
	live, other *value.Table
}

// class is the table that stands for a class in all generations of a service.
// While g is prepared, the contents that g gives it show in g only.
func (g *Generation) class(name string, t *value.Table) *value.Table {
	s := g.service
	live := s.classes[name]
	if live == nil || live == t {
		if s.classes == nil {
			s.classes = make(map[string]*value.Table)
		}
		s.classes[name] = t
		return t
	}
	if !g.preparing() {
		*live = *t
		return live
	}
	for _, c := range g.reloads().classes {
		if c.live == live { // given twice
			*live = *t
			return live
		}
	}
	// The task that calls this runs in g: g's contents go live at once, and
	// are taken out again when the task suspends.
	other := new(value.Table)
	*other = *live
	*live = *t
	g.forReload().classes = append(g.reloads().classes, classSwap{live: live, other: other})
	return live
}

// swapClasses exchanges the contents of the class tables.
func (h *reloadHooks) swapClasses() {
	for _, c := range h.classes {
		*c.live, *c.other = *c.other, *c.live
	}
}
