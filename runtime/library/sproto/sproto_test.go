package sproto_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"devnode/runtime"
	"devnode/runtime/library/librarytest"
)

// TestConformance wants the bytes, tables and errors of the library in C and skynet's parser, for 1,000 messages each way.
func TestConformance(t *testing.T) { librarytest.Conformance(t) }

// TestSlot wants a protocol that the new code of a service shares to be that of the services which use it from then on, and one
// of code that fails to start to change nothing.
func TestSlot(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) {
		if err := os.WriteFile(filepath.Join(dir, name+".lua"), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	loader := func(fields, more string) {
		write("main", `
			local skynet = require "skynet"
			local loader = require "sprotoloader"
			skynet.start(function()
				loader.save(require "sprotoparser".parse ".M { `+fields+` }", 1)
				`+more+`
				skynet.dispatch("lua", function() skynet.retpack(skynet.call(skynet.uniqueservice "user", "lua")) end)
			end)`)
	}
	loader("a 0 : integer", "")
	write("user", `
		local skynet = require "skynet"
		local sp
		skynet.start(function()
			sp = require "sprotoloader".load(1)
			skynet.dispatch("lua", function() skynet.retpack(sp:encode("M", { a = 1, b = "x" }):gsub(".", function(c) return ("%02x"):format(c:byte()) end)) end)
		end)`)
	var log strings.Builder
	n := runtime.New(runtime.Config{ServicePath: []string{dir + "/?.lua"}, Log: &log})
	defer n.Close()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	h, err := n.Launch(ctx, "main")
	if err != nil {
		t.Fatal(err)
	}
	ask := func(want string) {
		t.Helper()
		if values, err := n.Call(ctx, h); err != nil || values[0].String() != want {
			t.Errorf("got %v, %v, want %s", values, err, want)
		}
	}
	reload := func() error { return n.Reload(ctx, []runtime.Handle{h}, runtime.ReloadOptions{})[0].Err }
	ask("01000400")
	loader("a 0 : integer b 1 : string", "error 'not yet'")
	if reload() == nil {
		t.Error("code that fails to start took over")
	}
	ask("01000400")
	loader("a 0 : integer b 1 : string", "")
	if err := reload(); err != nil {
		t.Fatal(err)
	}
	ask("0200040000000100000078")
	loader("a 0 : integer b 1 : nothing", "")
	if err := reload(); err == nil || !strings.Contains(err.Error(), "Undefined type nothing in type M") {
		t.Errorf("a wrong description: %v", err)
	}
	ask("0200040000000100000078")
}
