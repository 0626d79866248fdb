package runtime

import (
	"strings"
	"testing"
)

// Check knows every module that a service can require.
func TestCheckKnowsAllModules(t *testing.T) {
	tn := newTestNode(t, nil, nil)
	names := []string{"_G", "string", "coroutine", "nosuch"}
	for name := range tn.moduleLoaders() {
		names = append(names, name)
	}
	for name := range tn.fallbackLoaders() {
		names = append(names, name)
	}
	var code strings.Builder
	for _, name := range names {
		code.WriteString("local _ = require '" + name + "'\n")
	}
	tn.write("all.lua", code.String())
	problems, err := tn.Check(tn.dir + "/all.lua")
	if err != nil {
		t.Fatal(err)
	}
	if len(problems) != 1 || !strings.HasPrefix(problems[0].Message, "module 'nosuch' not found") {
		t.Errorf("got %v, want a complaint of nosuch", problems)
	}
}

func TestUnfinished(t *testing.T) {
	for source, want := range map[string]bool{
		"":                                    false,
		"return 1\n":                          false,
		"local function f()\n\treturn 1\n":    true,
		"return {\n\tname = \"a\",\n":         true,
		"return \"a":                          true,
		"--[[ a comment\n":                    true,
		"local x = = 1\nlocal function f()\n": false,
		"local function f() end)\n":           false,
	} {
		if got := Unfinished([]byte(source)); got != want {
			t.Errorf("%q: got %t, want %t", source, got, want)
		}
	}
}
