package main

import (
	"net"
	"os"
	"path/filepath"
	"strings"
)

// greet says what runs, and how to go on.
func (s *server) greet() {
	say := s.tell
	switch {
	case s.embedded:
		say("the demo that is part of this program; `devnode new DIR` makes you a copy to edit")
	default:
		say("%s", strings.TrimSpace("running "+s.settings.Title()+" "+strings.Join(s.settings.Args, " ")))
	}
	if dir := s.settings.Skynet; dir != "" {
		say("modules and services that the project lacks are those of %s; --skynet DIR for others, --skynet none for none", dir)
	}
	if s.settings.Env["daemon"] != "" {
		say("daemon is left alone: the node stays on this terminal")
	}
	switch {
	case s.listener == nil:
		say("no console")
	case s.settings.Console != "" && strings.HasPrefix(s.settings.Console, "unix:"):
		say("console on %s: devnode console %s", s.settings.Console, s.settings.Console)
	default:
		host, port, _ := net.SplitHostPort(s.listener.Addr().String())
		say("console on %s: telnet %s %s", s.listener.Addr(), host, port)
	}
	switch {
	case s.watcher == nil:
		say("not watching: `reload` on the console brings in what was saved")
	case !s.embedded:
		say("edit %s, or any file that a service has loaded, and save: the running service has the new code", s.firstEdit())
	}
	if s.prompt != nil {
		say("type help here, or list; Ctrl-C stops")
	} else {
		say("Ctrl-C stops")
	}
}

// firstEdit is the file to begin with: the demo's echo, else the main script.
func (s *server) firstEdit() string {
	echo := filepath.Join(filepath.Dir(s.settings.MainFile), "echo.lua")
	if filepath.ToSlash(filepath.Dir(s.settings.MainFile)) == demoFolder {
		if _, err := os.Stat(echo); err == nil {
			return filepath.ToSlash(echo)
		}
	}
	return s.settings.Title()
}
