package pbc_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"devnode/runtime"
	"devnode/runtime/library/librarytest"
)

// TestConformance wants the bytes, tables and errors of pbc in C, for some 900 messages and types.
func TestConformance(t *testing.T) { librarytest.Conformance(t) }

// TestDamaged decodes what was changed at random: for ten seconds, or as long as the environment's LIBRARY_FUZZ says, in seconds, which
// also has the changes be others each time.
func TestDamaged(t *testing.T) { librarytest.Damaged(t, "testdata/fuzz.lua") }

// script registers a file once, keeps that it has, and says which fields its type has.
const script = `
	local skynet = require "skynet"
	local c = require "protobuf.c"
	local P = c._env_new()
	local registered
	skynet.start(function()
		skynet.dispatch("lua", function()
			local was = registered
			if not registered or %s then
				c._env_register(P, "%s")
				registered = true
			end
			skynet.retpack(tostring(was), c._env_type(P, "game.A", "old"), c._env_type(P, "game.A", "new"))
		end)
	end)`

// The file a.proto with a message game.A, of a field old, and of one new.
const (
	oldFile = `\10\33\10\7a.proto\18\4game\34\16\10\1A\18\11\10\3old\24\1\32\1\40\5`
	newFile = `\10\33\10\7a.proto\18\4game\34\16\10\1A\18\11\10\3new\24\1\32\1\40\5`
)

// TestReload wants the types that a service has registered be there in its next version, and be described anew by a file that the new
// code registers, but not where that fails to start.
func TestReload(t *testing.T) {
	dir := t.TempDir()
	write := func(again, file, more string) {
		text := fmt.Sprintf(script, again, file) + more
		if err := os.WriteFile(filepath.Join(dir, "main.lua"), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write("false", oldFile, "")
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
		if values, err := n.Call(ctx, h); err != nil || fmt.Sprint(values) != want {
			t.Errorf("got %v, %v, want %s", values, err, want)
		}
	}
	reload := func() error { return n.Reload(ctx, []runtime.Handle{h}, runtime.ReloadOptions{})[0].Err }
	ask("[nil 1 0]")
	write("false", newFile, "")
	if err := reload(); err != nil {
		t.Fatal(err)
	}
	ask("[true 1 0]")
	write("true", newFile, `c._env_register(P, "`+newFile+`") error "not yet"`)
	if reload() == nil {
		t.Error("code that fails to start took over")
	}
	ask("[true 1 0]")
	write("true", newFile, "")
	if err := reload(); err != nil {
		t.Fatal(err)
	}
	ask("[true 0 1]")
}

// TestShared wants an environment that one service hands to others be theirs, too, while it registers more.
func TestShared(t *testing.T) {
	out := librarytest.Run(t, `
		local skynet = require "skynet"
		local c = require "protobuf.c"
		local what = ...
		skynet.start(function()
			if what then
				skynet.dispatch("lua", function(_, _, P)
					local ok = 0
					for i = 1, 2000 do
						local w = c._wmessage_new(P, "game.A")
						c._wmessage_int(w, "old", i)
						local t = {}
						if c._decode(P, print, t, "game.A", c._wmessage_buffer_string(w)) and t.old == i then ok = ok + 1 end
					end
					skynet.retpack(ok)
				end)
				return
			end
			local P = c._env_new()
			c._env_register(P, "`+oldFile+`")
			local left, users = 4, {}
			for i = 1, 4 do
				local user = skynet.newservice("main", "user")
				skynet.fork(function()
					print(skynet.call(user, "lua", P))
					left = left - 1
				end)
			end
			local i = 0
			repeat
				i = i + 1
				c._env_register(P, ("\10\33\10\7%s.proto\18\4game\34\16\10\1%s\18\11\10\3old\24\1\32\1\40\5"):format(string.char(97 + i % 20), string.char(66 + i % 20)))
				skynet.yield()
			until left == 0
		end)`)
	if out != strings.Repeat("2000\n", 4) {
		t.Errorf("got %s", out)
	}
}
