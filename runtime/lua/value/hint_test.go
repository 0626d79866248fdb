package value

import (
	"fmt"
	"math/rand"
	"testing"

	lua "github.com/yuin/gopher-lua"
)

// TestHintsAreNeverWrong reads and writes fields of tables of many kinds by the
// same hint for each name, as one instruction does that meets all of them.
func TestHintsAreNeverWrong(t *testing.T) {
	rnd := rand.New(rand.NewSource(1))
	tables := make([]*Table, 40)
	for i := range tables {
		tables[i] = NewTable(0, i%3)
	}
	var hints [24]uint32
	known := 0
	for step := range 200_000 {
		tb, n := tables[rnd.Intn(len(tables))], rnd.Intn(len(hints))
		name := fmt.Sprintf("name%d", n)
		was := tb.Name(name)
		if v := tb.Hinted(hints[n]); v != nil {
			if known++; v != was {
				t.Fatalf("step %d: the hint says %v, the table %v", step, v, was)
			}
		}
		v, next := tb.NameHint(name, hints[n])
		if v != was {
			t.Fatalf("step %d: %v by the hint, want %v", step, v, was)
		}
		if next != 0 {
			hints[n] = next
		}
		switch rnd.Intn(4) {
		case 0:
			tb.RawSetString(name, lua.LNumber(step))
		case 1:
			tb.RawSetString(name, lua.LNil)
		case 2:
			if ok := tb.SetHinted(hints[n], lua.LTrue); ok && was == nil || ok && tb.Name(name) != lua.LTrue {
				t.Fatalf("step %d: set what has no value, or something else", step)
			}
		case 3:
			if ok, _ := tb.SetNameHint(name, lua.LFalse); ok != (was != nil) {
				t.Fatalf("step %d: set is %v, and the value was %v", step, ok, was)
			}
		}
		if rnd.Intn(10) == 0 {
			tables[rnd.Intn(len(tables))] = NewTable(0, 0)
		}
	}
	if known < 1000 {
		t.Errorf("only %d of the hints told something", known)
	}
}
