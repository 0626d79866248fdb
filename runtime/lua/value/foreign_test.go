package value_test

import (
	"runtime"
	"testing"

	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/lua/value"
)

// TestTablesOfGoCode reads and writes a table that gopher-lua has made.
func TestTablesOfGoCode(t *testing.T) {
	lt := &lua.LTable{Metatable: lua.LNil}
	lt.RawSetString("name", lua.LString("x"))
	lt.Append(lua.LNumber(7))
	inner := &lua.LTable{Metatable: lua.LNil}
	lt.RawSetString("inner", inner)
	tb := value.Foreign(lt)
	if again, ok := value.ToTable(lt); !ok || again != tb {
		t.Error("it isn't the same table each time")
	}
	if tb.RawGetString("name") != lua.LString("x") || tb.RawGetInt(1) != lua.LNumber(7) || tb.Len() != 1 {
		t.Errorf("name %v, [1] %v, length %d", tb.RawGetString("name"), tb.RawGetInt(1), tb.Len())
	}
	if tb.RawGetString("inner") != lua.LValue(value.Foreign(inner)) {
		t.Error("a table inside it isn't a table of ours")
	}
	tb.RawSetString("new", lua.LTrue)
	tb.RawSetInt(2, lua.LNumber(8))
	lt.RawSetString("name", lua.LNil)
	if lt.RawGetString("new") != lua.LTrue || lt.Len() != 2 || tb.RawGetString("name") != lua.LNil {
		t.Error("what one is assigned doesn't show in the other")
	}
	keys := 0
	for k, _, ok := tb.NextEntry(lua.LNil); ok && k != lua.LNil; k, _, ok = tb.NextEntry(k) {
		keys++
	}
	if keys != 4 {
		t.Errorf("%d keys, want 4", keys)
	}
	if own := value.NewTable(0, 0); value.Foreign(own.Carrier()) != own {
		t.Error("a carrier doesn't lead back to its table")
	}
}

// TestRemovedKeysAreFree drops keys that are objects, of a table that stays.
func TestRemovedKeysAreFree(t *testing.T) {
	sessions, gone := value.NewTable(0, 0), 0
	done := make(chan bool, 100)
	for i := range 100 {
		key := value.NewTable(0, 1)
		key.RawSetString("id", lua.LNumber(i))
		runtime.AddCleanup(key, func(int) { done <- true }, i)
		sessions.RawSet(key, lua.LTrue)
		sessions.RawSet(key, lua.LNil)
	}
	for range 20 {
		runtime.GC()
	}
	for gone < 100 {
		<-done
		gone++
	}
	runtime.KeepAlive(sessions)
}
