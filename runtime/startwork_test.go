package runtime

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/lua/value"
)

// TestStartWork compares tables before and after a start function that has set,
// removed and appended entries, so that others stand in another order than before.
func TestStartWork(t *testing.T) {
	set := func(t *value.Table, entries ...any) {
		for i := 0; i < len(entries); i += 2 {
			var k, v lua.LValue = lua.LNil, lua.LNil
			switch e := entries[i].(type) {
			case int:
				k = value.OfInt(int64(e))
			case string:
				k = lua.LString(e)
			}
			if s, ok := entries[i+1].(string); ok {
				v = lua.LString(s)
			}
			t.RawSet(k, v)
		}
	}
	for _, tt := range []struct {
		name          string
		before, start []any
		want          string
	}{
		{"nothing", []any{"a", "1", 1, "x"}, nil, ""},
		{"another value", []any{"a", "1", "b", "2"}, []any{"b", "3"}, "b=3"},
		{"new keys", []any{"a", "1"}, []any{"b", "2", "c", "3", "d", "4", "e", "5"}, "b=2 c=3 d=4 e=5"},
		{"a key that is gone", []any{"a", "1", "b", "2", "c", "3"}, []any{"a", nil, "c", "4"}, "c=4"},
		{"one that is gone and comes again", []any{"a", "1", "b", "2"}, []any{"a", nil, "b", nil, "b", "2", "a", "1"}, ""},
		{"appended", []any{1, "x", 2, "y"}, []any{3, "z", 1, "w"}, "1=w +z"},
		{"integers that the list takes in", []any{4, "d", 3, "c", "n", "1"}, []any{1, "a", 2, "b", 5, "e", 6, "f", 7, "g"}, "+a +b +c +d +e +f +g"},
		{"keys below the list", []any{0, "zero", -3, "minus", 10, "ten"}, []any{-3, "less"}, "-3=less"},
	} {
		table := value.NewTable(0, 0)
		set(table, tt.before...)
		n := &Node{}
		for range 2 { // the second uses what the first has left
			b := n.lookBeforeStart(nil)
			b.value(table, 0)
			if w := n.lookAfter(b); w != nil {
				t.Errorf("%s: %v without a start function", tt.name, w)
			}
		}
		b := n.lookBeforeStart(nil)
		b.value(table, 0)
		set(table, tt.start...)
		if got := startText(n.lookAfter(b), table); got != tt.want {
			t.Errorf("%s: got %q, want %q", tt.name, got, tt.want)
		}
	}
}

func startText(w *startWork, t *value.Table) string {
	if w == nil {
		return ""
	}
	var list []string
	for k, v := range maps.All(w.entries[t]) {
		list = append(list, fmt.Sprintf("%s=%s", k, v))
	}
	slices.Sort(list)
	for _, v := range w.lists[t] {
		list = append(list, "+"+v.String())
	}
	return strings.Join(list, " ")
}
