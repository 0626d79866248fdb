package runtime

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/hotpatch"
	"devnode/runtime/lua/stdlib"
	"devnode/runtime/lua/syntax"
	"devnode/runtime/lua/value"
	"devnode/runtime/lua/vm"
)

// collector finds the names whose values a generation may take over.
type collector struct {
	*carry
	found []*namedValue
	seen  map[*value.Table]bool // of the old generation: gone through by fields
}

// collect lists the names that both generations know in the files given, and if all
// is set the globals.
func (c *carry) collect(instances []*hotpatch.Instance, all bool) []*namedValue {
	l := &collector{carry: c, seen: make(map[*value.Table]bool)}
	was, is := c.old.scopes(c.old.instances), c.next.scopes(c.next.instances)
	for chunk, list := range is {
		for i, now := range list {
			if slices.Contains(instances, now.instance) && i < len(was[chunk]) {
				l.file(was[chunk][i], now)
			}
		}
	}
	if all {
		l.fields("", c.old.vm.Globals(), c.next.vm.Globals(), globalsOf(was), globalsOf(is))
	}
	slices.SortStableFunc(l.found, func(a, b *namedValue) int {
		if a.name < b.name {
			return -1
		}
		return 1
	})
	return l.found
}

// globalsOf is a table of the global variables that files define.
func globalsOf(files map[string][]scope) *syntax.FirstValue {
	all := &syntax.FirstValue{Kind: syntax.FirstTable, Fields: make(map[string]*syntax.FirstValue)}
	for _, list := range files {
		for _, f := range list {
			for name, def := range f.defines.Globals {
				all.Fields[name] = def
			}
		}
	}
	return all
}

// file goes through the top-level locals of a file, and what it returns.
func (l *collector) file(was, is scope) {
	seen := make(map[string]bool)
	for _, name := range slices.Backward(syntax.ScopeNames(is.instance.Main)) {
		to, ok1 := is.instance.Find(name)
		from, ok2 := was.instance.Find(name)
		if ok1 && ok2 && !seen[name] {
			l.variable(name, cellPlace{from}, cellPlace{to}, was.defines.Locals[name], is.defines.Locals[name])
		}
		seen[name] = true
	}
	for _, name := range syntax.ScopeNames(was.instance.Main) {
		from, ok := was.instance.Find(name)
		if def := was.defines.Locals[name]; ok && !seen[name] && def != nil && def.Plain() {
			l.gone(name, from.Value(), def)
		}
		seen[name] = true
	}
	if was.instance.Value != nil && is.instance.Value != nil && was.defines.Return != nil && is.defines.Return != nil {
		l.variable(fileName(is.instance), resultPlace{was.instance}, resultPlace{is.instance}, was.defines.Return, is.defines.Return)
	}
}

// gone is for a variable that the new text doesn't have any more.
func (l *collector) gone(name string, old lua.LValue, was *syntax.FirstValue) {
	r := remade{name: name, old: old, to: nowhere{}, was: was, gone: true, assigned: was.Assigned, changed: true}
	if r.first = was.Value; was.Kind == syntax.FirstLiteral && !was.Assigned {
		r.first = old
	}
	l.remade = append(l.remade, r)
}

// nowhere is the place of what is gone.
type nowhere struct{}

func (nowhere) get() lua.LValue { return lua.LNil }
func (nowhere) set(lua.LValue)  {}

// fileName is how the table that a file returns is called.
func fileName(in *hotpatch.Instance) string {
	return strings.TrimSuffix(filepath.Base(syntax.Source(in.Main)), ".lua")
}

// variable decides about one name by its first values. A definition that is nil
// stands for a name that has no first value.
func (l *collector) variable(name string, from, to place, was, is *syntax.FirstValue) {
	old, new := from.get(), to.get()
	oldTable, ok1 := old.(*value.Table)
	newTable, ok2 := new.(*value.Table)
	tables := ok1 && ok2 && oldTable != newTable
	switch {
	case isFunction(was) || isFunction(is):
		l.function(name, old, to, was)
	case old == new && !vm.Plain(old): // kept, or a class
	case l.kept(name, from, to, was, is):
	case isPlain(was) && isPlain(is):
		l.plain(name, from, to, was, is)
	case tables && was != nil && is != nil && (was.Kind == syntax.FirstTable && is.Kind == syntax.FirstTable || len(was.Fields)+len(is.Fields) > 0):
		l.fields(name+".", oldTable, newTable, was, is)
	default:
		l.remade = append(l.remade, remade{name: name, old: old, to: to, assigned: was != nil && was.Assigned})
	}
}

// function is for a name that a text gives a function. That of the old text has its
// successor there; another value was put there by the program.
func (l *collector) function(name string, old lua.LValue, to place, was *syntax.FirstValue) {
	fn, ok := old.(*lua.LFunction)
	switch {
	case ok && !fn.IsG && isFunction(was) && fn.Proto.LineDefined == was.Line:
		if l.functions == nil {
			l.functions = make(map[*lua.LFunction]lua.LValue)
		}
		l.functions[fn] = to.get()
	case isFunction(was):
		l.remade = append(l.remade, remade{name: name, old: old, to: to, assigned: true})
	}
}

func isFunction(d *syntax.FirstValue) bool { return d != nil && d.Kind == syntax.FirstFunction }
func isPlain(d *syntax.FirstValue) bool    { return d == nil || d.Plain() }

// plain is for a name whose first value is plain in both texts.
func (l *collector) plain(name string, from, to place, was, is *syntax.FirstValue) {
	old := from.get()
	n := &namedValue{name: name, from: from, to: to}
	if was.Same(is) {
		l.add(n, old, to.get())
		return
	}
	oldTable, ok1 := old.(*value.Table)
	newTable, ok2 := to.get().(*value.Table)
	if ok1 && ok2 && was != nil && is != nil && was.Kind == syntax.FirstTable && is.Kind == syntax.FirstTable && was.Rest == is.Rest {
		l.merge(n, name, oldTable, newTable, was, is)
		l.add(n, old, newTable)
		return
	}
	r := remade{name: name, old: old, to: to, was: was, changed: true, assigned: true}
	if was != nil && was.Kind == syntax.FirstLiteral {
		r.first = was.Value
	}
	l.remade = append(l.remade, r)
}

// add notes a name that may be taken, and what tables its first value has where the
// old value has others.
func (l *collector) add(n *namedValue, old, new lua.LValue) {
	n.inside = make(map[*value.Table]*value.Table)
	pairInside(n.inside, old, new, 0)
	if t, ok := old.(*value.Table); ok {
		delete(n.inside, t)
	}
	l.found = append(l.found, n)
}

// maxNesting bounds how deep first values are compared, and maxInside how many
// tables in one.
const (
	maxNesting = 50
	maxInside  = 5000
)

// pairInside pairs the tables in two values by their places, by those of the old.
func pairInside(pairs map[*value.Table]*value.Table, old, new lua.LValue, depth int) {
	was, ok1 := old.(*value.Table)
	is, ok2 := new.(*value.Table)
	if !ok1 || !ok2 || was == is || depth > maxNesting || len(pairs) > maxInside || pairs[was] != nil {
		return
	}
	pairs[was] = is
	vm.References(is, func(k, v lua.LValue) {
		if vm.Plain(k) {
			pairInside(pairs, was.RawGet(k), v, depth+1)
		}
	})
}

// merge brings a table up to date with a constructor that gives other fields than
// before: those whose first value has changed get the new one, those that are new
// get theirs, those that are gone and untouched go.
func (l *collector) merge(n *namedValue, name string, old, new *value.Table, was, is *syntax.FirstValue) {
	if old.Frozen() {
		return
	}
	for _, key := range fieldNames(was, is) {
		before, after := was.Fields[key], is.Fields[key]
		if before.Same(after) {
			continue
		}
		k, path := lua.LString(key), memberName(name, lua.LString(key))
		lives, comes := old.RawGetString(key), new.RawGetString(key)
		a, ok1 := lives.(*value.Table)
		b, ok2 := comes.(*value.Table)
		switch {
		case ok1 && ok2 && before != nil && after != nil && before.Kind == syntax.FirstTable && before.Rest == after.Rest:
			l.merge(n, path, a, b, before, after)
			continue
		case before == nil && lives != lua.LNil: // the program has made it meanwhile
			continue
		case after == nil && !l.isFirst(lives, before):
			continue
		case before != nil && before.Value != nil && lives != before.Value:
			l.remade = append(l.remade, remade{name: path, old: lives, to: fieldPlace{old, k}, first: before.Value, changed: true, assigned: true})
		case before != nil && ok1:
			l.remade = append(l.remade, remade{name: path, old: lives, to: fieldPlace{old, k}, was: before, changed: true, assigned: true})
		}
		n.merges = append(n.merges, &rewrite{table: old, key: k, was: lives, is: comes})
	}
}

// fieldNames are the names of the fields of two definitions, sorted.
func fieldNames(was, is *syntax.FirstValue) []string {
	var names []string
	for _, d := range [2]*syntax.FirstValue{was, is} {
		if d != nil {
			for name := range d.Fields {
				names = append(names, name)
			}
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// fields goes through a table that holds definitions, as a module does: each of its
// fields is a variable of its own, those that no text mentions too.
func (l *collector) fields(prefix string, old, new *value.Table, was, is *syntax.FirstValue) {
	if l.seen[old] {
		return
	}
	l.seen[old] = true
	for _, key := range fieldNames(was, is) {
		k := lua.LString(key)
		if was.Kind == syntax.FirstOther && was.Fields[key] == nil && vm.Plain(old.RawGet(k)) { // what a call gave it isn't known
			l.remade = append(l.remade, remade{name: prefix + key, old: old.RawGet(k), to: fieldPlace{new, k}, assigned: true})
			continue
		}
		l.variable(prefix+key, fieldPlace{old, k}, fieldPlace{new, k}, was.Fields[key], is.Fields[key])
	}
	for k, v, _ := vm.Next(old, lua.LNil); k != lua.LNil; k, v, _ = vm.Next(old, k) {
		name, isName := k.(lua.LString)
		if isName && (was.Fields[string(name)] != nil || is.Fields[string(name)] != nil) || !vm.Plain(k) {
			continue
		}
		if first := was.Of(k); !isName && first != nil && is.Of(k) == nil && l.isFirst(v, first) { // the text has it no more
			continue
		}
		if isName && stdlib.Field(new, string(name)) != lua.LNil || !isName && new.RawGet(k) != lua.LNil {
			if prefix != "" {
				l.remade = append(l.remade, remade{name: memberName(trimDot(prefix), k), old: v, to: fieldPlace{new, k}, assigned: true})
			}
			continue
		}
		l.add(&namedValue{name: memberName(trimDot(prefix), k), from: fieldPlace{old, k}, to: fieldPlace{new, k}}, v, lua.LNil)
	}
}

func trimDot(prefix string) string {
	if n := len(prefix); n > 0 {
		return prefix[:n-1]
	}
	return prefix
}

// memberName is a table's entry as one would write it: rooms[3], state.count.
func memberName(table string, key lua.LValue) string {
	name, ok := key.(lua.LString)
	switch {
	case ok && isName(string(name)) && table == "":
		return string(name)
	case ok && isName(string(name)):
		return table + "." + string(name)
	case ok:
		return fmt.Sprintf("%s[%q]", table, string(name))
	}
	return fmt.Sprintf("%s[%s]", table, key)
}
