package vm

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	lua "github.com/yuin/gopher-lua"
)

// TestRecordsAreKnown fails with a Go whose maps are otherwise: tables are right
// then, but slower to make and to send.
func TestRecordsAreKnown(t *testing.T) {
	if !recordsKnown && (runtime.GOARCH == "amd64" || runtime.GOARCH == "arm64") {
		t.Errorf("the maps of %s aren't as record.go has them", runtime.Version())
	}
}

// entries are those of a table in the order of Next, which goes by its keys.
func entries(t *lua.LTable) string {
	var b strings.Builder
	for k, v, _ := Next(t, lua.LNil); k != lua.LNil; k, v, _ = Next(t, k) {
		if inner, ok := v.(*lua.LTable); ok {
			fmt.Fprintf(&b, "%v={%s} ", k, entries(inner))
			continue
		}
		fmt.Fprintf(&b, "%v=%v ", k, v)
	}
	return b.String()
}

// TestRecords makes tables in all the ways that there are, and beside each one
// by gopher-lua's own methods only, with the same random entries.
func TestRecords(t *testing.T) {
	for seed := range uint64(150) {
		r := rand.New(rand.NewPCG(seed, 1))
		stock := &lua.LTable{Metatable: lua.LNil}
		own := &lua.LTable{Metatable: lua.LNil}
		if seed%3 > 0 {
			own = newTable(int(seed%4), int(seed%3)*5, seed%2 == 0)
		}
		var kept []*lua.LTable
		var want []string
		refer := func(v lua.LValue) lua.LValue { return CopyTable(v.(*lua.LTable), nil) }
		for step := range 200 {
			key := lua.LValue(lua.LString(fmt.Sprintf("key%d", r.IntN(4+int(seed%12)))))
			value := lua.LValue(lua.LNumber(step))
			switch n := r.IntN(20); {
			case n < 5:
				value = lua.LNil
			case n < 7:
				key = lua.LNumber(r.IntN(5))
			case n == 7:
				key = lua.LBool(r.IntN(2) == 0)
			case n == 8:
				kept, want = append(kept, own), append(want, entries(own))
				own = CopyTable(own, refer)
			case n == 9:
				inner := newTable(0, 1, true)
				setString(inner, lua.LString("x"), value)
				value = inner
			case n == 10 && step%16 == 0:
				runtime.GC()
			}
			stock.RawSet(key, value)
			if !setAny(own, key, value) {
				own.RawSet(key, value)
			}
			got := getAny(own, key)
			if got == nil {
				got = own.RawGet(key)
			}
			if got != value {
				t.Fatalf("seed %d, step %d: %v is %v, want %v", seed, step, key, got, value)
			}
			if got, want := sorted(entries(own)), sorted(entries(stock)); got != want {
				t.Fatalf("seed %d, step %d:\n%s, want\n%s", seed, step, got, want)
			}
		}
		for i, tb := range kept {
			if got := entries(tb); got != want[i] {
				t.Fatalf("seed %d: a copied table has changed from %s to %s", seed, want[i], got)
			}
		}
	}
}

// sorted are entries in no order of their own: that of keys which were removed
// and set again depends on when a table was copied.
func sorted(entries string) string {
	list := strings.Fields(entries)
	slices.Sort(list)
	return strings.Join(list, " ")
}

// TestRecordsLetGo has a table grow beyond a record, and then lose the value of
// its first name.
func TestRecordsLetGo(t *testing.T) {
	source := newTable(0, smallMap, true)
	setString(source, lua.LString("a"), lua.LTrue)
	for name, tb := range map[string]*lua.LTable{
		"made with fields": newTable(0, smallMap, true), "made empty": newTable(0, 0, false), "copied": CopyTable(source, nil),
	} {
		gone := make(chan bool)
		func() {
			u := &lua.LUserData{Value: make([]byte, 1<<10)}
			runtime.AddCleanup(u, func(gone chan bool) { close(gone) }, gone)
			setString(tb, lua.LString("a"), u)
		}()
		for i := range smallMap {
			setString(tb, lua.LString(fmt.Sprint("b", i)), lua.LTrue)
		}
		setString(tb, lua.LString("a"), lua.LNil)
		for deadline := time.Now().Add(20 * time.Second); ; {
			runtime.GC()
			select {
			case <-gone:
			case <-time.After(time.Millisecond):
				if time.Now().Before(deadline) {
					continue
				}
				t.Errorf("a table %s holds on to a value that it has lost", name)
			}
			break
		}
		runtime.KeepAlive(tb)
	}
}
