package runtime_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	lua "github.com/yuin/gopher-lua"

	"devnode/runtime"
	"devnode/runtime/lua/value"
)

// scripts writes files into a new folder.
func scripts(files map[string]string) (dir string, remove func()) {
	dir, err := os.MkdirTemp("", "example")
	if err != nil {
		panic(err)
	}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			panic(err)
		}
	}
	return dir, func() { os.RemoveAll(dir) }
}

// A node in a test or a tool: it is made, a service is launched and called, and
// its code is replaced while it runs.
func Example() {
	dir, remove := scripts(map[string]string{"echo.lua": `
local skynet = require "skynet"
skynet.start(function()
	skynet.dispatch("lua", function(_, _, ...) skynet.retpack("one", ...) end)
end)`})
	defer remove()
	n := runtime.New(runtime.Config{ServicePath: []string{dir + "/?.lua"}, Log: os.Stderr, Stdout: os.Stdout})
	defer n.Close()
	ctx := context.Background()

	echo, err := n.Launch(ctx, "echo")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(n.Call(ctx, echo, lua.LString("hello")))

	os.WriteFile(filepath.Join(dir, "echo.lua"), []byte(`
local skynet = require "skynet"
skynet.start(function()
	skynet.dispatch("lua", function(_, _, ...) skynet.retpack("two", ...) end)
end)`), 0o644)
	record := n.Reload(ctx, []runtime.Handle{echo}, runtime.ReloadOptions{})[0]
	fmt.Println(record.Err, record.From, record.Generation)
	fmt.Println(n.Call(ctx, echo, lua.LString("hello")))
	// Output:
	// [one hello] <nil>
	// <nil> 1 2
	// [two hello] <nil>
}

// counter is a service written in Go.
type counter struct{ n int }

func (c *counter) Handle(s *runtime.Service, m runtime.Message) {
	c.n++
	answer := value.NewTable(0, 0)
	answer.RawSetString("count", lua.LNumber(c.n))
	s.Respond(m, answer)
}

// A service written in Go, beside those in Lua.
func ExampleNode_NewService() {
	dir, remove := scripts(map[string]string{"main.lua": `
local skynet = require "skynet"
skynet.start(function()
	skynet.send(".counter", "lua")
	print(skynet.call(".counter", "lua").count)
end)`})
	defer remove()
	n := runtime.New(runtime.Config{ServicePath: []string{dir + "/?.lua"}})
	defer n.Close()
	s, err := n.NewService(".counter", &counter{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer s.Close()
	if _, err := n.Launch(context.Background(), "main"); err != nil {
		fmt.Println(err)
	}
	// Output: 2
}

// A Lua module written in Go, with a function that takes long: while it is at
// work, the service handles other messages.
func ExampleAwait() {
	slow := func(L *lua.LState) int {
		x := L.CheckNumber(1)
		var result lua.LNumber
		runtime.Await(L, func() {
			time.Sleep(10 * time.Millisecond) // a query, a download
			result = 2 * x
		})
		L.Push(result)
		return 1
	}
	dir, remove := scripts(map[string]string{"main.lua": `
local skynet = require "skynet"
local slow = require "slow"
skynet.start(function()
	skynet.fork(function() print "meanwhile" end)
	print(slow.double(21))
end)`})
	defer remove()
	n := runtime.New(runtime.Config{
		ServicePath: []string{dir + "/?.lua"},
		Modules:     map[string]runtime.ModuleLoader{"slow": runtime.Functions(map[string]lua.LGFunction{"double": slow})},
	})
	defer n.Close()
	if _, err := n.Launch(context.Background(), "main"); err != nil {
		fmt.Println(err)
	}
	// Output:
	// meanwhile
	// 42
}

// fetcher is a service in Go that answers when a goroutine of its own is done.
type fetcher struct{}

func (fetcher) Handle(s *runtime.Service, m runtime.Message) {
	answer := s.Later(m)
	name := m.Data.Values()[0].String()
	go func() {
		if name == "" { // a query, a download
			answer(errors.New("no name"))
			return
		}
		answer(nil, lua.LString("hello "+name))
	}()
}

// A service written in Go that can't answer at once. A service must not block:
// it shares its thread with others.
func ExampleService_Later() {
	dir, remove := scripts(map[string]string{"main.lua": `
local skynet = require "skynet"
skynet.start(function()
	print(skynet.call(".fetcher", "lua", "world"))
	print((select(2, pcall(skynet.call, ".fetcher", "lua", "")):gsub("^.-:%d+: ", "")))
end)`})
	defer remove()
	n := runtime.New(runtime.Config{ServicePath: []string{dir + "/?.lua"}})
	defer n.Close()
	if _, err := n.NewService(".fetcher", fetcher{}); err != nil {
		fmt.Println(err)
		return
	}
	if _, err := n.Launch(context.Background(), "main"); err != nil {
		fmt.Println(err)
	}
	// Output:
	// hello world
	// call failed: no name
}
