package runtime

import (
	"fmt"
	"slices"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/lua/syntax"
	"devnode/runtime/lua/value"
	"devnode/runtime/lua/vm"
)

// The state of a service as the random tester sees it: what each name of the script
// leads to, as plain trees. Names are known by their numbers, so that a rename makes
// no difference.

// stateTable is a table. Everything else is a string.
type stateTable struct {
	list   []any
	fields map[string]any
	meta   any
}

const stateNil = "nil"

// stateOf reads the variables of a service that runs a script.
func (s *script) stateOf(g *Generation) map[int]any {
	l := &stateReader{names: make(map[lua.LValue]string)}
	cells := s.cells(g)
	ids := make(map[string]int)
	for id, n := range s.names {
		if !n.gone {
			ids[n.name] = id
		}
	}
	for _, id := range sortedKeys(cells) {
		l.name(cells[id].get(), fmt.Sprintf("#%d", id), ids)
	}
	state := make(map[int]any)
	for id, cell := range cells {
		l.root = true
		state[id] = l.read(cell.get(), 0)
	}
	return state
}

func sortedKeys[V any](m map[int]V) []int {
	var keys []int
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// cells are the places of the top-level locals and the globals of a script, by the
// numbers of their names.
func (s *script) cells(g *Generation) map[int]place {
	m := make(map[int]place)
	for id, n := range s.names {
		switch {
		case n.gone || n.use != ref(id) || strings.HasPrefix(n.name, "lib") || strings.HasPrefix(n.name, "lock"):
		case strings.HasPrefix(n.name, "G"):
			m[id] = fieldPlace{g.vm.Globals(), lua.LString(n.name)}
		default:
			for _, in := range g.instances {
				if cell, ok := in.Find(n.name); ok {
					m[id] = cellPlace{cell}
				}
			}
		}
	}
	return m
}

// stateReader makes trees of values. names are what functions and tables are called
// that a name leads to.
type stateReader struct {
	names map[lua.LValue]string
	root  bool
}

// name notes what a value is called, and the functions and tables in its fields.
func (l *stateReader) name(v lua.LValue, name string, ids map[string]int) {
	if vm.Plain(v) || l.names[v] != "" {
		return
	}
	l.names[v] = name
	if t, ok := v.(*value.Table); ok && t.RawGetInt(1) == lua.LNil {
		for k, v, _ := vm.Next(t, lua.LNil); k != lua.LNil; k, v, _ = vm.Next(t, k) {
			key, ok := k.(lua.LString)
			if id := ids[string(key)]; ok && id > 0 {
				l.name(v, fmt.Sprintf("%s.#%d", name, id), ids)
			}
		}
	}
}

func (l *stateReader) read(v lua.LValue, depth int) any {
	root := l.root
	l.root = false
	switch v := v.(type) {
	case *lua.LFunction:
		return "function " + l.names[v]
	case *value.Table:
		if name := l.names[v]; !root && name != "" && strings.Count(name, ".") == 0 || depth > 20 {
			return "table " + name
		}
		return l.table(v, depth)
	case *lua.LUserData:
		return "userdata"
	}
	return v.Type().String() + " " + v.String()
}

func (l *stateReader) table(t *value.Table, depth int) any {
	tree := &stateTable{fields: make(map[string]any), meta: stateNil}
	n := 0
	for t.RawGetInt(n+1) != lua.LNil {
		n++
	}
	for i := 1; i <= n; i++ {
		tree.list = append(tree.list, l.read(t.RawGetInt(i), depth+1))
	}
	for k, v, _ := vm.Next(t, lua.LNil); k != lua.LNil; k, v, _ = vm.Next(t, k) {
		if i, ok := value.ToInt(k); ok && i >= 1 && i <= int64(n) {
			continue
		}
		tree.fields[k.String()] = l.read(v, depth+1)
	}
	if mt, ok := value.Meta(t).(*value.Table); ok {
		tree.meta = l.read(mt, depth+1)
	}
	return tree
}

// show is a tree in words; equal trees have the same.
func show(v any) string {
	t, ok := v.(*stateTable)
	switch {
	case v == nil:
		return stateNil
	case !ok:
		return strings.TrimSuffix(fmt.Sprint(v), " nil")
	}
	var parts []string
	for _, e := range t.list {
		parts = append(parts, show(e))
	}
	var fields []string
	for k, e := range t.fields {
		if text := show(e); text != stateNil {
			fields = append(fields, k+"="+text)
		}
	}
	slices.Sort(fields)
	text := "{" + strings.Join(append(parts, fields...), ", ") + "}"
	if m := show(t.meta); m != stateNil {
		text += ":" + m
	}
	return text
}

// mergeStates is the rule for values: base is what the old text gives, mine what
// lives, theirs what the new text gives. conflicts counts where mine stays though
// theirs is another than base.
func mergeStates(base, mine, theirs any, conflicts *int) any {
	switch {
	case show(base) == show(theirs), show(mine) == show(theirs):
		return mine
	case show(mine) == show(base):
		return theirs
	}
	b, ok1 := base.(*stateTable)
	m, ok2 := mine.(*stateTable)
	t, ok3 := theirs.(*stateTable)
	if !ok1 || !ok2 || !ok3 {
		*conflicts++
		return mine
	}
	merged := &stateTable{fields: make(map[string]any), list: m.list, meta: mergeStates(b.meta, m.meta, t.meta, conflicts)}
	switch lb, lm, lt := listOf(b), listOf(m), listOf(t); {
	case show(lb) == show(lt), show(lm) == show(lt):
	case show(lm) == show(lb):
		merged.list = t.list
	default:
		*conflicts++
	}
	for _, of := range []*stateTable{b, m, t} {
		for k := range of.fields {
			if _, done := merged.fields[k]; !done {
				merged.fields[k] = mergeStates(b.fields[k], m.fields[k], t.fields[k], conflicts)
			}
		}
	}
	return merged
}

func listOf(t *stateTable) *stateTable { return &stateTable{list: t.list} }

// stateFeeder gives a service that has just begun the state of another one that runs
// the same script.
type stateFeeder struct {
	into *Generation
	pair map[lua.LValue]lua.LValue // of the living service and the new one
	// taken are those of the new service that have a pair: each stands for one.
	taken map[lua.LValue]bool
	err   error
	// protos are the functions of the texts that the new service runs.
	protos map[*lua.FunctionProto]bool
}

// feed has the variables of the new service be as those of the living one.
func (s *script) feed(into, from *Generation) error {
	f := &stateFeeder{into: into, pair: make(map[lua.LValue]lua.LValue), taken: make(map[lua.LValue]bool)}
	f.protos = make(map[*lua.FunctionProto]bool)
	for _, in := range into.instances {
		for _, p := range syntax.Functions(in.Main) {
			f.protos[p] = true
		}
	}
	was, is := s.cells(from), s.cells(into)
	for _, id := range sortedKeys(is) {
		if was[id] != nil {
			f.pairUp(was[id].get(), is[id].get())
		}
	}
	for _, id := range sortedKeys(is) {
		if was[id] == nil {
			return fmt.Errorf("the living service has no %s", s.names[id].name)
		}
		is[id].set(f.value(was[id].get(), is[id].get()))
	}
	return f.err
}

// pairUp pairs what stands in the same places.
func (f *stateFeeder) pairUp(was, is lua.LValue) {
	if vm.Plain(was) || was.Type() != is.Type() || f.pair[was] != nil || f.taken[is] {
		return
	}
	f.pair[was], f.taken[is] = is, true
	a, ok1 := was.(*value.Table)
	b, ok2 := is.(*value.Table)
	if !ok1 || !ok2 {
		return
	}
	vm.References(a, func(k, v lua.LValue) {
		if vm.Plain(k) {
			f.pairUp(v, b.RawGet(k))
		}
	})
}

// value is what a value of the living service is in the new one, which has is there.
func (f *stateFeeder) value(was, is lua.LValue) lua.LValue {
	if vm.Plain(was) {
		return was
	}
	known := f.pair[was]
	switch v := was.(type) {
	case *lua.LFunction:
		if v.IsG {
			return is
		}
		if known == nil {
			if made := f.closure(v); made != nil {
				return made
			}
			f.err = fmt.Errorf("a function that the new text doesn't make: %s:%d", v.Proto.SourceName, v.Proto.LineDefined)
			return lua.LNil
		}
		return known
	case *value.Table:
		if t, ok := known.(*value.Table); ok {
			f.fill(v, t)
			return t
		}
		t := value.NewTable(0, 0)
		f.pair[was] = t
		f.fill(v, t)
		return t
	}
	return is
}

// closure makes a function of the new service that has the variables of the living
// one's: those of the top level by their names. It is nil where the new text has no
// such function.
func (f *stateFeeder) closure(fn *lua.LFunction) *lua.LFunction {
	if !f.protos[fn.Proto] {
		return nil
	}
	made := f.into.vm.NewClosure(fn.Proto)
	f.pair[fn] = made
	made.Upvalues = make([]*lua.Upvalue, len(fn.Upvalues))
	for i, cell := range fn.Upvalues {
		for _, in := range f.into.instances {
			if top, ok := in.Find(fn.Proto.DbgUpvalues[i]); ok && strings.TrimPrefix(syntax.Source(in.Main), "@") == fn.Proto.SourceName {
				made.Upvalues[i] = top
			}
		}
		if made.Upvalues[i] == nil {
			made.Upvalues[i] = &lua.Upvalue{}
			made.Upvalues[i].SetValue(f.value(cell.Value(), lua.LNil))
		}
	}
	return made
}

// fill has a table have the entries of another, once.
func (f *stateFeeder) fill(was, is *value.Table) {
	if f.pair[is] == is {
		return
	}
	f.pair[is] = is
	var gone []lua.LValue
	for k, _, _ := vm.Next(is, lua.LNil); k != lua.LNil; k, _, _ = vm.Next(is, k) {
		if was.RawGet(k) == lua.LNil {
			gone = append(gone, k)
		}
	}
	for _, k := range gone {
		is.RawSet(k, lua.LNil)
	}
	vm.References(was, func(k, v lua.LValue) {
		if !vm.Plain(k) {
			return
		}
		is.RawSet(k, f.value(v, is.RawGet(k)))
	})
	for k, v, _ := vm.Next(was, lua.LNil); k != lua.LNil; k, v, _ = vm.Next(was, k) {
		if vm.Plain(k) && vm.Plain(v) {
			is.RawSet(k, v)
		}
	}
	if mt, ok := value.Meta(was).(*value.Table); ok {
		if known, ok := f.value(mt, lua.LNil).(*value.Table); ok {
			value.SetMeta(is, known)
		}
	}
}
