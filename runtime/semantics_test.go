package runtime

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	goruntime "runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/tools/txtar"
)

// lockedBuffer is a bytes.Buffer for several writers.
type lockedBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}

// testNode is a node on a folder of its own. At the end of the test it is
// closed, and nothing of it may be left: no goroutine, service or session.
type testNode struct {
	*Node
	t   testing.TB
	dir string
	ctx context.Context
	log *lockedBuffer
	out *lockedBuffer
}

func newTestNode(t testing.TB, files map[string]string, change func(*Config)) *testNode {
	t.Helper()
	before := goruntime.NumGoroutine()
	tn := &testNode{t: t, dir: t.TempDir(), ctx: testContext(t), log: &lockedBuffer{}, out: &lockedBuffer{}}
	for name, content := range files {
		tn.write(name, content)
	}
	config := Config{
		ServicePath: []string{tn.dir + "/?.lua"},
		LuaPath:     tn.dir + "/?.lua;" + tn.dir + "/?/init.lua",
		Log:         tn.log,
		Stdout:      tn.out,
		Workers:     max(2, goruntime.GOMAXPROCS(0)), // some scripts keep one busy
		// It bounds hanging here: a start may take long where the machine is loaded.
		ReloadTimeout: time.Minute,
	}
	if change != nil {
		change(&config)
	}
	tn.Node = New(config)
	t.Cleanup(func() {
		tn.Close()
		// A test's goroutine may be about to return from a call.
		if !waitFor(t, "all services but the node's own 4 to end", func() bool { return len(tn.services()) == 4 }) {
			for _, s := range tn.services() {
				t.Logf("left: %s %s", s.actor.Handle(), s.script)
			}
		}
		if !waitFor(t, "goroutines to end", func() bool { return goruntime.NumGoroutine() <= before }) {
			stacks := make([]byte, 1<<20)
			t.Logf("%s", stacks[:goruntime.Stack(stacks, true)])
		}
		if t.Failed() {
			t.Logf("log:\n%s", tn.log)
		}
	})
	return tn
}

func (tn *testNode) write(name, content string) {
	tn.t.Helper()
	path := filepath.Join(tn.dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		tn.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		tn.t.Fatal(err)
	}
}

func testContext(t testing.TB) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), 60*time.Second)
	t.Cleanup(cancel)
	return ctx
}

// launch starts a service, which must succeed.
func (tn *testNode) launch(script string, args ...string) Handle {
	tn.t.Helper()
	h, err := tn.Launch(tn.ctx, script, args...)
	if err != nil {
		tn.t.Fatal(err)
	}
	return h
}

// waitFor polls for what has no event of its own.
func waitFor(t testing.TB, what string, ok func() bool) bool {
	t.Helper()
	for deadline := time.Now().Add(60 * time.Second); !ok(); {
		if time.Now().After(deadline) {
			t.Errorf("waited in vain for %s", what)
			return false
		}
		time.Sleep(2 * time.Millisecond)
	}
	return true
}

// TestSemantics runs the scripts in testdata/semantics: main.lua is launched,
// and once it has aborted the node, what was printed must be `want`, and each
// line of `log` be part of the log, and none of `unlogged`. DIR stands for the
// scripts' folder.
func TestSemantics(t *testing.T) {
	paths, err := filepath.Glob("testdata/semantics/*.txtar")
	if err != nil || len(paths) == 0 {
		t.Fatal("no scripts", err)
	}
	for _, path := range paths {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(path)
			if err != nil {
				t.Fatal(err)
			}
			files := map[string]string{}
			for _, f := range archive.Files {
				files[f.Name] = string(f.Data)
			}
			runScript(t, files)
		})
	}
}

func runScript(t *testing.T, files map[string]string) {
	want, wantLog, unlogged := files["want"], files["log"], files["unlogged"]
	for _, name := range []string{"want", "log", "unlogged"} {
		delete(files, name)
	}
	tn := newTestNode(t, files, func(c *Config) { c.Env = map[string]string{"given": "value"} })
	if _, err := tn.launchAny(); err != nil {
		t.Fatal(err)
	}
	select {
	case <-tn.Aborted():
	case <-testContext(t).Done():
		t.Fatalf("main.lua has not aborted the node; it printed:\n%s\nlog:\n%s", tn.out, tn.log)
	}
	tn.Close()
	if got := strings.ReplaceAll(tn.out.String(), tn.dir, "DIR"); got != want {
		t.Errorf("printed:\n%s\nwant:\n%s\nlog:\n%s", got, want, tn.log)
	}
	log := strings.ReplaceAll(tn.log.String(), tn.dir, "DIR")
	for line := range strings.Lines(wantLog) {
		if line = strings.TrimSuffix(line, "\n"); !strings.Contains(log, line) {
			t.Errorf("the log lacks %q:\n%s", line, tn.log)
		}
	}
	for line := range strings.Lines(unlogged) {
		if line = strings.TrimSuffix(line, "\n"); strings.Contains(log, line) {
			t.Errorf("the log has %q:\n%s", line, tn.log)
		}
	}
}

// launchAny launches main without waiting for its start function, which may
// abort the node.
func (tn *testNode) launchAny() (*Service, error) {
	return tn.Node.launch(nil, "main", nil, func(*Service, error) {})
}
