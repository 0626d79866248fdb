package settings

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"devnode/watch"
)

// in makes the files, and goes to their folder.
func in(t *testing.T, files map[string]string) {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	t.Chdir(dir)
}

func TestMainIsFound(t *testing.T) {
	in(t, map[string]string{
		"main.lua": "", "game/main.lua": "", "game/agent.lua": "", "service/gate.lua": "", "etc/config": `start = "gate"`,
		"etc/paths": `luaservice = "game/?.lua" lua_path = "lib/?.lua" start = "agent"`,
		"etc/start": `luaservice = "game/?.lua" start = "main"`, "etc/builtin": `luaservice = "game/?.lua" start = "console"`,
	})
	def := []string{"./?.lua", "./service/?.lua"}
	beside := []string{"game/?.lua", "./?.lua", "./service/?.lua"}
	for name, c := range map[string]struct {
		run        Run
		main, file string
		path       []string
	}{
		"a file here":          {Run{Main: "main.lua"}, "main", "main.lua", def},
		"a file there":         {Run{Main: "game/main.lua"}, "main", "game/main.lua", beside},
		"without its ending":   {Run{Main: "game/agent"}, "agent", "game/agent.lua", beside},
		"a name":               {Run{Main: "gate"}, "gate", "./service/gate.lua", def},
		"a path":               {Run{Main: "agent", Path: "x/?.lua; game/?.lua"}, "agent", "game/agent.lua", []string{"x/?.lua", "game/?.lua"}},
		"hidden by another":    {Run{Main: "game/main.lua", Path: "./?.lua"}, "game/main", "game/main.lua", []string{"./?.lua"}},
		"the file's start":     {Run{ConfigFile: "etc/config"}, "gate", "./service/gate.lua", def},
		"the file's path":      {Run{ConfigFile: "etc/paths"}, "agent", "game/agent.lua", []string{"game/?.lua"}},
		"flags over the file":  {Run{ConfigFile: "etc/paths", Main: "gate", Path: "service/?.lua"}, "gate", "service/gate.lua", []string{"service/?.lua"}},
		"what skynet defaults": {Run{ConfigFile: "etc/paths", Main: "main", Path: "./?.lua"}, "main", "./main.lua", []string{"./?.lua"}},
		"a configuration file": {Run{Main: "etc/paths"}, "agent", "game/agent.lua", []string{"game/?.lua"}},
		"start, not a file":    {Run{ConfigFile: "etc/start"}, "main", "game/main.lua", []string{"game/?.lua"}},
		"no script":            {Run{ConfigFile: "etc/builtin", Builtin: func(name string) bool { return name == "console" }}, "console", "", []string{"game/?.lua"}},
	} {
		c.run.Console = "off"
		s, err := c.run.Resolve()
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if s.Main != c.main || s.MainFile != c.file || !reflect.DeepEqual(s.ServicePath, c.path) {
			t.Errorf("%s: got %s, %s, %v", name, s.Main, s.MainFile, s.ServicePath)
		}
	}
}

func TestConfigIsKnown(t *testing.T) {
	in(t, map[string]string{
		"main.lua": "local skynet = require 'skynet'\nstart = 1\nthread = 2\n", "main": "a program",
		"service/gate.lua": "", "gate": "a folder's file", "config": "broker = $BROKER",
		"conf.lua": "thread = 8 -- require\nstart = \"main\"\n", "plain.lua": "start = 1\nprint(start)\n",
	})
	for name, want := range map[string]bool{
		"config": true, "conf.lua": true, "main.lua": false, "main": false, "gate": false, "plain.lua": false, "gone": false, "service": false, "": false,
	} {
		if got := IsConfig(name); got != want {
			t.Errorf("%q: got %v, want %v", name, got, want)
		}
	}
}

func TestSkynetIsFound(t *testing.T) {
	checkout := map[string]string{"lualib/skynet.lua": "", "service/bootstrap.lua": ""}
	for name, c := range map[string]struct {
		at    string // the checkout's folder
		run   Run
		found string
		paths string
	}{
		"beside it":      {"skynet", Run{Main: "main.lua"}, "skynet", "./?.lua;./service/?.lua;skynet/service/?.lua | ./?.lua;./lualib/?.lua;./?/init.lua;skynet/lualib/?.lua;skynet/lualib/?/init.lua"},
		"in 3rd":         {"3rd/skynet", Run{Main: "main.lua", Path: "./?.lua", LuaPath: "./?.lua"}, "3rd/skynet", "./?.lua;3rd/skynet/service/?.lua | ./?.lua;3rd/skynet/lualib/?.lua;3rd/skynet/lualib/?/init.lua"},
		"by the script":  {"game/skynet", Run{Main: "game/main.lua", Path: "./?.lua", LuaPath: "./?.lua"}, "game/skynet", "./?.lua;game/skynet/service/?.lua | ./?.lua;game/skynet/lualib/?.lua;game/skynet/lualib/?/init.lua"},
		"named":          {"skynet", Run{Main: "main.lua", Path: "./?.lua", LuaPath: "skynet/lualib/?.lua"}, "", "./?.lua | skynet/lualib/?.lua"},
		"named by start": {"skynet", Run{Main: "main.lua", Path: "./?.lua;skynet/service/?.lua", LuaPath: "./?.lua"}, "", "./?.lua;skynet/service/?.lua | ./?.lua"},
		"given":          {"far/away", Run{Main: "main.lua", Path: "./?.lua", LuaPath: "./?.lua", Skynet: "far/away"}, "", "./?.lua;far/away/service/?.lua | ./?.lua;far/away/lualib/?.lua;far/away/lualib/?/init.lua"},
		"not wanted":     {"skynet", Run{Main: "main.lua", Path: "./?.lua", LuaPath: "./?.lua", Skynet: "none"}, "", "./?.lua | ./?.lua"},
		"not there":      {"skynet", Run{Main: "main.lua", Skynet: "nowhere"}, "", "--skynet nowhere: there is no nowhere/lualib/skynet.lua"},
	} {
		files := map[string]string{"main.lua": "", "game/main.lua": ""}
		for file, text := range checkout {
			files[c.at+"/"+file] = text
		}
		in(t, files)
		c.run.Console = "off"
		s, err := c.run.Resolve()
		got := strings.Join(s.ServicePath, ";") + " | " + s.LuaPath
		if err != nil {
			got = err.Error()
		}
		if got != c.paths || s.Skynet != c.found {
			t.Errorf("%s: got %q, %q", name, s.Skynet, got)
		}
	}
}

func TestMainHasArguments(t *testing.T) {
	in(t, map[string]string{"main.lua": "", "boot.lua": ""})
	for config, want := range map[string]string{
		`start = " main arg1  arg2 "`:                            "main arg1 arg2",
		`start = "gone" bootstrap = "snlua boot x"`:              "boot x",
		`start = "main" bootstrap = "snlua bootstrap"`:           "main",
		`bootstrap = "snlua  bootstrap"`:                         "main",
		`bootstrap = "harbor"`:                                   `bootstrap = "harbor": want "snlua SCRIPT"`,
		`start = "gone arg"`:                                     "gone: no such script; looked for ./gone.lua, ./service/gone.lua",
		`start = "gone" bootstrap = "snlua boot" flags = "main"`: "main given",
	} {
		if err := os.WriteFile("config", []byte(config), 0o644); err != nil {
			t.Fatal(err)
		}
		run := Run{Console: "off", ConfigFile: "config"}
		if strings.Contains(config, "flags") {
			run.Main, run.Args = "main", []string{"given"}
		}
		s, err := run.Resolve()
		got := strings.Join(append([]string{s.Main}, s.Args...), " ")
		if err != nil {
			got = err.Error()
		}
		if got != want {
			t.Errorf("%s: got %q, want %q", config, got, want)
		}
	}
}

func TestFaultsAreToldTogether(t *testing.T) {
	in(t, map[string]string{"main.lua": "", "config": `thread = "many" start_timeout = "soon"`})
	for name, c := range map[string]struct {
		run  Run
		want []string
	}{
		"flags":  {Run{Main: "main.lua", Console: "off", Watch: "maybe", LogFormat: "xml", Env: []string{"x"}, Workers: -1, DrainTimeout: -1}, []string{"--drain-timeout -1ns", `--watch "maybe"`, `--log-format "xml"`, `--env "x"`, "--workers -1"}},
		"absent": {Run{Main: "gone", Console: "off"}, []string{"gone: no such script", "./gone.lua", "./service/gone.lua"}},
		"none":   {Run{Console: "off"}, []string{"which script"}},
		"thread": {Run{Main: "main.lua", Console: "off", ConfigFile: "config"}, []string{`thread = "many"`, `start_timeout = "soon"`}},
	} {
		_, err := c.run.Resolve()
		for _, want := range c.want {
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%s: got %v, want %s in it", name, err, want)
			}
		}
	}
}

func TestFlags(t *testing.T) {
	in(t, map[string]string{"main.lua": "", "config": `thread = 8 color = "red" flag = true size = 1.5 big = 123456789012345`})
	s, err := Run{Main: "main.lua", Args: []string{"a"}, Console: "7000", Watch: "poll", LogFormat: "json", Env: []string{"color=a=b"}, ConfigFile: "config"}.Resolve()
	if err != nil {
		t.Fatal(err)
	}
	if s.Console != "127.0.0.1:7000" || !s.Watch || s.WatchMode != watch.Poll || !s.LogJSON || s.Workers != 8 || s.Args[0] != "a" {
		t.Errorf("got %+v", s)
	}
	want := map[string]string{"thread": "8", "color": "a=b", "flag": "true", "size": "1.5", "big": "123456789012345"}
	if !reflect.DeepEqual(s.Env, want) {
		t.Errorf("env: got %v, want %v", s.Env, want)
	}
}

func TestTimeouts(t *testing.T) {
	in(t, map[string]string{"main.lua": "", "config": `start_timeout = "2s" drain_timeout = "1m"`})
	s, err := Run{Main: "main.lua", Console: "off", ConfigFile: "config", DrainTimeout: 3 * time.Second}.Resolve()
	if err != nil || s.StartTimeout != 2*time.Second || s.DrainTimeout != 3*time.Second {
		t.Errorf("got %s, %s, %v", s.StartTimeout, s.DrainTimeout, err)
	}
}

func TestConfigIsBounded(t *testing.T) {
	in(t, map[string]string{
		"loop": "while true do end", "self": `include "self"`, "key": "_ENV[1] = 2", "missing": `include "sub/none"`, "os": "x = os.getenv 'HOME'",
		"sub/far": `include "near"`, "sub/near": "x = 1", "ok": `include "sub/far" y = x + 1`,
	})
	for file, want := range map[string]string{"loop": "too long", "self": "include each other", "missing": "sub/none", "os": "os:1: attempt to index a nil value (global 'os')"} {
		if _, err := ReadConfig(file); err == nil || !strings.Contains(filepath.ToSlash(err.Error()), want) {
			t.Errorf("%s: got %v, want %s in it", file, err, want)
		}
	}
	got, err := ReadConfig("ok")
	if err != nil || got["x"] != "1" || got["y"] != "2" {
		t.Errorf("ok: got %v, %v", got, err)
	}
}
