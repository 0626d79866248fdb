package main

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"

	"devnode/runtime"
)

// TestSecondInterrupt has a second ^C come while the node ends, and waits for a log that
// nobody reads: it ends at once, with the status that shells have for it.
func TestSecondInterrupt(t *testing.T) {
	dir := t.TempDir()
	saveFile(t, filepath.Join(dir, "main.lua"), service("one"))
	unread, log := io.Pipe()
	node := runtime.New(runtime.Config{Log: log, ServicePath: []string{dir + "/?.lua"}})
	if _, err := node.Launch(t.Context(), "main"); err != nil {
		t.Fatal(err)
	}
	s := &server{nodeParts: nodeParts{node: node}, stdin: newInput(os.Stdin).reader(func() {}), fds: fds{err: os.Stderr}}
	signals := &signals{caught: make(chan os.Signal, 1)}
	signals.caught <- os.Interrupt
	var status statusError
	if err := s.close(signals); !errors.As(err, &status) || status.code != statusInterrupted {
		t.Errorf("%v, want the status %d", err, statusInterrupted)
	}
	unread.Close() // the log can't be written any more: the node comes to its end
	<-node.Quiet()
}
