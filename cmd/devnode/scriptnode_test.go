package main

import (
	"bytes"
	"context"
	"errors"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"syscall"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// Deadlines of the scripts: generous, for they only end a test that has failed.
const (
	startTime = time.Minute
	endTime   = time.Minute
)

// nodeProcess is the devnode that a script has started.
type nodeProcess struct {
	cmd   *exec.Cmd
	ended chan struct{} // closed when the process has
	err   error         // how it ended
}

var consoleLine = regexp.MustCompile(`(?m)^devnode: console on (\S+):`)

// cmdNode is the script command `node`.
func cmdNode(ts *testscript.TestScript, neg bool, args []string) {
	n := ts.Value(scriptNode{}).(*nodeProcess)
	if len(args) == 0 {
		ts.Fatalf("usage: node start|stop|wait")
	}
	switch args[0] {
	case "start":
		n.start(ts, args[1:])
	case "stop":
		began := time.Now()
		n.interrupt(ts)
		n.wait(ts, neg)
		ts.Logf("ended %s after ^C", time.Since(began).Round(time.Millisecond))
	case "interrupt":
		n.interrupt(ts)
	case "hangup":
		ts.Check(n.cmd.Process.Signal(syscall.SIGHUP))
	case "wait":
		n.wait(ts, neg)
	default:
		ts.Fatalf("node %s: want start, stop, interrupt, hangup or wait", args[0])
	}
}

// start runs devnode and waits until it has said where its console is. Its services
// may still be starting: a script that asks or edits them waits until they are running.
func (n *nodeProcess) start(ts *testscript.TestScript, args []string) {
	if n.running() {
		ts.Fatalf("node start: one is running")
	}
	name, err := execPath(ts)
	ts.Check(err)
	ctx, cancel := context.WithCancel(context.Background())
	n.cmd = exec.CommandContext(ctx, name, withConsole(args)...)
	n.cmd.Dir = ts.MkAbs(".")
	n.cmd.Env = scriptEnv(ts)
	out, err := os.Create(ts.MkAbs("node.out"))
	ts.Check(err)
	errs, err := os.Create(ts.MkAbs("node.err"))
	ts.Check(err)
	n.cmd.Stdout, n.cmd.Stderr = out, errs
	ts.Check(n.cmd.Start())
	ended := make(chan struct{})
	n.ended = ended
	go func() {
		n.err = n.cmd.Wait()
		out.Close()
		errs.Close()
		close(ended)
	}()
	ts.Defer(func() {
		cancel()
		<-ended
		if data, err := os.ReadFile(errs.Name()); err == nil && bytes.Contains(data, []byte("DATA RACE")) {
			ts.Logf("%s", data)
			ts.Fatalf("node: a data race")
		}
	})
	if hasConsole(args) {
		n.awaitConsole(ts, errs.Name())
	}
}

// awaitConsole finds the console's address in what the node says, and keeps it
// where devnode's own commands look for it.
func (n *nodeProcess) awaitConsole(ts *testscript.TestScript, log string) {
	for deadline := time.Now().Add(startTime); ; {
		data, _ := os.ReadFile(log)
		if m := consoleLine.FindSubmatch(data); m != nil {
			ts.Setenv("DEVNODE_CONSOLE", string(m[1]))
			if _, port, err := net.SplitHostPort(string(m[1])); err == nil {
				ts.Setenv("PORT", port)
			}
			return
		}
		select {
		case <-n.ended:
			ts.Fatalf("node start: it ended: %v\n%s", n.err, data)
		case <-time.After(pollTime):
		}
		if time.Now().After(deadline) {
			ts.Fatalf("node start: it doesn't say where its console is:\n%s", data)
		}
	}
}

// withConsole gives the node a console on a free port, unless it has one.
func withConsole(args []string) []string {
	for _, a := range args {
		if a == "--console" || strings.HasPrefix(a, "--console=") {
			return args
		}
	}
	if len(args) > 0 && args[0] == "run" {
		return append([]string{"run", "--console", "127.0.0.1:0"}, args[1:]...)
	}
	return append([]string{"--console", "127.0.0.1:0"}, args...)
}

func hasConsole(args []string) bool {
	joined := strings.Join(args, " ")
	return !strings.Contains(joined, "--console off") && !strings.Contains(joined, "--console=off")
}

func (n *nodeProcess) running() bool {
	if n.cmd == nil {
		return false
	}
	select {
	case <-n.ended:
		return false
	default:
		return true
	}
}

func (n *nodeProcess) interrupt(ts *testscript.TestScript) {
	if runtime.GOOS == "windows" {
		ts.Check(n.cmd.Process.Kill())
		return
	}
	ts.Check(n.cmd.Process.Signal(os.Interrupt))
}

// wait waits for the end of the node; neg asks for an exit status other than 0.
func (n *nodeProcess) wait(ts *testscript.TestScript, neg bool) {
	select {
	case <-n.ended:
	case <-time.After(endTime):
		ts.Fatalf("node: it hasn't ended after %s", endTime)
	}
	var exit *exec.ExitError
	switch {
	case n.err != nil && !errors.As(n.err, &exit):
		ts.Fatalf("node: %v", n.err)
	case neg && n.err == nil:
		ts.Fatalf("node: it succeeded, a failure was expected")
	case !neg && n.err != nil:
		ts.Fatalf("node: %v\n%s", n.err, ts.ReadFile("node.err"))
	}
}

func execPath(ts *testscript.TestScript) (string, error) {
	name := "devnode"
	if runtime.GOOS == "windows" {
		name += ".exe"
	}
	for _, dir := range filepath.SplitList(ts.Getenv("PATH")) {
		path := filepath.Join(dir, name)
		if _, err := os.Stat(path); err == nil {
			return path, nil
		}
	}
	return "", errors.New("devnode isn't in PATH")
}

// scriptEnv is the environment of what a script starts.
func scriptEnv(ts *testscript.TestScript) []string {
	var env []string
	for _, key := range []string{"PATH", "HOME", "TMPDIR", "WORK", "NO_COLOR", "GORACE", "GOCOVERDIR", "SystemRoot", "TEMP", "GREETING"} {
		if v := ts.Getenv(key); v != "" {
			env = append(env, key+"="+v)
		}
	}
	return env
}
