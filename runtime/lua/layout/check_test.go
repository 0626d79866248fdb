//go:build !purego

package layout

import (
	"errors"
	"reflect"
	"strings"
	"testing"

	lua "github.com/yuin/gopher-lua"
)

// An upgrade of gopher-lua or Go that lays things out otherwise fails here.
func TestAssumptionsHold(t *testing.T) {
	if err := Check(); err != nil {
		t.Fatal(err)
	}
}

func TestOtherFieldsAreNamed(t *testing.T) {
	type moved struct {
		GrowBy int
		Array  []lua.LValue
		Top    int
	}
	type renamed struct {
		Array []lua.LValue
		Count int
		More  int
	}
	for _, c := range []struct {
		got  reflect.Type
		want string
	}{
		{reflect.TypeFor[moved](), "layout.moved.GrowBy is not where layout.Registers has Array"},
		{reflect.TypeFor[renamed](), "layout.renamed.Count is not where layout.Registers has Top"},
		{reflect.TypeFor[struct{}](), "struct {} is not laid out as layout.Registers"},
	} {
		if err := same(c.got, reflect.TypeFor[Registers](), false); err == nil || err.Error() != c.want {
			t.Errorf("got %v, want %s", err, c.want)
		}
	}
	f := finder{of: reflect.TypeFor[lua.LState]()}
	f.field("noSuchField", reflect.Int)
	if f.err == nil || f.err.Error() != "lua.LState has no field noSuchField" {
		t.Errorf("got %v", f.err)
	}
}

// A fault says with which versions, and what to do.
func TestFaultNamesVersions(t *testing.T) {
	text := fault(errors.New("an assumption")).Error()
	for _, want := range []string{"gopher-lua ", "go1.", "an assumption", "-tags purego"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q doesn't say %q", text, want)
		}
	}
}

func BenchmarkCheck(b *testing.B) {
	for b.Loop() {
		for _, p := range probes {
			if err := p.try(); err != nil {
				b.Fatal(err)
			}
		}
	}
}
