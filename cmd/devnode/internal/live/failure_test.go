package live

import (
	"os"
	"strings"
	"testing"
)

// useMod is a service that answers what a module gives.
const useMod = `local skynet = require "skynet"
local mod = require "mod"
skynet.start(function()
	skynet.dispatch("lua", function() skynet.retpack(mod()) end)
end)
`

func TestFailureStaysInView(t *testing.T) {
	w := newWorld(t, map[string]string{"svc/a.lua": useMod, "svc/b.lua": useMod, "svc/c.lua": useMarked, "lib/mod.lua": "return function() return 'one' end\n", "lib/marked.lua": says("")})
	a, b := w.launch("a"), w.launch("b")
	w.launch("c")
	w.save("svc/c.lua", useMarked+"-- saved\n")
	w.save("lib/mod.lua", "return function()\n\tlocal x = = 'two'\nend\n")
	w.eventually("the log shows the fault", func() bool { return strings.Contains(w.log.String(), "still runs in "+a.String()+", "+b.String()) })
	for _, want := range []string{
		"error: since ", "mod.lua:2: ", "unexpected symbol near '='",
		"  2 | \tlocal x = = 'two'\n    | \t          ^\n",
	} {
		if !strings.Contains(w.log.String(), want) {
			t.Errorf("the log lacks %q:\n%s", want, w.log.String())
		}
	}
	if i := w.info(a); i.Failure == "" || i.FailedAt.IsZero() || w.ask(a) != "one" {
		t.Errorf("failure %q since %s, answers %s", i.Failure, i.FailedAt, w.ask(a))
	}
	if note := w.watched(t, "svc/c.lua"); strings.Contains(note, "failed") {
		t.Errorf("watch says %q of a file of the same batch, which the service that failed doesn't use", note)
	}
	if note := w.watched(t, "lib/mod.lua"); !strings.Contains(note, "failed since ") || !strings.Contains(note, b.String()) {
		t.Errorf("watch says %q", note)
	}
	w.save("lib/mod.lua", "return function() return 'two' end\n")
	w.eventually("the log says that it was mended", func() bool { return strings.Contains(w.log.String(), "mended after ") })
	if i := w.info(a); i.Failure != "" || !i.FailedAt.IsZero() || w.ask(a) != "two" {
		t.Errorf("failure %q since %s, answers %s", i.Failure, i.FailedAt, w.ask(a))
	}
	if note := w.watched(t, "lib/mod.lua"); strings.Contains(note, "failed") {
		t.Errorf("watch says %q", note)
	}
}

// A module that is gone is what failed, not where it was looked for.
func TestFailureOfAModuleThatIsGone(t *testing.T) {
	w := newWorld(t, map[string]string{"svc/a.lua": useMod, "lib/mod.lua": "return function() return 'one' end\n"})
	a := w.launch("a")
	must(t, os.Remove(w.path("lib/mod.lua")))
	w.eventually("the log shows the fault", func() bool { return strings.Contains(w.log.String(), "still runs in "+a.String()) })
	if want := "a.lua:2: module 'mod' not found\n  2 | local mod = require \"mod\"\n"; !strings.Contains(w.log.String(), want) {
		t.Errorf("the log lacks %q:\n%s", want, w.log.String())
	}
	w.save("lib/mod.lua", "return function() return 'two' end\n")
	w.eventually("it is mended", func() bool { return w.info(a).Failure == "" && w.ask(a) == "two" })
}

// The save that brings back the very bytes that run ends a failure too.
func TestFailureEndsWithTheOldBytes(t *testing.T) {
	old := "return function() return 'one' end\n"
	w := newWorld(t, map[string]string{"svc/a.lua": useMod, "lib/mod.lua": old})
	a := w.launch("a")
	for _, mode := range []string{"auto", "patch", "reload"} {
		must(t, w.reloader.options.Modes.Set("*", mode))
		w.save("lib/mod.lua", "return = 1")
		w.eventually(mode+" fails", func() bool { return w.info(a).Failure != "" })
		w.save("lib/mod.lua", old)
		w.eventually(mode+" is mended", func() bool { return w.info(a).Failure == "" })
		if got := w.ask(a); got != "one" {
			t.Errorf("%s: answers %s", mode, got)
		}
	}
}

// A service that declines is asked once for each save, in every mode, and is brought
// up to date by a save, or by the old bytes.
func TestDeclinedSave(t *testing.T) {
	declines := strings.Replace(useMod, "start(function()", "start(function() require 'reload'.decline 'a match runs'", 1)
	for _, mode := range []string{"auto", "patch", "reload"} {
		w := newWorld(t, map[string]string{"svc/a.lua": declines, "svc/marker.lua": useMarked, "lib/mod.lua": says("one"), "lib/marked.lua": says("")})
		a, marker := w.launch("a"), w.launch("marker")
		must(t, w.reloader.options.Modes.Set("a", mode))
		w.save("lib/mod.lua", says("two"))
		w.eventually("the save fails", func() bool { return strings.Contains(w.info(a).Failure, "declines to be reloaded: a match runs") })
		w.settled(marker, 1)
		w.settled(marker, 2)
		if n := len(w.history(a)); n != 2 {
			t.Errorf("%s: %d entries in the history, want the launch and a failure", mode, n)
		}
		w.save("lib/mod.lua", says("one"))
		w.eventually("it is mended", func() bool { return w.info(a).Failure == "" })
	}
}

// watched is what `watch` says of a file.
func (w *world) watched(t *testing.T, name string) string {
	t.Helper()
	files, err := w.reloader.Watched(w.ctx)
	must(t, err)
	for _, f := range files {
		if strings.HasSuffix(f.Path, name) {
			return f.Event
		}
	}
	t.Fatalf("%s isn't watched", name)
	return ""
}

func TestExcerpt(t *testing.T) {
	contents := map[string][]byte{"/d/a.lua": []byte("x\n  local t = }\n\n")}
	for _, c := range []struct{ text, want string }{
		{"/d/a.lua:2: unexpected symbol near '}'", "  2 |   local t = }\n    |             ^"},
		{".../a.lua:2: boom", "  2 |   local t = }\n    |   ^"},
		{"/d/a.lua:1: '=' expected near '<eof>'", "  1 | x\n    |  ^"},
		{"/d/a.lua:9: boom", ""},
	} {
		p, ok := placeOf(c.text, contents)
		if got := p.excerpt(contents); !ok || got != c.want {
			t.Errorf("%s:\n%s\nwant\n%s", c.text, got, c.want)
		}
	}
	if _, ok := placeOf("no place at all", nil); ok {
		t.Error("found a place where there is none")
	}
}
