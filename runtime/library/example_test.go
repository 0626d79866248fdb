package library_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"devnode/runtime"
	"devnode/runtime/library"
)

// tasks are what a service waits for, by name. Its state outlives a reload.
type tasks struct{ waiting map[string]*library.Wait }

var waiting = library.ServiceState[*tasks]{
	New:  func(library.Service) *tasks { return &tasks{make(map[string]*library.Wait)} },
	Info: func(t *tasks) string { return fmt.Sprintf("%d bells", len(t.waiting)) },
}

// bell is a module with two functions: one task waits for a bell by name, another one
// rings it.
var bell = library.Module{
	Name: "bell",
	Functions: map[string]library.Function{
		"wait": func(c library.Call) {
			name, wait := c.String(1), c.NewWait()
			waiting.Of(c.Service()).waiting[name] = wait
			wait.Park()
			c.Return(library.String(name + " rang"))
		},
		"ring": func(c library.Call) {
			wait := waiting.Of(c.Service()).waiting[c.String(1)]
			if wait == nil {
				c.Fail("nobody waits")
				return
			}
			delete(waiting.Of(c.Service()).waiting, c.String(1))
			time.AfterFunc(time.Millisecond, wait.Wake) // any goroutine may wake it
			c.Return(library.Bool(true))
		},
	},
}

// A library in Go: a task waits until Go code wakes it.
func Example() {
	dir, err := os.MkdirTemp("", "library")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	os.WriteFile(filepath.Join(dir, "main.lua"), []byte(`
local skynet = require "skynet"
local bell = require "bell"
skynet.start(function()
	skynet.fork(function() print(bell.ring("noon")) print(bell.ring("midnight")) end)
	print(bell.wait("noon"))
end)`), 0o644)
	n := runtime.New(runtime.Config{ServicePath: []string{dir + "/?.lua"}, Log: os.Stderr, Stdout: os.Stdout, Libraries: []library.Module{bell}})
	defer n.Close()
	if _, err := n.Launch(context.Background(), "main"); err != nil {
		fmt.Println(err)
	}
	// Output:
	// true
	// nil	nobody waits
	// noon rang
}
