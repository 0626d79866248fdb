// Package librarytest runs the Lua side of a library's tests in a service of a node.
package librarytest

import (
	"context"
	_ "embed"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"devnode/runtime"
)

//go:embed vectors.lua
var vectors string

//go:embed mutator.lua
var mutator string

//go:embed mutate.lua
var mutate string

// Output runs a Lua file in the start function of a service, with arguments, and returns what it prints.
func Output(t testing.TB, file string, args ...string) string {
	t.Helper()
	path, err := filepath.Abs(file)
	if err != nil {
		t.Fatal(err)
	}
	return Run(t, `
		local skynet = require "skynet"
		local args = table.pack(...)
		skynet.start(function() assert(loadfile(args[1]))(table.unpack(args, 2, args.n)) end)`, append([]string{path}, args...)...)
}

// Conformance runs testdata/conformance.lua, and wants it to print what lua5.4 prints with the library in C, line by line:
// testdata/conformance.txt.
func Conformance(t testing.TB) {
	t.Helper()
	want, err := os.ReadFile("testdata/conformance.txt")
	if err != nil {
		t.Fatal(err)
	}
	got := strings.Split(Output(t, "testdata/conformance.lua"), "\n")
	lines := strings.Split(string(want), "\n")
	for i, line := range lines {
		if i >= len(got) {
			t.Fatalf("only %d lines of %d", len(got), len(lines))
		}
		if got[i] != line {
			t.Errorf("line %d: got\n%s\nwant\n%s", i+1, got[i], line)
		}
	}
}

// AcrossReload calls a service of a script, reloads it, and calls it again. It returns both answers.
func AcrossReload(t testing.TB, script string) (before, after string) {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "main.lua"), []byte(script), 0o644); err != nil {
		t.Fatal(err)
	}
	var log strings.Builder
	n := runtime.New(runtime.Config{ServicePath: []string{dir + "/?.lua"}, Log: &log})
	defer n.Close()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	h, err := n.Launch(ctx, "main")
	if err != nil {
		t.Fatal(err)
	}
	ask := func() string {
		values, err := n.Call(ctx, h)
		if err != nil {
			t.Fatal(err)
		}
		return fmt.Sprint(values)
	}
	before = ask()
	if err := n.Reload(ctx, []runtime.Handle{h}, runtime.ReloadOptions{})[0].Err; err != nil {
		t.Fatal(err)
	}
	after = ask()
	n.Close() // which writes no more to the log
	t.Log(log.String())
	return before, after
}

// Run launches a service of a script, with arguments, and returns what it has printed when its start function has ended. An
// error in that ends the test.
func Run(t testing.TB, script string, args ...string) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "main.lua"), []byte(script), 0o644); err != nil {
		t.Fatal(err)
	}
	var out, log strings.Builder
	n := runtime.New(runtime.Config{ServicePath: []string{dir + "/?.lua"}, Stdout: &out, Log: &log})
	ctx, cancel := context.WithTimeout(context.Background(), time.Hour)
	defer cancel()
	_, err := n.Launch(ctx, "main", args...)
	n.Close()
	if err != nil {
		t.Fatalf("%v\n%s", err, log.String())
	}
	return out.String()
}

// Vectors calls the functions of a module with the arguments of a file's lines, and wants the results that stand there: what
// the library in C returned. A line is the function's name, arguments, and = and the result, or ! and the error:
//
//	hashkey 68656c6c6f = c1a4e0b7ad1e7f5d
//	xor_str 61 "" ! Can't xor empty string
//
// Strings are in hex, the empty one is "". A third argument of one digit is a number.
func Vectors(t testing.TB, module, file string) {
	t.Helper()
	path, err := filepath.Abs(file)
	if err != nil {
		t.Fatal(err)
	}
	out := Run(t, vectors, module, path)
	if !strings.HasPrefix(out, "all of ") {
		t.Error(out)
	}
}

// Mutate calls functions of a module, of up to three strings, with the lines of a file, changed at random: for some time, or
// for as many seconds as the environment's LIBRARY_FUZZ says, which also has the changes be others each time. Nothing but Lua
// errors may come of it.
func Mutate(t testing.TB, module, functions, file string) {
	t.Helper()
	path, err := filepath.Abs(file)
	if err != nil {
		t.Fatal(err)
	}
	seed, seconds := fuzzing("1")
	t.Logf("seed %s: %s", seed, Run(t, mutator+mutate, module, functions, seed, seconds, path))
}

// Damaged runs a Lua file that decodes damaged input, with the function mutator of mutator.lua, a seed and how many seconds it
// may take: ten, with the same seed each time, or as many as the environment's LIBRARY_FUZZ says, with another one.
func Damaged(t testing.TB, file string) {
	t.Helper()
	path, err := filepath.Abs(file)
	if err != nil {
		t.Fatal(err)
	}
	seed, seconds := fuzzing("10")
	t.Logf("seed %s: %s", seed, Run(t, mutator+`
		local skynet = require "skynet"
		local path, seed, seconds = ...
		skynet.start(function() assert(loadfile(path))(mutator, seed, seconds) end)`, path, seed, seconds))
}

// fuzzing is a fixed seed and the given seconds, or another seed and the seconds of the environment's LIBRARY_FUZZ.
func fuzzing(short string) (seed, seconds string) {
	if long := os.Getenv("LIBRARY_FUZZ"); long != "" {
		return strconv.FormatInt(rand.Int64(), 10), long
	}
	return "20240229", short
}
