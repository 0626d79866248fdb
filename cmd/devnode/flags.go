package main

import (
	"os"

	"github.com/spf13/pflag"

	"devnode/cmd/devnode/internal/settings"
	"devnode/console"
)

// addressVariable names the environment variable that says where the console of
// the node is, for those that make one and for those that talk to one.
const addressVariable = "DEVNODE_CONSOLE"

func defaultAddress() string {
	if a := os.Getenv(addressVariable); a != "" {
		return a
	}
	return console.DefaultAddress
}

// runFlags are the flags of everything that runs a node.
type runFlags struct {
	settings.Run
}

func (o *runFlags) add(f *pflag.FlagSet) {
	o.addPaths(f)
	f.StringVar(&o.Console, "console", defaultAddress(), "where the console listens: `ADDR` is HOST:PORT, unix:PATH or off")
	f.StringVar(&o.TokenFile, "console-token", "", "a `FILE` with the secret that the console asks for first; needed for an ADDR that isn't loopback")
	f.StringVar(&o.Watch, "watch", "auto", "reload on save: `HOW` is auto, events, poll or false")
	f.BoolVar(&o.Verbose, "verbose", false, "the log says where the time of each save went")
	f.StringArrayVar(&o.Modes, "mode", nil, "what a save does to a service: `PATTERN=MODE`, such as 'db*=off'; MODE is auto, reload, fresh, patch, restart or off; may be given several times")
	f.StringArrayVar(&o.Env, "env", nil, "a setting that skynet.getenv reads: `KEY=VALUE`; may be given several times")
	f.IntVar(&o.Workers, "workers", 0, "how many `THREADS` run services (default: as many as there are processors)")
	f.DurationVar(&o.StartTimeout, "start-timeout", 0, "how long a new version of a service may take to start before its reload is given up, `TIME` such as 10s (default 5s)")
	f.DurationVar(&o.DrainTimeout, "drain-timeout", 0, "how long a replaced version may take to answer what it was asked, `TIME` such as 1m (default 10s)")
	f.StringVar(&o.LogFormat, "log-format", "text", "`FORMAT` of the log: text or json")
}

// addPaths adds those that say where scripts and modules are.
func (o *runFlags) addPaths(f *pflag.FlagSet) {
	o.Builtin = isBuiltin
	f.StringVar(&o.Path, "path", "", "where services are looked up: `TEMPLATES` such as 'service/?.lua;game/?.lua' (default: the folder of MAIN, then ./?.lua and ./service/?.lua)")
	f.StringVar(&o.LuaPath, "lua-path", "", "where require looks: `TEMPLATES` such as 'lualib/?.lua' (default: the folder of MAIN, then ./?.lua and ./lualib/?.lua)")
	f.StringVar(&o.ConfigFile, "config", "", "settings from a `FILE` in skynet's own format")
	f.StringVar(&o.Skynet, "skynet", "", "a checkout of skynet, whose modules and services are used where the project has none: `DIR` or none (default: skynet, ../skynet or 3rd/skynet, if --path, --lua-path and --config name none)")
}
