package runtime

import (
	"io"
	"os"
	"runtime"
	"time"

	"devnode/runtime/library"
)

// Config says how a node is made. The zero value is usable: it finds services
// in the working folder and logs to standard error.
type Config struct {
	// Workers is the number of threads that run services; 0 is GOMAXPROCS.
	Workers int
	// Log takes the log, one line a write. It is written to by one goroutine
	// at a time.
	Log io.Writer
	// Stdout is what print writes to, by any service at any time, one write
	// a call.
	Stdout io.Writer
	// Stderr is what io.stderr writes to, by any service at any time. The default
	// is standard error.
	Stderr io.Writer
	// Stdin is what socket.stdin reads. A read that is in progress when the
	// node is closed goes on.
	Stdin io.Reader
	// Env are the settings that skynet.getenv reads, beside those of the node
	// itself: thread, harbor, luaservice and so on have a default.
	Env map[string]string
	// ServicePath holds the templates by which a service's script is found:
	// "dir/?.lua". The default is "./?.lua" and "./service/?.lua".
	ServicePath []string
	// LuaPath is package.path. The default is "./?.lua;./lualib/?.lua;./?/init.lua".
	LuaPath string
	// LuaCPath is package.cpath: where a module in C would be, for messages.
	LuaCPath string
	// Loaded, if set, is told of every file that a service loads from disk, with
	// its absolute path and the hash of the bytes, and with the zero Hash of every
	// path where it looked for one in vain. It is called by any goroutine and
	// must not block.
	Loaded func(path string, hash Hash)
	// Modules are Lua modules written in Go, by the names that require knows
	// them by.
	Modules map[string]ModuleLoader
	// Libraries are Lua modules written in Go that may wait, belong to services and
	// take part in reloads. A script's own file of such a name comes first.
	Libraries []library.Module
	// Services are services written in Go, by the names that scripts launch them by.
	Services map[string]OpenService
	// EndlessAfter is for how long a service may be in one message before the
	// log says so; 0 is 5 s.
	EndlessAfter time.Duration
	// ReloadTimeout bounds the preparation of a new generation; 0 is 5 s.
	ReloadTimeout time.Duration
	// EndTimeout bounds how long the __close and __gc methods of a service that
	// ends, or of a generation, may take; 0 is 5 s.
	EndTimeout time.Duration
	// DrainTimeout bounds how long a replaced generation may take to answer
	// what it was asked; 0 is 10 s.
	DrainTimeout time.Duration
}

func (c Config) withDefaults() Config {
	if c.Workers <= 0 {
		c.Workers = runtime.GOMAXPROCS(0)
	}
	if c.Log == nil {
		c.Log = os.Stderr
	}
	if c.Stdout == nil {
		c.Stdout = os.Stdout
	}
	if c.Stderr == nil {
		c.Stderr = os.Stderr
	}
	if len(c.ServicePath) == 0 {
		c.ServicePath = []string{"./?.lua", "./service/?.lua"}
	}
	if c.LuaPath == "" {
		c.LuaPath = "./?.lua;./lualib/?.lua;./?/init.lua"
	}
	if c.EndlessAfter <= 0 {
		c.EndlessAfter = monitorPeriod
	}
	if c.ReloadTimeout <= 0 {
		c.ReloadTimeout = 5 * time.Second
	}
	if c.EndTimeout <= 0 {
		c.EndTimeout = 5 * time.Second
	}
	if c.DrainTimeout <= 0 {
		c.DrainTimeout = 10 * time.Second
	}
	return c
}
