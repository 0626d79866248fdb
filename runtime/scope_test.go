package runtime

import (
	"testing"
)

// In injected code a name means what it means at the end of the script.
func TestInjectSeesTheScriptsLocals(t *testing.T) {
	tn := newTestNode(t, map[string]string{"main.lua": patchService(`local count, unused = 0, { n = 7 }
global = "g"
function CMD.add() count = count + 1 return count end
`)}, nil)
	h := tn.launch("main")
	tn.expect(h, "add = 1")
	inject := func(code, want string, lasting bool) {
		t.Helper()
		r, err := tn.Inject(testContext(t), h, InjectOptions{Chunk: "=inject", Code: code, Expression: true, REPL: lasting})
		if err != nil {
			t.Errorf("%s: %v", code, err)
			return
		}
		got := ""
		for _, v := range r.Values {
			got += v.String() + " "
		}
		if got != want {
			t.Errorf("%s: got %q, want %q", code, got, want)
		}
	}
	for _, lasting := range []bool{false, true} {
		inject("count, unused.n, global", "1 7 g ", lasting)
		inject("nosuch", "nil ", lasting)
	}
	inject("count = 10", "", false)
	tn.expect(h, "add = 11")
	inject("count = 20 mine = 5", "", true)
	tn.expect(h, "add = 21")
	inject("mine, count", "5 21 ", true)
	inject("mine", "nil ", false)
	words, err := tn.Complete(testContext(t), h, "", "un")
	if err != nil || len(words) != 2 || words[1] != "unused" { // and the global unpack
		t.Errorf("completions of un: %v, %v", words, err)
	}
	if words, _ := tn.Complete(testContext(t), h, "", "unused."); len(words) != 1 || words[0] != "unused.n" {
		t.Errorf("completions of unused.: %v", words)
	}
	tn.mustPatch(h, `local count, unused, more = 0, { n = 7 }, "new"
global = "g"
function CMD.add() count = count + 1 return count end
`)
	inject("more, count", "new 21 ", true)
}
