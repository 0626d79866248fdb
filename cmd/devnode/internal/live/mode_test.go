package live

import (
	"strings"
	"testing"

	"devnode/runtime"
)

func TestModePrecedence(t *testing.T) {
	m, err := NewModes([]string{"*=reload", "game/*=patch", ".gate=off"})
	must(t, err)
	script := []byte("#!/usr/bin/lua\n-- a service\n\n-- reload: restart\nlocal x\n-- reload: off\n")
	for _, c := range []struct {
		info       runtime.ServiceInfo
		mode       Mode
		says, bare Mode // with the script's comment and no flags, without both
	}{
		{runtime.ServiceInfo{Script: "game/a/b", Handle: 9}, Patch, Restart, Auto},
		{runtime.ServiceInfo{Script: "other", Handle: 10}, Reload, Restart, Auto},
		{runtime.ServiceInfo{Script: "game/gate", Names: []string{".gate"}, Handle: 11}, Off, Restart, Auto},
	} {
		if got, _ := m.of(c.info, script); got != c.mode {
			t.Errorf("%s: flags give %s, want %s", c.info.Script, got, c.mode)
		}
		if got, _ := new(Modes).of(c.info, script); got != c.says {
			t.Errorf("%s: its script gives %s, want %s", c.info.Script, got, c.says)
		}
		if got, _ := new(Modes).of(c.info, nil); got != c.bare {
			t.Errorf("%s: nothing gives %s, want %s", c.info.Script, got, c.bare)
		}
	}
	gate := runtime.ServiceInfo{Script: "game/gate", Names: []string{".gate"}, Handle: 11}
	for _, c := range []struct {
		pattern, mode string
		want          Mode
	}{
		{"*", "restart", Restart}, {":0000000b", "patch", Patch}, {":0000000b", "default", Restart}, {"*", "default", Off},
	} {
		must(t, m.Set(c.pattern, c.mode))
		if got, who := m.of(gate, script); got != c.want {
			t.Errorf("after setting %s to %s: %s (%s), want %s", c.pattern, c.mode, got, who, c.want)
		}
	}
	for _, bad := range []string{"x", "=off", "x=sometimes", "[=off"} {
		if _, err := NewModes([]string{bad}); err == nil {
			t.Errorf("--mode %s is accepted", bad)
		}
	}
}

// counter keeps a number in a local, which a reload loses and a patch doesn't.
const counter = `-- reload: MODE
local skynet = require "skynet"
local n = START
local function step() n = n + 1 return "WORD", n end
skynet.start(function()
	skynet.dispatch("lua", function() skynet.retpack(step()) end)
end)
`

func counterOf(mode, start, word string) string {
	return strings.NewReplacer("MODE", mode, "START", start, "WORD", word).Replace(counter)
}

func TestModes(t *testing.T) {
	for _, c := range []struct {
		mode, start, answer, log string
	}{
		{"auto", "0", "new 2", "patched"},
		{"auto", "100 math.randomseed(1)", "new 101", ": not patched: new at the top level"},
		{"reload", "0", "new 2", ": mode reload, its script says so"},
		{"fresh", "0", "new 1", ": mode fresh, its script says so"},
		{"patch", "0", "new 2", "patched"},
		{"patch", "100 math.randomseed(1)", "old 2", "can't be patched"},
		{"off", "100 math.randomseed(1)", "old 2", "is left as it is: mode off, its script says so"},
		{"never", "100 math.randomseed(1)", "new 101", "no mode"},
	} {
		t.Run(c.mode+" "+c.answer, func(t *testing.T) {
			w := newWorld(t, map[string]string{"svc/c.lua": counterOf(c.mode, "0", "old")})
			h := w.launch("c")
			w.ask(h)
			w.save("svc/c.lua", counterOf(c.mode, c.start, "new"))
			w.eventually("the log says "+c.log, func() bool { return strings.Contains(w.log.String(), c.log) })
			w.eventually("it is done", func() bool { return w.watched(t, "svc/c.lua") != "" })
			if got := w.ask(h); got != c.answer {
				t.Errorf("answers %s, want %s\n%s", got, c.answer, w.log.String())
			}
		})
	}
}

func TestModeRestart(t *testing.T) {
	restarts := make(chan string, 4)
	w := newWorldWith(t, map[string]string{"svc/c.lua": counterOf("restart", "0", "old")},
		Options{Restart: func(why string) { restarts <- why }})
	h := w.launch("c")
	w.save("svc/c.lua", "-- reload: restart\nlocal = 1")
	w.eventually("the log says that it was not restarted", func() bool { return strings.Contains(w.log.String(), "the node was not restarted: ") })
	w.save("svc/c.lua", counterOf("restart", "5", "new"))
	if why := <-restarts; !strings.Contains(why, "c.lua") || !strings.Contains(why, "mode restart, its script says so") {
		t.Error(why)
	}
	if got := w.ask(h); got != "old 1" {
		t.Errorf("answers %s", got)
	}
}
