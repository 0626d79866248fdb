package vm

import (
	"maps"
	"testing"

	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/lua/value"
)

// TestCopyTable copies tables of every shape, and changes the copy as Lua code
// would: it must behave as one that was built entry by entry.
func TestCopyTable(t *testing.T) {
	inner := value.NewTable(0, 0)
	shapes := map[string]func(*value.Table){
		"empty":  func(*value.Table) {},
		"array":  func(tb *value.Table) { fill(tb, 1, 20) },
		"holes":  func(tb *value.Table) { fill(tb, 1, 9); tb.RawSetInt(4, lua.LNil); tb.RawSetInt(9, lua.LNil) },
		"sparse": func(tb *value.Table) { tb.RawSetInt(1000, lua.LTrue); tb.RawSet(lua.LNumber(0.5), lua.LString("half")) },
		"record": func(tb *value.Table) { tb.RawSetString("id", lua.LNumber(7)); tb.RawSetString("pos", inner) },
		"large": func(tb *value.Table) {
			for i := range 300 {
				tb.RawSetString(string(rune('a'+i%26))+lua.LNumber(i).String(), lua.LNumber(i))
			}
		},
		"removed": func(tb *value.Table) {
			for i := range 300 {
				tb.RawSetString(lua.LNumber(i).String(), lua.LTrue)
				tb.RawSetString(lua.LNumber(i).String(), lua.LNil)
			}
			tb.RawSetString("last", lua.LTrue)
		},
		"table key": func(tb *value.Table) { tb.RawSet(inner, lua.LTrue); tb.RawSet(lua.LTrue, inner) },
	}
	stands := lua.LString("the inner table")
	refer := func(v lua.LValue) lua.LValue {
		if v != lua.LValue(inner) {
			t.Errorf("asked for %v", v)
		}
		return stands
	}
	for name, build := range shapes {
		src := value.NewTable(0, 0)
		build(src)
		value.SetMeta(src, inner)
		before := entriesOf(src)
		copied, want := CopyTable(src, refer), rebuildTable(src, refer)
		if copied.Metatable() != nil {
			t.Errorf("%s: the copy has a metatable", name)
		}
		for range 2 {
			if got := entriesOf(copied); !maps.Equal(got, entriesOf(want)) || copied.Len() != want.Len() {
				t.Errorf("%s: %v, length %d; want %v, length %d", name, got, copied.Len(), entriesOf(want), want.Len())
			}
			for _, tb := range []*value.Table{copied, want} { // and once more, changed
				tb.RawSetString("id", lua.LNil)
				tb.RawSetString("new", lua.LTrue)
				tb.RawSetInt(1, lua.LString("first"))
				tb.Append(lua.LString("end"))
			}
		}
		if !maps.Equal(entriesOf(src), before) {
			t.Errorf("%s: the original has changed to %v", name, entriesOf(src))
		}
	}
}

func fill(tb *value.Table, from, to int) {
	for i := from; i <= to; i++ {
		tb.RawSetInt(i, lua.LNumber(i))
	}
}

// entriesOf goes through a table by Next, which must show each entry once.
// rebuildTable copies a table entry by entry.
func rebuildTable(t *value.Table, refer func(lua.LValue) lua.LValue) *value.Table {
	plain := func(v lua.LValue) lua.LValue {
		if value.IsData(v) {
			return v
		}
		return refer(v)
	}
	copied := value.NewTable(0, 0)
	t.ForEach(func(k, v lua.LValue) { copied.RawSet(plain(k), plain(v)) })
	return copied
}

func entriesOf(tb *value.Table) map[lua.LValue]lua.LValue {
	found := map[lua.LValue]lua.LValue{}
	for k, v, _ := Next(tb, lua.LNil); k != lua.LNil; k, v, _ = Next(tb, k) {
		if found[k] != nil {
			panic("an entry came twice: " + k.String())
		}
		found[k] = v
	}
	return found
}

// TestCopiesGrowApart gives a table and two copies of it keys of their own: they
// must not come to share them by the keys that they have in common.
func TestCopiesGrowApart(t *testing.T) {
	src := value.NewTable(0, 0)
	for _, k := range []string{"a", "b", "c"} {
		src.RawSetString(k, lua.LTrue)
	}
	tables := []*value.Table{src, CopyTable(src, nil), CopyTable(src, nil)}
	for i, tb := range tables {
		tb.RawSetString([]string{"x", "y", "z"}[i], lua.LTrue)
	}
	for i, want := range []string{"abcx", "abcy", "abcz"} {
		got := ""
		for k, _, _ := Next(tables[i], lua.LNil); k != lua.LNil; k, _, _ = Next(tables[i], k) {
			got += k.String()
		}
		if got != want {
			t.Errorf("table %d has the keys %s, want %s", i, got, want)
		}
	}
}

// BenchmarkCopyTable copies 50 records as a message with many of them has.
func BenchmarkCopyTable(b *testing.B) {
	list := value.NewTable(0, 0)
	for i := range 50 {
		pos, record := value.NewTable(0, 2), value.NewTable(0, 3) // as a constructor makes them
		pos.RawSetString("x", lua.LNumber(i))
		pos.RawSetString("y", lua.LNumber(i))
		record.RawSetString("id", lua.LNumber(i))
		record.RawSetString("name", lua.LString("item"))
		record.RawSetString("pos", pos)
		list.Append(record)
	}
	var refer func(v lua.LValue) lua.LValue
	refer = func(v lua.LValue) lua.LValue { return CopyTable(v.(*value.Table), refer) }
	b.ReportAllocs()
	for b.Loop() {
		CopyTable(list, refer)
	}
}
