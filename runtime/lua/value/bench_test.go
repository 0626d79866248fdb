package value_test

import (
	"testing"

	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/lua/value"
)

// BenchmarkRecord makes and reads the record {id, name, pos = {x, y}}, as a table of
// ours and as one of gopher-lua's.
func BenchmarkRecord(b *testing.B) {
	id, name := lua.LValue(lua.LNumber(1)), lua.LValue(lua.LString("name"))
	b.Run("own", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			r, pos := value.NewTable(0, 3), value.NewTable(0, 2)
			pos.RawSetString("x", id)
			pos.RawSetString("y", id)
			r.RawSetString("id", id)
			r.RawSetString("name", name)
			r.RawSetString("pos", pos)
			if r.RawGetString("pos") != lua.LValue(pos) || pos.RawGetString("y") != id {
				b.Fatal("a field isn't what it was set to")
			}
		}
	})
	b.Run("gopher-lua", func(b *testing.B) {
		b.ReportAllocs()
		var L lua.LState
		for b.Loop() {
			r, pos := L.CreateTable(0, 3), L.CreateTable(0, 2)
			pos.RawSetString("x", id)
			pos.RawSetString("y", id)
			r.RawSetString("id", id)
			r.RawSetString("name", name)
			r.RawSetString("pos", pos)
			if r.RawGetString("pos") != lua.LValue(pos) || pos.RawGetString("y") != id {
				b.Fatal("a field isn't what it was set to")
			}
		}
	})
}
