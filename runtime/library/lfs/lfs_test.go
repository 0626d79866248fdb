package lfs_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"devnode/runtime"
)

// run launches a script whose start function does the test, with a folder of its own as
// its argument, and wants what it prints.
func run(t *testing.T, script, want string) {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "main.lua"), []byte(script), 0o644); err != nil {
		t.Fatal(err)
	}
	work := filepath.Join(dir, "work")
	if err := os.Mkdir(work, 0o755); err != nil {
		t.Fatal(err)
	}
	var out, log strings.Builder
	n := runtime.New(runtime.Config{ServicePath: []string{dir + "/?.lua"}, Stdout: &out, Log: &log})
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	_, err := n.Launch(ctx, "main", work)
	n.Close()
	if err != nil {
		t.Fatalf("%v\n%s", err, log.String())
	}
	if got := strings.ReplaceAll(out.String(), work, "DIR"); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestFiles(t *testing.T) {
	run(t, `local skynet = require "skynet"
local lfs = require "lfs"
local dir = ...
skynet.start(function()
	print(lfs.mkdir(dir .. "/a"))
	print(lfs.mkdir(dir .. "/a"))
	print(lfs.attributes(dir .. "/a", "mode"))
	print(lfs.attributes(dir .. "/none"))
	print(pcall(lfs.attributes, dir, "color"))
	local f = io.open(dir .. "/file", "w")
	print(pcall(lfs.lock, f, "x"))
	print(lfs.lock(f, "w"), lfs.unlock(f), lfs.setmode(f, "text"))
	f:write("12345") f:close()
	print(pcall(lfs.lock, f, "w"))
	print(lfs.touch(dir .. "/file", 1000, 2000))
	local all = lfs.attributes(dir .. "/file")
	print(all.mode, all.size, all.access, all.modification, all.permissions, math.type(all.size))
	local same = lfs.attributes(dir, all)
	print(same == all, all.mode)
	print(lfs.link(dir .. "/file", dir .. "/soft", true), lfs.link(dir .. "/file", dir .. "/hard"))
	print(lfs.symlinkattributes(dir .. "/soft", "mode"), lfs.symlinkattributes(dir .. "/soft", "target"))
	print(lfs.attributes(dir .. "/soft", "mode"), lfs.attributes(dir .. "/hard", "nlink"))
	print(lfs.rmdir(dir .. "/a"), lfs.attributes(dir .. "/a", "mode"))
	print(lfs.rmdir(dir .. "/file"))
	print(lfs.touch(dir .. "/none"))
end)`, `true
nil	File exists	17
directory
nil	cannot obtain information from file 'DIR/none': No such file or directory	2
false	invalid attribute name 'color'
false	lock: invalid mode
true	true	true	binary
false	lock: closed file
true
file	5	1000	2000	rw-r--r--	integer
true	directory
true	true
link	DIR/file
file	2
true	nil	cannot obtain information from file 'DIR/a': No such file or directory	2
nil	Not a directory	20
nil	No such file or directory	2
`)
}

func TestDirectories(t *testing.T) {
	run(t, `local skynet = require "skynet"
local lfs = require "lfs"
local dir = ...
skynet.start(function()
	for _, name in ipairs { "b", "a" } do lfs.mkdir(dir .. "/" .. name) end
	local names = {}
	for name, object in lfs.dir(dir) do names[#names + 1] = name end
	table.sort(names)
	print(table.concat(names, " "))
	local next, object = lfs.dir(dir)
	print(object:next(), object:close(), pcall(next, object))
	print(pcall(lfs.dir, dir .. "/none"))
	print(pcall(next, {}))
	local lock = lfs.lock_dir(dir)
	print(lfs.symlinkattributes(dir .. "/lockfile.lfs", "mode"), lfs.lock_dir(dir))
	lock:free()
	print(lfs.symlinkattributes(dir .. "/lockfile.lfs", "mode"))
	print(lfs.chdir(dir .. "/none"))
	local before = lfs.currentdir()
	print(lfs.chdir(dir), lfs.currentdir(), lfs.chdir(before), lfs.currentdir() == before)
end)`, `. .. a b
.	nil	false	bad argument #1 to '?' (closed directory)
false	cannot open DIR/none: No such file or directory
false	bad argument #1 to '?' (directory metatable expected, got table)
link	nil	File exists
nil	cannot obtain information from file 'DIR/lockfile.lfs': No such file or directory	2
nil	Unable to change working directory to 'DIR/none'
No such file or directory

true	DIR	true	true
`)
}

// A project's own lfs comes first, as before a library in C.
func TestOwnFileComesFirst(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"main.lua": `local skynet = require "skynet" skynet.start(function() print(require "lfs") end)`,
		"lfs.lua":  `return "own"`,
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	var out strings.Builder
	n := runtime.New(runtime.Config{ServicePath: []string{dir + "/?.lua"}, LuaPath: dir + "/?.lua", Stdout: &out})
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	_, err := n.Launch(ctx, "main")
	n.Close()
	if err != nil || !strings.HasPrefix(out.String(), "own") {
		t.Errorf("got %q, %v", out.String(), err)
	}
}
