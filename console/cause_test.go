package console

import "testing"

func TestCause(t *testing.T) {
	for text, want := range map[string]string{
		"gate.lua:7: '=' expected near 'x'\nstack traceback:\n\t[C]: in ?":                                                   "gate.lua:7: '=' expected near 'x'",
		"lua loader error : ./bad.lua:2: <name> expected near '='":                                                           "./bad.lua:2: <name> expected near '='",
		"error loading module 'p' from file './p.lua':\n\t./p.lua:2: '(' expected\nstack trace":                              "error loading module 'p' from file './p.lua': ./p.lua:2: '(' expected",
		"./w.lua:2: module 'nosuch' not found:\n\tno field package.preload['nosuch']\n\tno file":                             "./w.lua:2: module 'nosuch' not found",
		"error loading module 'a' from file './a.lua':\n\t./a.lua:1: module 'b' not found:\n\tno field package.preload['b']": "error loading module 'a' from file './a.lua': ./a.lua:1: module 'b' not found",
		"it stopped after:\nstack traceback:\n\t[C]: in ?":                                                                   "it stopped after:",
		"launch bad: lua loader error : ./bad.lua:2: no":                                                                     "./bad.lua:2: no",
		"": "",
	} {
		if got := Cause(text); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}
