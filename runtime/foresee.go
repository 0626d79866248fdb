package runtime

import (
	"maps"
	"slices"

	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/lua/stdlib"
	"devnode/runtime/lua/syntax"
	"devnode/runtime/lua/value"
	"devnode/runtime/lua/vm"
)

// What a reload would keep and lose is told beforehand, in the words that it will be
// told in, as far as the texts and the living values say. No new code is run for it:
// what a call will give, or a start function will do, isn't known.

// foresight goes through what a generation holds.
type foresight struct {
	g       *Generation
	files   map[string][]byte // by path, as they will be
	classes map[*value.Table]bool
	modules map[*value.Table]bool // gone through
	inStart []string              // variables of the start function that would be kept
	record  *ReloadRecord
}

// foresee notes in a record what a reload from the files given would keep and lose.
// anew tells that it would take over nothing by name.
func (g *Generation) foresee(r *ReloadRecord, files map[string][]byte, anew bool) {
	f := &foresight{g: g, files: files, record: r, classes: make(map[*value.Table]bool), modules: make(map[*value.Table]bool)}
	stdlib.LoadedModules(g.vm).ForEach(func(_, v lua.LValue) { f.class(v) })
	scopes := g.scopes(g.instances)
	for _, list := range scopes {
		for _, s := range list {
			f.definitions(s)
		}
	}
	for chunk, list := range scopes {
		for _, s := range list {
			f.file(chunk, s, anew)
		}
	}
	f.handlers(anew)
	ended := make(endedTasks)
	for _, t := range g.tasks() {
		if t.state != taskOver && !t.request.pending() {
			ended.add(t)
		}
	}
	slices.Sort(r.Kept)
	slices.Sort(r.Lost)
	r.Kept, r.Lost = append(slices.Compact(r.Kept), f.inStart...), slices.Compact(r.Lost)
	r.Lost = append(r.Lost, ended.words()...)
	r.Unread = f.unread()
}

// class notes a table that the new code has its own of.
func (f *foresight) class(v lua.LValue) {
	if t, ok := v.(*value.Table); ok {
		f.classes[t] = true
	}
}

// definitions notes the tables with functions that a file defines.
func (f *foresight) definitions(s scope) {
	for name, def := range s.defines.Locals {
		if cell, ok := s.instance.Find(name); ok && !isPlain(def) {
			f.class(cell.Value())
		}
	}
	for name, def := range s.defines.Globals {
		if !isPlain(def) {
			f.class(stdlib.Field(f.g.vm.Globals(), name))
		}
	}
}

// file is for the variables at the top of a file.
func (f *foresight) file(chunk string, s scope, anew bool) {
	next, names := s.defines, syntax.ScopeNames(s.instance.Main)
	path := absolute(chunk[1:])
	if text, ok := f.files[path]; ok {
		if next = f.g.service.node.firstValues.of(text, chunk); next == nil {
			return
		}
	}
	seen := make(map[string]bool)
	for _, name := range slices.Backward(names) {
		cell, ok := s.instance.Find(name)
		is := next.Locals[name]
		if ok && !seen[name] && (is != nil || s.defines.Locals[name] == nil) {
			f.variable(name, cell.Value(), s.defines.Locals[name], is, anew)
		}
		seen[name] = true
	}
	for name, was := range s.defines.Globals {
		if is := next.Globals[name]; is != nil {
			f.variable(name, stdlib.Field(f.g.vm.Globals(), name), was, is, anew)
		}
	}
}

// variable decides about one name, as collector.variable does.
func (f *foresight) variable(name string, old lua.LValue, was, is *syntax.FirstValue, anew bool) {
	t, isTable := old.(*value.Table)
	switch {
	case isFunction(was) || isFunction(is):
	case isPlain(was) && isPlain(is):
		f.plain(name, old, was, is, anew)
	case isTable && was != nil && is != nil && (was.Kind == syntax.FirstTable && is.Kind == syntax.FirstTable || len(was.Fields)+len(is.Fields) > 0):
		f.fields(name, t, was, is, anew)
	case isTable && !f.classes[t] && !stdlib.IsLazy(t) && f.holds(t) == "":
		f.record.loses(name, vm.Size(t), t, lua.LNil, "made anew")
	case !isTable && vm.Plain(old) && was != nil && was.Assigned:
		f.record.loses(name, 1, old, lua.LNil, "made anew")
	}
}

// fields goes through a table that holds definitions, as a module does.
func (f *foresight) fields(name string, t *value.Table, was, is *syntax.FirstValue, anew bool) {
	if f.modules[t] {
		return
	}
	f.modules[t] = true
	for key, v, _ := vm.Next(t, lua.LNil); key != lua.LNil; key, v, _ = vm.Next(t, key) {
		field, ok := key.(lua.LString)
		a, b := was.Fields[string(field)], is.Fields[string(field)]
		if ok && a != nil && b != nil {
			f.variable(memberName(name, key), v, a, b, anew)
		} else if a == nil && b == nil && vm.Plain(key) {
			f.plain(memberName(name, key), v, nil, nil, anew)
		}
	}
}

// plain is for a name whose first value is plain in both texts.
func (f *foresight) plain(name string, old lua.LValue, was, is *syntax.FirstValue, anew bool) {
	t, isTable := old.(*value.Table)
	added := 1
	if isTable {
		added = vm.Size(t)
		if was != nil {
			added -= len(was.Fields)
		}
	}
	mergeable := was != nil && is != nil && was.Kind == syntax.FirstTable && is.Kind == syntax.FirstTable && was.Rest == is.Rest
	why := ""
	switch {
	case anew:
		why = "made anew"
	case isTable || !vm.Plain(old):
		why = f.holds(old)
	}
	if why == "" && !was.Same(is) && !mergeable {
		why = "its first value is another now"
	}
	switch {
	case !isTable && vm.Plain(old) && (was == nil && old == lua.LNil || was != nil && was.Kind == syntax.FirstLiteral && old == was.Value):
	case isTable && added <= 0:
	case why != "":
		f.record.loses(name, added, old, lua.LNil, why)
	default:
		f.record.Kept = append(f.record.Kept, name)
	}
}

// handlers is for the variables of functions that handlers use.
func (f *foresight) handlers(anew bool) {
	was, is := f.g.startLocals(), map[string]*syntax.FirstValue(nil)
	path, text := f.g.files.main()
	if given, ok := f.files[path]; ok {
		text = given
	}
	if defines := f.g.service.node.firstValues.of(text, "@"+f.g.files.scriptPath()); defines != nil {
		is = defines.Start
	}
	found := f.g.handlerVariables()
	for _, name := range slices.Sorted(maps.Keys(found)) {
		v, before := found[name], was[name]
		old := v.cell.Value()
		t, isTable := old.(*value.Table)
		switch {
		case isTable && (f.classes[t] || vm.Size(t) == 0 || f.holds(t) != "") || !isTable && (!vm.Plain(old) || old == lua.LNil || !v.assigned):
		case !anew && v.taken() && before != nil && before.Plain() && is[name] != nil && before.Same(is[name]):
			f.inStart = append(f.inStart, name)
		case v.start:
			f.record.loses(name, sizeOf(old), old, lua.LNil, "in the start function")
		default:
			f.record.loses(name, sizeOf(old), old, lua.LNil, "in a function")
		}
	}
}

func sizeOf(v lua.LValue) int {
	if t, ok := v.(*value.Table); ok {
		return vm.Size(t)
	}
	return 1
}

// holds is what in a value can't be taken over; empty if all is data.
func (f *foresight) holds(v lua.LValue) string {
	seen, left := make(map[*value.Table]bool), maxCompared
	var look func(v lua.LValue) string
	look = func(v lua.LValue) string {
		switch v := v.(type) {
		case *lua.LFunction:
			if !v.IsG {
				return "functions of the old code"
			}
		case *lua.LUserData:
			if !value.IsLight(v) {
				return "userdata"
			}
		case *lua.LState:
			return "coroutines"
		case *value.Table:
			if seen[v] || f.classes[v] || left <= 0 || stdlib.IsLazy(v) {
				return ""
			}
			seen[v] = true
			if mt, ok := value.Meta(v).(*value.Table); ok && !f.classes[mt] {
				if why := look(mt); why != "" {
					return why
				}
			}
			found := ""
			vm.References(v, func(_, e lua.LValue) {
				if left--; found == "" {
					found = look(e)
				}
			})
			return found
		}
		return ""
	}
	return look(v)
}

// unread counts the connections that tasks read which requests have started, and
// that end with the old code.
func (f *foresight) unread() int {
	n := 0
	for _, reader := range f.g.service.states.Readers(f.g.attached()) {
		if t := (*Task)(reader.(*attachedTask)); t.request != nil && !t.request.pending() {
			n++
		}
	}
	return n
}
