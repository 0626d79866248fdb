package library_test

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
	"devnode/runtime/library"
)

// world is a node with the library of a test, and a service of a script.
type world struct {
	*runtime.Node
	t   *testing.T
	ctx context.Context
	dir string
	log *strings.Builder
	mu  *sync.Mutex
}

func newWorld(t *testing.T, m library.Module) *world {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 60*time.Second)
	t.Cleanup(cancel)
	w := &world{t: t, ctx: ctx, dir: t.TempDir(), log: &strings.Builder{}, mu: &sync.Mutex{}}
	w.Node = runtime.New(runtime.Config{ServicePath: []string{w.dir + "/?.lua"}, Log: w, Libraries: []library.Module{m}})
	t.Cleanup(w.Close)
	return w
}

// Write takes the log.
func (w *world) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.log.Write(p)
}

func (w *world) write(script string) {
	w.t.Helper()
	if err := os.WriteFile(filepath.Join(w.dir, "main.lua"), []byte(script), 0o644); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) launch(script string) runtime.Handle {
	w.t.Helper()
	w.write(script)
	h, err := w.Launch(w.ctx, "main")
	if err != nil {
		w.t.Fatal(err)
	}
	return h
}

// ask calls the service, and gives what it answers as text.
func (w *world) ask(h runtime.Handle, values ...lua.LValue) string {
	w.t.Helper()
	got, err := w.Call(w.ctx, h, values...)
	if err != nil {
		return err.Error()
	}
	return fmt.Sprint(got)
}

func (w *world) reload(h runtime.Handle) error {
	return w.Reload(w.ctx, []runtime.Handle{h}, runtime.ReloadOptions{})[0].Err
}

// events notes what states are told.
type events struct {
	mu   sync.Mutex
	list []string
}

func (e *events) add(format string, args ...any) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.list = append(e.list, fmt.Sprintf(format, args...))
}

func (e *events) take() string {
	e.mu.Lock()
	defer e.mu.Unlock()
	text := strings.Join(e.list, ", ")
	e.list = nil
	return text
}

// States are told of all that happens to what they belong to.
func TestStatesAreTold(t *testing.T) {
	var told events
	number := func(g library.Generation) int { return g.Number() }
	services := library.ServiceState[string]{
		New:       func(s library.Service) string { return s.Handle().String() },
		Prepared:  func(_ string, g library.Generation) { told.add("prepared %d", number(g)) },
		Replacing: func(_ string, g library.Generation) { told.add("replacing %d", number(g)) },
		Switched:  func(_ string, g library.Generation) { told.add("switched to %d", number(g)) },
		Aborted:   func(_ string, g library.Generation) { told.add("aborted %d", number(g)) },
		Ended:     func(name string) { told.add("%s ended", name) },
	}
	generations := library.GenerationState[int]{
		New:      number,
		Switched: func(n int) { told.add("%d serves", n) },
		Aborted:  func(n int) { told.add("%d dropped", n) },
		Ended:    func(n int) { told.add("%d ended", n) },
	}
	nodes := library.NodeState[string]{
		New:    func(library.Node) string { return "node" },
		Closed: func(name string) { told.add("%s closed", name) },
	}
	w := newWorld(t, library.Module{Name: "witness", Functions: map[string]library.Function{
		"be": func(c library.Call) {
			told.add("here %t", c.Generation().Preparing())
			c.Return(library.String(services.Of(c.Service())), library.Int(int64(generations.Of(c.Generation()))), library.String(nodes.Of(c.Node())))
		},
	}})
	script := `local skynet = require "skynet"
local witness = require "witness"
skynet.start(function()
	witness.be()
	skynet.dispatch("lua", function() skynet.retpack(witness.be()) end)
end)`
	h := w.launch(script)
	if got := w.ask(h); got != "[:00000008 1 node]" {
		t.Errorf("got %s", got)
	}
	steps := []struct {
		do   func()
		want string
	}{
		{func() {}, "here false, here false"},
		{func() { w.write("error 'no'"); w.reload(h) }, "prepared 2, aborted 2"},
		{func() { w.write(strings.Replace(script, "be()\n", "be() error 'no'\n", 1)); w.reload(h) },
			"prepared 2, here true, 2 dropped, aborted 2, 2 ended"},
		{func() { w.write(script + "\n"); w.reload(h) }, "prepared 2, here true, replacing 1, 2 serves, switched to 2, 1 ended"},
		{func() { w.Kill(h); w.Close() }, "2 ended, :00000008 ended, node closed"},
	}
	for _, step := range steps {
		step.do()
		if got := told.take(); got != step.want {
			t.Errorf("got %q, want %q", got, step.want)
		}
	}
}

// A task that waits is woken by Go code, also where that was before it waits; its service
// handles other messages meanwhile. One that is killed is as good as never there.
func TestWait(t *testing.T) {
	waits := make(chan *library.Wait, 1)
	w := newWorld(t, library.Module{Name: "w", Functions: map[string]library.Function{
		"wait": func(c library.Call) {
			wait := c.NewWait()
			waits <- wait
			wait.Park()
			c.Return(library.String("woken"))
		},
		"before": func(c library.Call) {
			wait := c.NewWait()
			wait.Wake()
			c.Await(func() {}) // the message of Wake is handled meanwhile
			wait.Park()
			c.Return(library.String("at once"))
		},
	}})
	h := w.launch(`local skynet = require "skynet"
local w = require "w"
skynet.start(function() skynet.dispatch("lua", function(_, _, name) skynet.retpack(w[name] and w[name]() or name) end) end)`)
	answer := make(chan string, 1)
	go func() { answer <- w.ask(h, lua.LString("wait")) }()
	wait := <-waits
	if got := w.ask(h, lua.LString("other")); got != "[other]" {
		t.Errorf("meanwhile: %s", got)
	}
	wait.Wake()
	if got := <-answer; got != "[woken]" {
		t.Errorf("got %s", got)
	}
	wait.Wake() // means nothing
	if got := w.ask(h, lua.LString("before")); got != "[at once]" {
		t.Errorf("got %s", got)
	}
	go func() { answer <- w.ask(h, lua.LString("wait")) }()
	wait = <-waits
	w.Kill(h)
	if got := <-answer; !strings.Contains(got, "killed") {
		t.Errorf("got %s", got)
	}
	wait.Wake()
}

// Lua functions that a library holds run in tasks of their generation; what holds them is
// weighed, and seen by a reload, which puts tables that live on into the place of new ones.
func TestHeldValues(t *testing.T) {
	type held struct{ table, fn library.Value }
	states := library.GenerationState[*held]{
		New:    func(library.Generation) *held { return &held{} },
		Values: func(h *held, visit func(string, *library.Value)) { visit("table", &h.table); visit("fn", &h.fn) },
		Weight: func(*held) int64 { return 5 << 20 },
		Info:   func(*held) string { return "a table" },
	}
	w := newWorld(t, library.Module{Name: "hold", Functions: map[string]library.Function{
		"set": func(c library.Call) {
			h := states.Of(c.Generation())
			h.table, h.fn = c.Table(1).Value(), c.Function(2)
		},
		"get": func(c library.Call) { c.Return(states.Of(c.Generation()).table) },
		"run": func(c library.Call) {
			g, h := c.Generation(), states.Of(c.Generation())
			wait := c.NewWait()
			c.Service().Do(func() {
				g.Start(h.fn, library.String("by the library"))
				wait.Wake()
			})
			wait.Park()
		},
	}})
	script := `local skynet = require "skynet"
local hold = require "hold"
local kept = { n = 1 }
local last
hold.set(kept, function(x) last = x end)
skynet.start(function()
	skynet.dispatch("lua", function(_, _, what)
		if what == "more" then kept.n = kept.n + 1 end
		if what == "run" then hold.run() return skynet.retpack(last) end
		skynet.retpack(hold.get() == kept, kept.n)
	end)
end)
`
	h := w.launch(script)
	w.ask(h, lua.LString("more"))
	if got := w.ask(h, lua.LString("run")); got != "[by the library]" {
		t.Errorf("got %s", got)
	}
	if bytes, err := w.Memory(w.ctx, h); err != nil || bytes < 5<<20 {
		t.Errorf("weighs %d, %v", bytes, err)
	}
	if lines, err := w.Held(w.ctx, h); err != nil || fmt.Sprint(lines) != "[a table]" {
		t.Errorf("holds %q, %v", lines, err)
	}
	w.write(script + "-- 2\nprint()\n")
	if err := w.reload(h); err != nil {
		t.Fatal(err)
	}
	if got := w.ask(h); got != "[true 2]" {
		t.Errorf("after the reload: %s", got)
	}
}

// What is asked for while a generation is prepared is given back where that never serves,
// the last first; a message that it is given is handled by it, and one that waits is
// handled while a task yields. What a state has open is listed, and what nobody reads
// after a switch is counted.
func TestAttempts(t *testing.T) {
	var told events
	states := library.ServiceState[int]{
		New:    func(library.Service) int { return 3 },
		Unread: func(n int) int { return n },
	}
	nodes := library.NodeState[library.Node]{
		New: func(n library.Node) library.Node { return n },
		Connections: func(library.Node) []library.Connection {
			return []library.Connection{{ID: 2, Type: "TCP"}, {ID: 1, Type: "UDP"}}
		},
	}
	w := newWorld(t, library.Module{Name: "attempt", Functions: map[string]library.Function{
		"claim": func(c library.Call) {
			states.Of(c.Service())
			nodes.Of(c.Node())
			name := c.String(1)
			c.Generation().OnAbort(func() { told.add("%s given back", name) })
		},
		"deliver": func(c library.Call) { c.Generation().Deliver(library.Message{Type: 100, Data: c.String(1)}) },
		"yield":   func(c library.Call) { c.Yield() },
		"padded": func(c library.Call) {
			n, ok := c.Arg(1).ToNumber()
			c.Return(library.Int(int64(c.Args())), library.Int(int64(c.Padded(3).Args())), n, library.Bool(ok), library.Bool(c.Closing()), library.String(c.Position()))
		},
	}})
	script := `local skynet = require "skynet"
local attempt = require "attempt"
local seen = 0
skynet.register_protocol { name = "note", id = 100, pack = function(s) return s end, unpack = skynet.tostring, dispatch = function(_, _, text) seen = seen .. text end }
attempt.claim "first"
attempt.claim "second"
attempt.deliver "x"
skynet.start(function()
	skynet.dispatch("lua", function(_, _, what)
		if what == "yield" then
			skynet.send(skynet.self(), "note", "y")
			attempt.yield()
		end
		if what == "padded" then return skynet.retpack(attempt.padded("0x10")) end
		skynet.retpack(seen)
	end)
end)
`
	h := w.launch(script)
	if got := w.ask(h); got != "[0x]" {
		t.Errorf("seen %s", got)
	}
	if got := w.ask(h, lua.LString("yield")); got != "[0xy]" {
		t.Errorf("after the yield %s", got)
	}
	if got := w.ask(h, lua.LString("padded")); !strings.HasPrefix(got, "[1 3 16 true false ") || !strings.HasSuffix(got, "main.lua:14: ]") {
		t.Errorf("padded: %s", got)
	}
	if list := w.Sockets(); len(list) != 2 || list[0].Type != "UDP" {
		t.Errorf("open are %v", list)
	}
	w.write(script + "error 'no'")
	w.reload(h)
	if got := told.take(); got != "second given back, first given back" {
		t.Errorf("after an attempt: %s", got)
	}
	w.write(script + "-- 3")
	record := w.Reload(w.ctx, []runtime.Handle{h}, runtime.ReloadOptions{})[0]
	if got := told.take(); got != "" || record.Unread != 3 {
		t.Errorf("after a reload: %s, %d unread", got, record.Unread)
	}
}

// Values and tables are what Lua code sees.
func TestValues(t *testing.T) {
	null := library.Light()
	w := newWorld(t, library.Module{
		Name:      "v",
		Constants: map[string]library.Value{"null": null, "big": library.Int(1 << 62)},
		Functions: map[string]library.Function{
			"walk": func(c library.Call) {
				in, out := c.Table(1), c.NewTable(0, 0)
				for k, v := range in.All() {
					out.Append(library.String(k.Type() + " " + k.Text() + " " + v.Type() + " " + v.Text()))
				}
				out.SetField("length", library.Int(int64(in.Len())))
				out.Set(library.Float(7), library.Bool(null == in.Field("null")))
				c.Return(out.Value())
			},
			"kinds": func(c library.Call) {
				i, ok := c.Arg(1).Int()
				c.Return(library.Bool(c.Arg(1).IsInteger()), library.Bool(ok), library.Int(i), library.Float(c.Float(1)))
			},
			"apply": func(c library.Call) { c.Return(c.Apply(c.Function(1), library.Int(2), library.Int(3))...) },
			"try": func(c library.Call) {
				_, err := c.TryApply(c.Arg(1))
				c.Return(library.String(fmt.Sprint(err)))
			},
			"option": func(c library.Call) { c.Return(library.String(c.Option(1, "b", "a", "b"))) },
			"bytes":  func(c library.Call) { c.Return(library.String(c.Bytes(1))) },
			"send":   func(c library.Call) { c.Return(c.Message("packed"), library.Int(6)) },
			"badkey": func(c library.Call) { c.NewTable(0, 0).Set(library.Nil, library.Nil) },
		},
	})
	h := w.launch(`local skynet = require "skynet"
local v = require "v"
local out = {}
local function show(...) out[#out + 1] = table.concat({...}, " ") end
local function text(...) local t = table.pack(...) for i = 1, t.n do t[i] = tostring(t[i]) end return table.unpack(t) end
skynet.start(function()
	local t = v.walk { 10, 20.5, null = v.null }
	show(t[1], t[2], t.length, tostring(t[7]))
	show(text(v.kinds(3.0))) show(text(v.kinds(v.big))) show(text(v.kinds(1.5)))
	show(v.apply(function(a, b) skynet.sleep(0) return a * b, a + b end))
	show(v.try(function() error("no", 0) end)) show(v.option()) show(select(2, pcall(v.option, "c")))
	show(v.bytes("text")) show(v.bytes(v.send())) show(v.bytes(skynet.pack("x")) == skynet.packstring("x") and "same" or "other")
	show(select(2, pcall(v.kinds, {}))) show(select(2, pcall(v.badkey)))
	skynet.dispatch("lua", function() skynet.retpack(table.concat(out, "\n")) end)
end)`)
	want := `[number 1 number 10 number 2 number 20.5 2 true
false true 3 3.0
true true 4611686018427387904 4.6116860184274e+18
false false 0 1.5
6 5
no
b
bad argument #1 to 'v.option' (invalid option 'c')
text
packed
same
bad argument #1 to 'v.kinds' (number expected, got table)
table index is nil]`
	if got := w.ask(h); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}
