package main

import (
	"context"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
)

// TestRunLeavesNothing runs the whole program in this process, through a launch,
// a call, a reload and a failed reload, and looks for what is left of it.
func TestRunLeavesNothing(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("HOME", dir)
	main := filepath.Join(dir, "main.lua")
	saveFile(t, main, service("one"))
	before := stacks()

	ctx, cancel := context.WithCancel(t.Context())
	files := fds{in: open(t, os.DevNull, os.O_RDONLY), out: open(t, filepath.Join(dir, "out"), os.O_CREATE|os.O_WRONLY), err: open(t, filepath.Join(dir, "err"), os.O_CREATE|os.O_WRONLY)}
	status := make(chan int, 1)
	go func() { status <- run(ctx, files, []string{"--console", "127.0.0.1:0", main}) }()

	var address string
	await(t, "the console's address", func() bool {
		data, _ := os.ReadFile(files.err.Name())
		if m := consoleLine.FindSubmatch(data); m != nil {
			address = string(m[1])
		}
		return address != ""
	})
	answers := func(want string) func() bool {
		return func() bool {
			answer, ok, err := ask(address, `call main 1`)
			return err == nil && ok && strings.HasPrefix(answer, "1\t"+want+"\n")
		}
	}
	await(t, "the first code", answers("one"))
	saveFile(t, main, service("two"))
	await(t, "the new code", answers("two"))
	saveFile(t, main, "local = 1")
	await(t, "the failure", func() bool {
		answer, _, err := ask(address, "list")
		return err == nil && strings.Contains(answer, "main.lua:1:")
	})
	await(t, "the code that goes on", answers("two"))
	cancel()
	select {
	case got := <-status:
		if got != statusOK {
			t.Errorf("status %d, want %d", got, statusOK)
		}
	case <-time.After(endTime):
		t.Fatal("it doesn't end")
	}
	await(t, "the end of all goroutines", func() bool { return runtime.NumGoroutine() <= before })
}

// service is a script that answers every request with a word.
func service(word string) string {
	return `local skynet = require "skynet"
skynet.start(function()
	skynet.dispatch("lua", function() skynet.retpack "` + word + `" end)
end)
`
}

func saveFile(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func open(t *testing.T, name string, flag int) *os.File {
	t.Helper()
	f, err := os.OpenFile(name, flag, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

// await polls until cond holds.
func await(t *testing.T, what string, cond func() bool) {
	t.Helper()
	for deadline := time.Now().Add(startTime); !cond(); {
		if time.Now().After(deadline) {
			buf := make([]byte, 1<<16)
			t.Fatalf("%s: not after %s\n%s", what, startTime, buf[:runtime.Stack(buf, true)])
		}
		time.Sleep(pollTime)
	}
}

// stacks is how many goroutines there are. The one that passes signals on is
// there for good once a signal was asked for.
func stacks() int {
	s := catchSignals()
	s.release()
	return runtime.NumGoroutine()
}
