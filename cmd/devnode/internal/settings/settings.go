// Package settings turns the command line, and skynet's configuration file, into
// what a node is made of. Flags win over the file.
package settings

import (
	"errors"
	"fmt"
	"maps"
	"strconv"
	"strings"
	"time"

	"devnode/cmd/devnode/internal/live"
	"devnode/watch"
)

// Run are the flags and arguments of `devnode run`, as given.
type Run struct {
	Main       string   // a service name or a .lua file
	Args       []string // of main
	Console    string   // host:port, unix:PATH or off
	TokenFile  string   // for a console on another address than loopback
	Path       string   // templates of services, by ;
	LuaPath    string   // templates of modules, by ;
	Watch      string   // false, true, auto, poll, events
	Env        []string // KEY=VALUE
	ConfigFile string
	Skynet     string // a checkout of skynet, none, or empty to look for one
	Workers    int
	Modes      []string // PATTERN=MODE
	LogFormat  string   // text or json
	Verbose    bool     // the log says where the time of saves went
	// How long a new version may take to start, and a replaced one to answer what
	// it was asked; 0 for what the file says, or the default.
	StartTimeout, DrainTimeout time.Duration
	// Builtin tells of services that need no script; nil for none.
	Builtin func(name string) bool
}

// Settings are what a node is made of. Every field is filled in.
type Settings struct {
	Main        string   // the name that the main service is launched by
	MainFile    string   // its script, empty for a service that has none
	Args        []string // its arguments
	Console     string   // empty for none
	TokenFile   string
	ServicePath []string
	LuaPath     string
	LuaCPath    string
	Skynet      string // a checkout that was found, and that nobody has named
	Watch       bool
	WatchMode   watch.Mode
	Modes       *live.Modes // what a save does to which service
	Env         map[string]string
	Workers     int // 0: as many as there are processors
	LogFile     string
	LogJSON     bool
	Verbose     bool // the log says where the time of saves went
	// 0 for the runtime's defaults.
	StartTimeout, DrainTimeout time.Duration
}

// Resolve reads the configuration file, if there is one, applies the flags and
// looks for the main script. It reports all faults at once.
func (r Run) Resolve() (Settings, error) {
	var faults []error
	fault := func(err error) {
		if err != nil {
			faults = append(faults, err)
		}
	}
	s := Settings{Env: map[string]string{}, TokenFile: r.TokenFile, Verbose: r.Verbose}
	if r.ConfigFile == "" && IsConfig(r.Main) {
		r.ConfigFile, r.Main = r.Main, ""
	}
	if r.ConfigFile != "" {
		vars, err := ReadConfig(r.ConfigFile)
		if err != nil {
			return s, err // nothing else can be judged without it
		}
		s.Env = vars
	}
	fault(r.setEnv(s.Env))
	fault(s.setConsole(r.Console))
	fault(s.setWatch(r.Watch))
	fault(s.setModes(r.Modes))
	fault(s.setLog(r.LogFormat))
	fault(s.setWorkers(r.Workers))
	fault(s.setTimeout(&s.StartTimeout, r.StartTimeout, "start_timeout"))
	fault(s.setTimeout(&s.DrainTimeout, r.DrainTimeout, "drain_timeout"))
	fault(s.setMain(r))
	return s, errors.Join(faults...)
}

// setEnv adds the settings of the command line.
func (r Run) setEnv(env map[string]string) error {
	given := map[string]string{}
	for _, pair := range r.Env {
		key, value, ok := strings.Cut(pair, "=")
		if !ok || key == "" {
			return fmt.Errorf("--env %q: want KEY=VALUE", pair)
		}
		given[key] = value
	}
	maps.Copy(env, given)
	return nil
}

func (s *Settings) setConsole(address string) error {
	switch address {
	case "off", "false", "none":
		return nil
	case "":
		return errors.New("--console: want HOST:PORT, unix:PATH or off")
	}
	if _, err := strconv.Atoi(address); err == nil {
		address = "127.0.0.1:" + address
	}
	s.Console = address
	return nil
}

func (s *Settings) setWatch(how string) error {
	switch how {
	case "false", "off", "no":
		return nil
	case "", "true", "on":
		how = "auto"
	}
	mode, err := watch.ParseMode(how)
	if err != nil {
		return fmt.Errorf("--watch %q: want auto, events, poll or false", how)
	}
	s.Watch, s.WatchMode = true, mode
	return nil
}

func (s *Settings) setModes(flags []string) error {
	modes, err := live.NewModes(flags)
	s.Modes = modes
	return err
}

func (s *Settings) setLog(format string) error {
	switch format {
	case "", "text":
	case "json":
		s.LogJSON = true
	default:
		return fmt.Errorf("--log-format %q: want text or json", format)
	}
	if !s.LogScript() {
		s.LogFile = s.Env["logger"]
	}
	return nil
}

// LogScript tells whether it is a script that takes the log.
func (s *Settings) LogScript() bool { return s.Env["logservice"] == "snlua" }

func (s *Settings) setWorkers(n int) error {
	if n < 0 {
		return fmt.Errorf("--workers %d: want a number above zero", n)
	}
	s.Workers = n
	if thread := s.Env["thread"]; n == 0 && thread != "" {
		got, err := strconv.Atoi(thread)
		if err != nil || got < 1 {
			return fmt.Errorf("thread = %q: want a number above zero", thread)
		}
		s.Workers = got
	}
	return nil
}

// setTimeout takes a time from its flag or, failing that, from the settings.
func (s *Settings) setTimeout(to *time.Duration, flag time.Duration, key string) error {
	name := "--" + strings.ReplaceAll(key, "_", "-")
	if flag < 0 {
		return fmt.Errorf("%s %s: want a time above zero", name, flag)
	}
	*to = flag
	if text := s.Env[key]; flag == 0 && text != "" {
		d, err := time.ParseDuration(text)
		if err != nil || d <= 0 {
			return fmt.Errorf("%s = %q: want a time such as 500ms or 10s", key, text)
		}
		*to = d
	}
	return nil
}
