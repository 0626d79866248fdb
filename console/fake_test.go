package console

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"time"
)

// fakeNode is a node with a fixed set of services, whose answers depend on
// nothing but the request. It plays every group.
type fakeNode struct {
	mu       sync.Mutex
	services []Service
	env      map[string]string
	next     Address
	hung     chan struct{} // what a hung service waits for
	calls    int           // requests that are waiting for a hung service now
}

func newFakeNode() *fakeNode {
	noon := time.Date(2026, 1, 2, 12, 0, 0, 0, time.UTC)
	return &fakeNode{
		hung: make(chan struct{}),
		next: 0x10,
		env:  map[string]string{"start": "main", "thread": "8", "城市": "长沙"},
		services: []Service{
			{Address: 1, Kind: "logger", Names: []string{".logger"}, System: true, State: "running"},
			{Address: 2, Kind: "snlua", Script: "launcher", Names: []string{".launcher"}, System: true, State: "running"},
			{Address: 8, Kind: "snlua", Script: "main", Generation: 1, State: "running", Messages: 3,
				CPU: 240 * time.Microsecond, Memory: 49756, Tasks: 1},
			{Address: 9, Kind: "snlua", Script: "echo", Args: "1", Names: []string{".echo", "ECHO"}, Generation: 3, State: "running",
				ReloadStatus: ReloadStatus{LastReload: noon, ReloadNote: "2 → 3, 4 ms"}, Messages: 1520, CPU: 1500 * time.Millisecond, Memory: 3 << 20, Tasks: 4},
			{Address: 10, Kind: "snlua", Script: "gate", Args: "玩家 一区", Generation: 1, State: "running", Mailbox: 12,
				ReloadStatus: ReloadStatus{Error: "gate.lua:7: '=' expected near 'x'\nstack traceback:\n\t[C]: in ?"}, Messages: 7, Memory: -1, Tasks: 2},
			{Address: 11, Kind: "snlua", Script: "worker", Args: "a b c", Generation: 1, State: "running", Memory: 2048, Messages: 3},
			{Address: 12, Kind: "snlua", Script: "worker", Args: "d", Generation: 2, State: "draining", Memory: 2048, Messages: 4},
			{Address: 13, Kind: "snlua", Script: "spin", Generation: 1, State: "running", Memory: -1, Mailbox: 2, Endless: true, Tasks: 1,
				Doing: "lua from :00000009 for 3.2s, spin.lua:33"},
		},
	}
}

func (f *fakeNode) backend() Backend {
	j := NewJournal(100)
	at := time.Date(2026, 1, 2, 12, 0, 0, 0, time.UTC)
	j.Append(LogLine{Time: at, Level: "info", Address: 9, Text: "hello"})
	j.Append(LogLine{Time: at.Add(time.Second), Level: "error", Address: 10, Text: "boom\n\tin gate.lua:7"})
	j.Append(LogLine{Time: at.Add(2 * time.Second), Level: "", Address: 0, Text: "clear \x1b[2J screen"})
	return Backend{
		Node: f, Reloader: f, Evaluator: f, Environ: f, MailLog: f, Tracer: f, Watcher: f,
		Sockets: f, Uniques: f, CodeCache: f, Journal: j,
	}
}

// wait blocks as a hung service does, until ctx ends.
func (f *fakeNode) wait(ctx context.Context) error {
	f.count(1)
	defer f.count(-1)
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-f.hung:
		return errors.New("let go")
	}
}

func (f *fakeNode) count(n int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.calls += n
}

func (f *fakeNode) waiting() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.calls
}

func (f *fakeNode) Services(context.Context) ([]Service, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.services), nil
}

func (f *fakeNode) at(a Address) (Service, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, s := range f.services {
		if s.Address == a {
			return s, nil
		}
	}
	return Service{}, fmt.Errorf("call to invalid address %v", a)
}

// reach is at, but waits where the service hangs.
func (f *fakeNode) reach(ctx context.Context, a Address) (Service, error) {
	s, err := f.at(a)
	if err == nil && s.Script == "spin" {
		err = f.wait(ctx)
	}
	return s, err
}

func (f *fakeNode) Launch(ctx context.Context, r LaunchRequest) (Address, error) {
	switch r.Name {
	case "leaver":
		return 0, nil
	case "broken":
		return 0, errors.New("lua loader error : broken.lua:3: unexpected symbol near '}'")
	case "sleeper":
		return 0, f.wait(ctx)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.next++
	f.services = append(f.services, Service{
		Address: f.next, Kind: r.Kind, Script: r.Name, Args: strings.Join(r.Args, " "), Generation: 1, State: "running",
	})
	return f.next, nil
}

func (f *fakeNode) Exit(_ context.Context, to Address) error { return f.remove(to) }
func (f *fakeNode) Kill(_ context.Context, to Address) error { return f.remove(to) }

func (f *fakeNode) remove(a Address) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.services = slices.DeleteFunc(f.services, func(s Service) bool { return s.Address == a })
	return nil
}

func (f *fakeNode) Signal(_ context.Context, to Address, n int) (string, error) {
	if n > 1 {
		return "", fmt.Errorf("signal %d: only 0 and 1 have a meaning", n)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, s := range f.services {
		if s.Address == to {
			return s.Doing, nil
		}
	}
	return "", nil
}

func (f *fakeNode) Call(ctx context.Context, to Address, args string) ([]Value, error) {
	s, err := f.reach(ctx, to)
	if err != nil {
		return nil, err
	}
	switch strings.TrimSpace(args) {
	case "((":
		return nil, fmt.Errorf("%w: unexpected symbol near <eof>", ErrInvalidArguments)
	case `"fail"`:
		return nil, errors.New("call failed: echo.lua:12: attempt to index a nil value (field 'x')\nstack traceback:\n\techo.lua:12: in function 'fail'")
	case `"add", 2, 3`:
		return []Value{Number(5)}, nil
	case `"self"`:
		return []Value{{Type: "table", Fields: []Field{{Text("self"), Cycle()}, {Text("n"), Number(1)}}}}, nil
	case `"rows"`:
		var t []Value
		for i := range 500 {
			t = append(t, Text(fmt.Sprintf("row %d", i)))
		}
		return t, nil
	case `"escape"`:
		return []Value{Text("\x1b]0;owned\x07 \x9b \u202e")}, nil
	}
	return []Value{Text(s.Script), Text(args), Number(42), Nil(), Bool(true)}, nil
}

func (f *fakeNode) Source(file string) (string, error) {
	b, err := os.ReadFile(file)
	return string(b), err
}

func (f *fakeNode) Inject(ctx context.Context, to Address, r InjectRequest) (Output, error) {
	if _, err := f.reach(ctx, to); err != nil {
		return Output{}, err
	}
	if strings.HasPrefix(r.Code, "print('first') error") {
		return Output{Printed: "first\n"}, errors.New("inject:1: raised")
	}
	if r.Code == "print('first') while true do end" {
		return Output{Printed: "first\n"}, f.wait(ctx)
	}
	if strings.HasPrefix(r.Code, "x =") {
		return Output{}, nil
	}
	if strings.HasPrefix(r.Code, "error") {
		return Output{}, fmt.Errorf("%s:1: raised", strings.TrimLeft(r.Chunk, "@="))
	}
	if r.Code == "return 6 * 7, _P.lua.CMD" {
		return Output{Values: []Value{Number(42), {Type: "table", Fields: []Field{
			{Text("add"), Value{Type: "function", Text: "function: 0xc00012 (echo.lua:3)"}},
		}}}}, nil
	}
	out := Output{Printed: fmt.Sprintf("%s|%s|%q\n", r.Chunk, strings.TrimSpace(r.Code), r.Args)}
	if r.Expression {
		out.Values = []Value{Text("a value"), {Type: "table", Fields: []Field{
			{Number(1), Text("x")}, {Number(2), Bool(false)}, {Text("name"), Text("玩家")}, {Text("f"), Value{Type: "function", Text: "function: 0xc00012 (echo.lua:3)"}},
		}}}
	}
	return out, nil
}

func (f *fakeNode) Debug(ctx context.Context, to Address, cmd string, args ...string) ([]Value, error) {
	s, err := f.reach(ctx, to)
	if err != nil {
		return nil, err
	}
	table := func(kv ...string) []Value {
		v := Value{Type: "table", Fields: []Field{}}
		for i := 0; i < len(kv); i += 2 {
			v.Fields = append(v.Fields, Field{Text(kv[i]), Text(kv[i+1])})
		}
		return []Value{v}
	}
	switch cmd {
	case "PING", "GC":
		return nil, nil
	case "MEM":
		if s.Memory >= 0 {
			return []Value{Number(float64(s.Memory) / 1024), Number(float64(s.Memory))}, nil
		}
		return []Value{Number(12.5), Number(12800)}, nil
	case "INFO":
		return []Value{{Type: "table", Fields: []Field{
			{Text("players"), Number(3)}, {Text("args"), Text(strings.Join(args, ","))},
			{Text("room"), Value{Type: "table", Fields: []Field{{Text("id"), Number(7)}, {Text("open"), Bool(true)}}}},
		}}}, nil
	case "TASK":
		return table("thread: 0xc0001 session: 2", "stack traceback:\n\techo.lua:20: in function 'sleep'",
			"thread: 0xc0002 session: 5", "stack traceback:\n\techo.lua:31: in function 'wait'"), nil
	case "UNIQTASK":
		return table("2\tsessions:[2,5]\n", "stack traceback:\n\techo.lua:20: in function 'sleep'"), nil
	case "KILLTASK":
		switch args[0] {
		case "0xc0001":
			return []Value{Text("killed thread: 0xc0001 session: 2")}, nil
		case "thread":
			return nil, errors.New("killtask thread: 2 tasks are called so, none was killed:\n  thread: 0xc0001 session: 2\n  thread: 0xc0002 session: 5")
		}
		return []Value{Text("Not found")}, nil
	}
	return []Value{Text(cmd), Text(strings.Join(args, ","))}, nil
}

func (f *fakeNode) Reload(ctx context.Context, r ReloadRequest) ([]ReloadResult, error) {
	var out []ReloadResult
	targets := r.Targets
	if r.All {
		targets = []Address{9, 10}
	}
	for _, a := range targets {
		s, err := f.reach(ctx, a)
		if err != nil {
			return nil, err
		}
		res := ReloadResult{Address: a, Script: s.Script, From: s.Generation, To: s.Generation + 1, Took: 4 * time.Millisecond,
			Note: strings.TrimSpace(fmt.Sprintf("reloaded %s", strings.Join(r.Args, " ")))}
		if r.Patch {
			res.Note = "patched"
		}
		if r.Drain > 0 {
			res.Note += ", drains for " + r.Drain.String()
		}
		if s.Script == "gate" {
			res.To, res.Note, res.Error = s.Generation, "", "gate.lua:7: '=' expected near 'x'"
		}
		out = append(out, res)
	}
	return out, nil
}

func (f *fakeNode) History(context.Context, Address) ([]Generation, error) {
	at := time.Date(2026, 1, 2, 12, 0, 0, 0, time.UTC)
	return []Generation{
		{Number: 1, Loaded: at, State: "retired", Hash: "1f3a"},
		{Number: 2, Loaded: at.Add(time.Minute), State: "draining", Hash: "22b0"},
		{Number: 3, Loaded: at.Add(2 * time.Minute), Hash: "9c1d", Note: "by the watcher", Current: true},
	}, nil
}

func (f *fakeNode) Rollback(_ context.Context, of Address, generation int) (ReloadResult, error) {
	if generation > 3 {
		return ReloadResult{}, fmt.Errorf("rollback %v: no generation %d", of, generation)
	}
	return ReloadResult{Address: of, Script: "echo", From: 3, To: 4, Took: 3 * time.Millisecond, Note: fmt.Sprintf("source of %d", max(generation, 2))}, nil
}

func (f *fakeNode) Check(_ context.Context, file string) ([]Problem, error) {
	if strings.Contains(file, "bad") {
		return []Problem{{file, 3, "'=' expected near 'x'"}, {file, 9, "module nosuch not found"}}, nil
	}
	return nil, nil
}

func (f *fakeNode) Plan(_ context.Context, files []string) ([]Plan, error) {
	if strings.Contains(files[0], "fix") {
		return nil, nil
	}
	return []Plan{{Address: 9, Script: "echo", Takes: "patched", Why: "1 function (CMD.get)"}, {Address: 10, Script: "gate", Takes: "reloaded", Why: "not patched: new at the top level: call of seed (gate.lua:3); kept: rooms"}}, nil
}

func (f *fakeNode) Eval(ctx context.Context, in Address, file, code string) (Output, error) {
	if _, err := f.reach(ctx, in); err != nil {
		return Output{}, err
	}
	switch {
	case strings.HasPrefix(code, "for ") && !strings.Contains(code, "end"):
		return Output{}, ErrIncomplete
	case strings.HasPrefix(code, "for "):
		return Output{Printed: "1\n2\n"}, nil
	case code == "while true do end":
		return Output{}, f.wait(ctx)
	case code == "exit" || code == "help" || code == "quit" && in != 8:
		return Output{Values: []Value{Nil()}}, nil
	case code == "nosuch.x":
		return Output{}, errors.New("use:1: attempt to index a nil value (global 'nosuch')")
	}
	return Output{Values: []Value{Text(code)}}, nil
}

func (f *fakeNode) Complete(_ context.Context, _ Address, _, prefix string) ([]string, error) {
	var found []string
	for _, w := range []string{"CMD", "CMD.get", "CMD.set", "_P", "_U", "counter", "print"} {
		if strings.HasPrefix(w, prefix) && strings.Count(w, ".") == strings.Count(prefix, ".") {
			found = append(found, w)
		}
	}
	return found, nil
}

func (f *fakeNode) Getenv(key string) (string, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	v, ok := f.env[key]
	return v, ok
}

func (f *fakeNode) Setenv(key, value string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if _, ok := f.env[key]; ok {
		return fmt.Errorf("Can't setenv exist key : %s", key)
	}
	f.env[key] = value
	return nil
}

func (f *fakeNode) Keys() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	var keys []string
	for k := range f.env {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

func (f *fakeNode) Logon(context.Context, Address) error  { return nil }
func (f *fakeNode) Logoff(context.Context, Address) error { return nil }

func (f *fakeNode) Trace(context.Context, Address, string, bool) error { return nil }

func (f *fakeNode) Watched(context.Context) ([]WatchedFile, error) {
	return []WatchedFile{
		{Path: "scripts/echo.lua", Services: []Address{9}, Modes: []string{"auto"}, At: time.Date(2026, 1, 2, 12, 0, 0, 0, time.UTC), Event: "reloaded 1 service"},
		{Path: "scripts/lib/proto.lua", Services: []Address{9, 10}, Modes: []string{"auto", "patch"}},
	}, nil
}

func (f *fakeNode) SetMode(_ context.Context, pattern, mode string) error {
	if mode == "sometimes" {
		return fmt.Errorf("mode %q: want auto, reload, fresh, patch, restart or off", mode)
	}
	return nil
}

func (f *fakeNode) Sockets(context.Context) ([]Socket, error) {
	return []Socket{
		{ID: 1, Address: 10, Type: "LISTEN", Sock: "127.0.0.1:9000", Accept: 2},
		{ID: 2, Address: 10, Type: "TCP", Sock: "127.0.0.1:9000", Peer: "127.0.0.1:50000", Read: 2048, Write: 100},
	}, nil
}

func (f *fakeNode) Uniques(context.Context) ([]Unique, error) {
	return []Unique{{Name: "counter", Address: 11}, {Name: "db", Note: "waiting :00000009"}}, nil
}

func (f *fakeNode) ClearCache(context.Context) error { return nil }
