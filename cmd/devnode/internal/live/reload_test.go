package live

import (
	"fmt"
	"os"
	"regexp"
	"runtime"
	"strings"
	"testing"
	"time"

	devnode "devnode/runtime"
)

// The tests named TestReloadNN are those of docs/testing.md that need a watcher;
// the others are in devnode/runtime.

func says(what string) string { return fmt.Sprintf("return function() return %q end\n", what) }

// settled waits until a save of another file, made now, is live: what was saved
// before has had its effect then.
func (w *world) settled(marker devnode.Handle, n int) {
	w.t.Helper()
	text := fmt.Sprintf("marker %d", n)
	w.save("lib/marked.lua", says(text))
	w.eventually("the marker is live", func() bool { return w.ask(marker) == text })
}

const useMarked = `local skynet = require "skynet"
local marked = require "marked"
skynet.start(function()
	skynet.dispatch("lua", function() skynet.retpack(marked()) end)
end)
`

func TestReload14SameBytes(t *testing.T) {
	w := newWorld(t, map[string]string{"svc/a.lua": useMod, "svc/marker.lua": useMarked, "lib/mod.lua": says("one"), "lib/marked.lua": says("")})
	a, marker := w.launch("a"), w.launch("marker")
	later := time.Now().Add(time.Hour)
	must(t, os.Chtimes(w.path("lib/mod.lua"), later, later))
	must(t, os.Chtimes(w.path("svc/a.lua"), later, later))
	w.settled(marker, 1)
	w.save("lib/mod.lua", says("one"))
	w.save("svc/a.lua", useMod)
	w.settled(marker, 2)
	if i := w.info(a); i.Generation != 1 || i.State != "running" || len(w.history(a)) != 1 {
		t.Errorf("generation %d, %s, history %+v", i.Generation, i.State, w.history(a))
	}
}

// Each way of saving is one reload, and no error is shown on the way.
func TestReload15SaveMatrix(t *testing.T) {
	ways := []struct {
		name string
		save func(w *world, path, text string)
	}{
		{"truncate and write", func(w *world, path, text string) {
			must(w.t, os.WriteFile(path, []byte(text), 0o644))
		}},
		{"rename over it", func(w *world, path, text string) {
			must(w.t, os.WriteFile(path+".tmp", []byte(text), 0o644))
			must(w.t, os.Rename(path+".tmp", path))
		}},
		{"vim's rename", func(w *world, path, text string) {
			must(w.t, os.Rename(path, path+"~"))
			must(w.t, os.WriteFile(path, []byte(text), 0o644))
			must(w.t, os.Remove(path+"~"))
		}},
		{"backup copy", func(w *world, path, text string) {
			old, err := os.ReadFile(path)
			must(w.t, err)
			must(w.t, os.WriteFile(path+"~", old, 0o644))
			must(w.t, os.WriteFile(path, []byte(text), 0o644))
		}},
		{"delete and create", func(w *world, path, text string) {
			must(w.t, os.Remove(path))
			must(w.t, os.WriteFile(path, []byte(text), 0o644))
		}},
		{"slow write in three pieces", func(w *world, path, text string) {
			f, err := os.OpenFile(path, os.O_WRONLY|os.O_TRUNC, 0)
			must(w.t, err)
			third := len(text) / 3
			for _, piece := range []string{text[:third], text[third : 2*third], text[2*third:]} {
				_, err := f.WriteString(piece)
				must(w.t, err)
				time.Sleep(15 * time.Millisecond) // so slow is the writer
			}
			must(w.t, f.Close())
		}},
	}
	w := newWorld(t, map[string]string{"svc/a.lua": useMod, "svc/marker.lua": useMarked, "lib/mod.lua": says("one"), "lib/marked.lua": says("")})
	a, marker := w.launch("a"), w.launch("marker")
	for n, way := range ways {
		if runtime.GOOS != "linux" && strings.HasPrefix(way.name, "slow") {
			continue // there it can't be known whether a writer is still at it
		}
		before := w.info(a).Generation
		way.save(w, w.path("lib/mod.lua"), says(way.name))
		w.eventually(way.name+" is live", func() bool { return w.ask(a) == way.name })
		w.settled(marker, n)
		if i := w.info(a); i.Generation != before+1 || i.Failure != "" {
			t.Errorf("%s: generation %d -> %d, failure %q", way.name, before, i.Generation, i.Failure)
		}
	}
	if strings.Contains(w.log.String(), "error:") || strings.Contains(w.log.String(), "failed") {
		t.Errorf("an error was shown:\n%s", w.log.String())
	}
}

func TestReload15SymlinkSwap(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("symbolic links need a right of their own on Windows")
	}
	w := newWorld(t, map[string]string{"svc/a.lua": useMod, "rel1/mod.lua": says("one"), "rel2/mod.lua": says("two")})
	must(t, os.Symlink("rel1", w.path("cur")))
	a := w.launch("a")
	must(t, os.Symlink("rel2", w.path("next")))
	must(t, os.Rename(w.path("next"), w.path("cur")))
	w.eventually("the other release is live", func() bool { return w.ask(a) == "two" })
	if i := w.info(a); i.Generation != 2 || i.Failure != "" {
		t.Errorf("generation %d, failure %q", i.Generation, i.Failure)
	}
}

func TestReload17FailureIsListedUntilMended(t *testing.T) {
	w := newWorld(t, map[string]string{"svc/a.lua": useMod, "svc/marker.lua": useMarked, "lib/mod.lua": says("one"), "lib/marked.lua": says("")})
	a, marker := w.launch("a"), w.launch("marker")
	w.save("lib/mod.lua", "return = 1\n")
	w.eventually("the failure is listed", func() bool { return strings.Contains(w.info(a).Failure, "mod.lua:1: unexpected symbol") })
	w.settled(marker, 1) // other saves don't take it away
	if i := w.info(a); i.Failure == "" || i.Generation != 1 || w.ask(a) != "one" {
		t.Errorf("failure %q, generation %d, answers %s", i.Failure, i.Generation, w.ask(a))
	}
	w.save("lib/mod.lua", says("mended"))
	w.eventually("the save that mends it is live", func() bool { return w.ask(a) == "mended" && w.info(a).Failure == "" })
}

func TestReload20TimesFromTheSave(t *testing.T) {
	w := newWorld(t, map[string]string{"svc/a.lua": useMod, "lib/mod.lua": says("one")})
	must(t, w.reloader.options.Modes.Set("*", "reload"))
	w.reloader.options.Times = true
	a := w.launch("a")
	w.save("lib/mod.lua", says("two"))
	w.eventually("it is live", func() bool { return w.ask(a) == "two" })
	r := w.info(a).LastReload
	if parts := r.Settle + r.Plan + r.Took; r.SinceSave <= 0 || r.Settle <= 0 || r.Start <= 0 || r.Switch <= 0 || r.Took < r.Read+r.Compile+r.Switch || parts > r.SinceSave+time.Millisecond {
		t.Errorf("since the save %s: settle %s, plan %s, took %s: read %s, compile %s, start %s, switch %s", r.SinceSave, r.Settle, r.Plan, r.Took, r.Read, r.Compile, r.Start, r.Switch)
	}
	line := regexp.MustCompile(`reload a: reloaded, generation 1 -> 2: .*; in \S+ ms, live \S+ ms after the save: .*settle \S+ ms, .*read \S+ ms, compile \S+ ms, start \S+ ms, switch \S+ ms`)
	w.eventually("the log says so", func() bool { return line.MatchString(w.log.String()) })
}
