package env

import (
	"fmt"
	"testing"
)

// A key that was given, or has a default, keeps its value; others are set once.
func TestEnv(t *testing.T) {
	e := New(map[string]string{"thread": "4", "own": "a"}, map[string]string{"thread": "2", "harbor": "0"})
	for _, c := range []struct {
		key, value string
		set        bool
		want       string
	}{
		{"thread", "8", false, "4"},
		{"harbor", "1", false, "0"},
		{"own", "b", false, "a"},
		{"new", "c", true, "c"},
		{"new", "d", false, "c"},
	} {
		if set := e.Set(c.key, c.value); set != c.set {
			t.Errorf("set %s: %t", c.key, set)
		}
		if v, ok := e.Get(c.key); !ok || v != c.want {
			t.Errorf("%s is %q, %t; want %q", c.key, v, ok, c.want)
		}
	}
	if _, ok := e.Get("none"); ok {
		t.Error("a key that nobody set has a value")
	}
	if keys := fmt.Sprint(e.Keys()); keys != "[harbor new own thread]" {
		t.Errorf("keys %s", keys)
	}
}
