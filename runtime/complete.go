package runtime

import (
	"context"
	"sort"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/lua/stdlib"
	"devnode/runtime/lua/value"
)

// Complete lists the words that can stand for prefix, a dotted path such as
// `CMD.ge`, in code that is injected into the service: globals, what earlier
// lines have set, _U and _P, and the fields of tables. No code runs for it.
// Sorted. file is as for Inject.
func (n *Node) Complete(ctx context.Context, h Handle, file, prefix string) ([]string, error) {
	s, err := n.Service(h)
	if err != nil {
		return nil, err
	}
	var words []string
	err = n.ask(ctx, s, func(s *Service) {
		if s.code != nil && s.leaving == nil {
			words = s.code.complete(file, prefix)
		}
	})
	sort.Strings(words)
	return words, err
}

func (g *Generation) complete(file, prefix string) []string {
	path := strings.FieldsFunc(prefix, func(r rune) bool { return r == '.' || r == ':' })
	last, stem := "", ""
	if i := strings.LastIndexAny(prefix, ".:"); i >= 0 {
		stem, last = prefix[:i+1], prefix[i+1:]
	} else {
		last = prefix
	}
	if last != "" && len(path) > 0 {
		path = path[:len(path)-1]
	}
	at, inside := g.replEnv(file), len(path) > 0
	for i, name := range path {
		t, ok := g.named(at, name, i == 0, file).(*value.Table)
		if !ok {
			return nil
		}
		at = t
	}
	seen := map[string]bool{}
	if !inside {
		for _, name := range g.localNames(file) {
			if strings.HasPrefix(name, last) {
				seen[stem+name] = true
			}
		}
		g.addNames(seen, g.vm.Globals(), stem, last)
	}
	g.addNames(seen, at, stem, last)
	words := make([]string, 0, len(seen))
	for w := range seen {
		words = append(words, w)
	}
	return words
}

// named is what a name stands for: first, as a line of `use` begins, an earlier
// line's global, a local of the script, or a global; else a field of at.
func (g *Generation) named(at *value.Table, name string, first bool, file string) lua.LValue {
	v := lookUp(at, name)
	if v != lua.LNil || !first {
		return v
	}
	if uv := g.local(lua.LString(name), file); uv != nil {
		return uv.Value()
	}
	return lookUp(g.vm.Globals(), name)
}

// addNames adds the names in a table, and in those that it inherits from, that
// begin with last.
func (g *Generation) addNames(seen map[string]bool, at *value.Table, stem, last string) {
	for t := at; t != nil; t = indexOf(t) {
		stdlib.Complete(t)
		t.ForEach(func(k, _ lua.LValue) {
			if name, ok := k.(lua.LString); ok && strings.HasPrefix(string(name), last) && isName(string(name)) {
				seen[stem+string(name)] = true
			}
		})
	}
}

// lookUp reads a field as Lua does where __index is a table.
func lookUp(t *value.Table, name string) lua.LValue {
	for range 20 {
		if v := stdlib.Field(t, name); v != lua.LNil {
			return v
		}
		if t = indexOf(t); t == nil {
			break
		}
	}
	return lua.LNil
}

// indexOf is the table that t's fields are inherited from, nil if there is none.
func indexOf(t *value.Table) *value.Table {
	mt, ok := value.Meta(t).(*value.Table)
	if !ok {
		return nil
	}
	up, _ := mt.RawGetString("__index").(*value.Table)
	if up == t {
		return nil
	}
	return up
}

func isName(s string) bool {
	for i, c := range []byte(s) {
		letter := c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
		if !letter && (i == 0 || c < '0' || c > '9') {
			return false
		}
	}
	return s != ""
}
