package main

import (
	"os"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
)

// cmdEdit is the script command `edit FILE OLD NEW`: a save as most editors do
// it, truncating and writing. \n and \t in the texts are what they are in Go.
func cmdEdit(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: edit FILE OLD NEW")
	}
	unquote := strings.NewReplacer(`\n`, "\n", `\t`, "\t").Replace
	text := ts.ReadFile(args[0])
	old, changed := unquote(args[1]), unquote(args[2])
	if strings.Count(text, old) != 1 {
		ts.Fatalf("edit %s: %q is there %d times, want once", args[0], old, strings.Count(text, old))
	}
	write(ts, args[0], strings.Replace(text, old, changed, 1))
}

// cmdSave is the script command `save FILE SOURCE`.
func cmdSave(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: save FILE SOURCE")
	}
	write(ts, args[0], ts.ReadFile(args[1]))
}

func write(ts *testscript.TestScript, file, text string) {
	ts.Check(os.WriteFile(ts.MkAbs(file), []byte(text), 0o644))
}
