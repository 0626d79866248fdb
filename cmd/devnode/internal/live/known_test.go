package live

import (
	"os"
	"testing"
)

const (
	modOne = "return function() return 'one' end\n"
	modTwo = "return function() return 'two' end\n"
)

// A service loads what is in a file while it is being written, and the file is
// in the end what it was before: nothing has changed for the others, but the one
// has to be reloaded.
func TestLoadedWhileWritten(t *testing.T) {
	w := newWorld(t, map[string]string{"svc/a.lua": useMod, "lib/mod.lua": modOne})
	before := w.launch("a")
	f, err := os.OpenFile(w.path("lib/mod.lua"), os.O_WRONLY|os.O_TRUNC, 0)
	must(t, err)
	_, err = f.WriteString(modTwo)
	must(t, err)
	amidst := w.launch("a")
	if got := w.ask(amidst); got != "two" {
		t.Fatalf("answers %s", got)
	}
	_, err = f.WriteAt([]byte(modOne), 0)
	must(t, err)
	must(t, f.Close())
	w.eventually("it answers one", func() bool { return w.ask(amidst) == "one" })
	if got := w.info(before).Generation; got != 1 || w.ask(before) != "one" {
		t.Errorf("the service that ran these bytes all the time answers %s in generation %d\n%s", w.ask(before), got, w.log.String())
	}
}

// The same, with a file that is missing for a moment.
func TestLoadedWhileMissing(t *testing.T) {
	w := newWorld(t, map[string]string{"svc/a.lua": useMod, "lib/mod.lua": modOne, "cur/mod.lua": modTwo})
	before := w.launch("a")
	must(t, os.Remove(w.path("lib/mod.lua")))
	amidst := w.launch("a")
	if got := w.ask(amidst); got != "two" {
		t.Fatalf("answers %s", got)
	}
	w.save("lib/mod.lua", modOne)
	w.eventually("both answer one", func() bool { return w.ask(before) == "one" && w.ask(amidst) == "one" })
}
