package runtime

import (
	"context"
	"fmt"
	"slices"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/lua/stdlib"
	"devnode/runtime/lua/syntax"
	"devnode/runtime/lua/value"
	"devnode/runtime/lua/vm"
)

// StateVariable is something that a service holds and that a reload would have to
// carry.
type StateVariable struct {
	Name string // `members`; of a module's local `members (room.lua)`
	What string // `a table of 12 entries`, `7`
	Fate string // what a reload of the same text does with it, and why
}

// State lists what a reload of a service would have to carry: top-level locals,
// globals, fields of modules, what the handlers hold of the start function, and what
// reload.keep holds. Functions and modules, which new code brings along, aren't listed.
func (n *Node) State(ctx context.Context, h Handle) ([]StateVariable, error) {
	s, err := n.Service(h)
	if err != nil {
		return nil, err
	}
	var list []StateVariable
	err = n.askNow(ctx, s, func(s *Service) {
		if s.code != nil {
			list = s.code.stateVariables()
		}
	})
	return list, err
}

func (g *Generation) stateVariables() []StateVariable {
	f := &foresight{g: g, classes: make(map[*value.Table]bool)}
	stdlib.LoadedModules(g.vm).ForEach(func(_, v lua.LValue) { f.class(v) })
	scopes := g.scopes(g.instances)
	for _, list := range scopes {
		for _, s := range list {
			f.definitions(s)
		}
	}
	var list []StateVariable
	f.record = &ReloadRecord{}
	f.handlers(false)
	named := make(map[string]bool)
	for chunk, runs := range scopes {
		where := ""
		if chunk != "@"+g.files.scriptPath() {
			where = fmt.Sprintf(" (%s)", strings.TrimPrefix(chunk, "@"))
		}
		s := runs[len(runs)-1]
		for _, name := range syntax.ScopeNames(s.instance.Main) {
			if cell, ok := s.instance.Find(name); ok && !named[name+where] {
				named[name+where] = true
				list = f.list(list, name, where, cell.Value(), s.defines.Locals[name])
			}
		}
		for name, def := range s.defines.Globals {
			if !named[name] {
				named[name] = true
				list = f.list(list, name, "", stdlib.Field(g.vm.Globals(), name), def)
			}
		}
	}
	for name, v := range g.handlerVariables() {
		if v := v.cell.Value(); !named[name] && f.listed(v) {
			list = append(list, StateVariable{name, shape(v), f.inFunction(name)})
		}
	}
	for name, v := range g.service.kept {
		list = append(list, StateVariable{fmt.Sprintf("reload.keep(%q)", name), shape(v), "kept"})
	}
	slices.SortFunc(list, func(a, b StateVariable) int { return strings.Compare(a.Name, b.Name) })
	return list
}

// inFunction is what becomes of a variable inside the start function, or another.
func (f *foresight) inFunction(name string) string {
	if slices.Contains(f.inStart, name) {
		return "carried by name"
	}
	return "not carried: it is inside a function"
}

// listed tells whether a value is state, and not code.
func (f *foresight) listed(v lua.LValue) bool {
	switch v := v.(type) {
	case *lua.LFunction, *lua.LNilType, nil:
		return false
	case *value.Table:
		return !f.classes[v] && !stdlib.IsLazy(v)
	}
	return true
}

// list adds a variable, or the fields of a module that hold state.
func (f *foresight) list(list []StateVariable, name, where string, v lua.LValue, def *syntax.FirstValue) []StateVariable {
	if t, ok := v.(*value.Table); ok && def != nil && !isPlain(def) && len(def.Fields) > 0 {
		for key, member, _ := vm.Next(t, lua.LNil); key != lua.LNil; key, member, _ = vm.Next(t, key) {
			field, _ := key.(lua.LString)
			if d := def.Fields[string(field)]; (d == nil || isPlain(d)) && f.listed(member) {
				list = f.list(list, memberName(name, key), where, member, d)
			}
		}
		return list
	}
	if !f.listed(v) || isFunction(def) {
		return list
	}
	r := &ReloadRecord{}
	f.record, f.modules = r, make(map[*value.Table]bool)
	f.variable(name, v, def, def, false)
	fate := "as its text begins"
	switch {
	case len(r.Kept) > 0:
		fate = "carried by name"
	case len(r.Lost) > 0:
		fate = "lost: " + whyOf(r.Lost[0])
	case !isPlain(def):
		fate = "made anew"
	}
	return append(list, StateVariable{name + where, shape(v), fate})
}

// whyOf is the reason in what a record says of something that is lost.
func whyOf(lost string) string {
	if i := strings.LastIndex(lost, "("); i >= 0 {
		lost = strings.TrimSuffix(lost[i+1:], ")")
	}
	if _, why, ok := strings.Cut(lost, ": "); ok {
		return why
	}
	return lost
}

// shape is a value in a few words, with its size.
func shape(v lua.LValue) string {
	switch v := v.(type) {
	case *value.Table:
		return "a table of " + plural(vm.Size(v), "entry")
	case lua.LString:
		if n := len(v); n > 40 {
			return fmt.Sprintf("%s (%d bytes)", shortValue(v), n)
		}
		return shortValue(v)
	case *lua.LUserData:
		return "a userdata"
	case *lua.LState:
		return "a coroutine"
	}
	return value.String(v)
}
