package live

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	lua "github.com/yuin/gopher-lua"

	"devnode/runtime"
	"devnode/watch"
)

// patience is how long a test waits for what has to come.
const patience = 60 * time.Second

// world is a node, a watcher and a reloader over a folder of its own.
type world struct {
	t        testing.TB
	dir      string
	ctx      context.Context
	node     *runtime.Node
	reloader *Reloader
	log      logBook
}

// logBook is a log to look things up in.
type logBook struct {
	mu   sync.Mutex
	text strings.Builder
}

func (l *logBook) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *logBook) printf(format string, args ...any) {
	fmt.Fprintf(l, format+"\n", args...)
}

func (l *logBook) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// newWorld runs a node over files, by their names in its folder. Services are
// looked for in svc/, modules in over/, lib/ and cur/.
func newWorld(t testing.TB, files map[string]string) *world {
	t.Helper()
	return newWorldWith(t, files, Options{})
}

// newWorldWith is newWorld with options for the reloader.
func newWorldWith(t testing.TB, files map[string]string, options Options) *world {
	t.Helper()
	w := &world{t: t, dir: t.TempDir()}
	for name, text := range files {
		w.save(name, text)
	}
	watcher, err := watch.New(watch.Config{Log: w.log.printf})
	must(t, err)
	known := NewKnown()
	var path []string
	for _, folder := range []string{"over", "lib", "cur"} {
		path = append(path, filepath.Join(w.dir, folder, "?.lua"))
	}
	w.node = runtime.New(runtime.Config{
		Log: &w.log, Stdout: &w.log, Loaded: known.Loaded,
		ServicePath: []string{filepath.Join(w.dir, "svc", "?.lua")}, LuaPath: strings.Join(path, ";"),
	})
	options.Log = w.log.printf
	w.reloader = New(w.node, watcher, known, options)
	ctx, cancel := context.WithCancel(context.Background())
	w.ctx = ctx
	var run sync.WaitGroup
	run.Go(func() {
		if err := w.reloader.Run(ctx); err != nil {
			t.Error(err)
		}
	})
	t.Cleanup(func() {
		cancel()
		run.Wait()
		w.node.Close()
		must(t, watcher.Close())
		if t.Failed() && t.Context().Err() == nil {
			t.Log(w.log.String())
		}
	})
	return w
}

func (w *world) path(name string) string { return filepath.Join(w.dir, name) }

// save writes a file over.
func (w *world) save(name, text string) {
	w.t.Helper()
	must(w.t, os.MkdirAll(filepath.Dir(w.path(name)), 0o755))
	must(w.t, os.WriteFile(w.path(name), []byte(text), 0o644))
}

func (w *world) launch(name string, args ...string) runtime.Handle {
	w.t.Helper()
	h, err := w.node.Launch(w.ctx, name, args...)
	must(w.t, err)
	return h
}

// ask is what a service answers.
func (w *world) ask(h runtime.Handle, words ...string) string {
	values := make([]lua.LValue, len(words))
	for i, s := range words {
		values[i] = lua.LString(s)
	}
	got, err := w.node.Call(w.ctx, h, values...)
	if err != nil {
		return "error: " + err.Error()
	}
	texts := make([]string, len(got))
	for i, v := range got {
		texts[i] = v.String()
	}
	return strings.Join(texts, " ")
}

func (w *world) info(h runtime.Handle) runtime.ServiceInfo {
	w.t.Helper()
	info, err := w.node.Info(h)
	must(w.t, err)
	return info
}

// eventually waits until something holds.
func (w *world) eventually(what string, ok func() bool) {
	w.t.Helper()
	for end := time.Now().Add(patience); !ok(); time.Sleep(2 * time.Millisecond) {
		if time.Now().After(end) {
			w.t.Fatalf("not within %s: %s\n%s", patience, what, w.log.String())
		}
	}
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
