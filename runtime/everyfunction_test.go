package runtime

import (
	"context"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	goruntime "runtime"
	"runtime/debug"
	"runtime/metrics"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/lua/stdlib"
	"devnode/runtime/lua/value"
	"devnode/runtime/lua/vm"
)

// everyFunctionTime is how long TestEveryFunction goes on, unless the
// environment variable everyFunctionVar says otherwise.
const (
	everyFunctionTime = 20 * time.Second
	everyFunctionVar  = "DEVNODE_EVERY_FUNCTION" // such as 10m, or 10m,SEED
	everyFunctionLog  = "DEVNODE_EVERY_FUNCTION_LOG"
)

// TestEveryFunction calls every function that a script can get hold of, with
// every kind of value, in a process of its own: nothing may come of it but a
// result or a Lua error, and each call can be interrupted. Only what ends the
// process, runs programs or removes files is left out.
func TestEveryFunction(t *testing.T) {
	dir := t.TempDir()
	calls := filepath.Join(dir, "last-call")
	work := filepath.Join(dir, "work")
	if err := os.Mkdir(work, 0o777); err != nil {
		t.Fatal(err)
	}
	length := os.Getenv(everyFunctionVar)
	if length == "" {
		length = everyFunctionTime.String()
		if raceEnabled || testing.Short() {
			length = "5s"
		}
		length += ",1" // the same calls each time: what others find is asked for by the variable
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self, "-test.run=^TestEveryFunctionChild$", "-test.v", "-test.timeout=0")
	cmd.Env = append(os.Environ(), everyFunctionVar+"="+length, everyFunctionLog+"="+calls, "TMPDIR="+work, "HOME="+work)
	out, err := cmd.CombinedOutput()
	last, _ := os.ReadFile(calls)
	call, _, _ := strings.Cut(string(last), "\x00")
	if err != nil {
		t.Errorf("%v\nin the call %s\n%s", err, call, middle(string(out)))
	}
	for _, line := range strings.Split(string(out), "\n") {
		if strings.Contains(line, "calls of") {
			t.Log(strings.TrimSpace(line))
		}
	}
}

// middle leaves out what is too much to read.
func middle(s string) string {
	if len(s) > 12000 {
		return s[:6000] + "\n…\n" + s[len(s)-6000:]
	}
	return s
}

// TestEveryFunctionChild is the process that TestEveryFunction starts.
func TestEveryFunctionChild(t *testing.T) {
	path := os.Getenv(everyFunctionLog)
	if path == "" {
		t.Skip("TestEveryFunction starts it")
	}
	length, seedText, _ := strings.Cut(os.Getenv(everyFunctionVar), ",")
	d, err := time.ParseDuration(length)
	if err != nil {
		t.Fatal(err)
	}
	seed, err := strconv.ParseUint(seedText, 10, 64)
	if err != nil {
		seed = uint64(time.Now().UnixNano())
	}
	calls, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer calls.Close()
	t.Chdir(os.Getenv("TMPDIR"))
	debug.SetGCPercent(50)
	c := &caller{t: t, calls: calls, called: make(map[string]int)}
	for end := time.Now().Add(d); time.Now().Before(end) && !t.Failed(); seed++ {
		c.round(seed, end)
	}
	t.Logf("%d calls of %d functions, %d of them interrupted; the longest took %v to end, at most %d MB were in use",
		c.count, len(c.called), c.interrupted, c.longest.Round(time.Millisecond), c.peak>>20)
}

const (
	callsOfNode  = 4000 // calls before the node is made anew
	callPatience = 30 * time.Millisecond
	heldAfter    = 2 * time.Minute // a bound on hanging, not on speed: each signal ends one of many handlers within each other
	mostMemory   = 3 << 30
)

// caller makes the calls. Its functions run on the test's goroutine; what
// touches Lua values is run on the service's worker.
type caller struct {
	t           *testing.T
	calls       *os.File
	rand        *rand.Rand
	node        *Node
	mu          sync.Mutex // pool, functions and rand: what a killed service closes calls, too
	pool        []lua.LValue
	functions   []*lua.LFunction
	service     *Service
	code        *Generation
	called      map[string]int
	count       int
	gone        bool // the service has ended
	interrupted int
	longest     time.Duration
	peak        uint64
	fault       atomic.Pointer[string]
}

const everyService = `
local skynet = require "skynet"
require "skynet.manager"
for _, name in ipairs { "skynet.queue", "skynet.harbor", "skynet.service", "skynet.socket", "skynet.socketdriver",
	"skynet.coroutine", "skynet.profile", "skynet.debug", "skynet.codecache", "reload" } do
	require(name)
end
skynet.start(function() skynet.dispatch("lua", function(_, _, ...) skynet.retpack(...) end) end)`

// round calls functions on a node of its own.
func (c *caller) round(seed uint64, end time.Time) {
	// Where no call writes: all work in the folder beside it.
	service := filepath.Join(filepath.Dir(c.calls.Name()), "every.lua")
	if err := os.WriteFile(service, []byte(everyService), 0o666); err != nil {
		c.t.Fatal(err)
	}
	if err := os.WriteFile("every.lua", []byte("return 1\n"), 0o666); err != nil {
		c.t.Fatal(err)
	}
	c.mu.Lock()
	c.rand = rand.New(rand.NewPCG(seed, 0))
	c.mu.Unlock()
	c.node = New(Config{ServicePath: []string{filepath.Dir(service) + "/?.lua"}, LuaPath: "./?.lua", Log: io.Discard, Stdout: io.Discard, Workers: 2})
	defer func() {
		if !c.t.Failed() { // a service that is held can't be ended
			c.node.Close()
		}
	}()
	for i := 0; i < callsOfNode && time.Now().Before(end) && !c.t.Failed(); i++ {
		if c.service == nil || i%500 == 0 {
			c.launch(seed)
		}
		c.call(seed, i)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.service, c.code, c.pool, c.functions = nil, nil, nil, nil
}

// launch starts a service, and finds its functions.
func (c *caller) launch(seed uint64) {
	if c.service != nil {
		c.node.Kill(c.service.actor.Handle())
	}
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	h, err := c.node.Launch(ctx, "every")
	if err != nil {
		c.t.Fatalf("seed %d: launch: %v", seed, err)
	}
	if c.service, err = c.node.Service(h); err != nil {
		c.t.Fatal(err)
	}
	err = c.node.ask(ctx, c.service, func(s *Service) {
		c.code = s.code
		leaveOut(s.code)
		pool := plainValues(s.code.vm)
		w := &valueWalk{seen: map[lua.LValue]bool{}}
		w.values(s.code.vm.Globals(), s.code.vm.Registry())
		for _, v := range luaValues(s.code) {
			w.values(v)
		}
		c.mu.Lock()
		defer c.mu.Unlock()
		c.pool, c.functions = append(pool, w.found...), w.functions
	})
	if err != nil {
		c.t.Fatal(err)
	}
}

// leftOut are functions that end the process, run programs or remove files, or
// end the services that the test itself needs. No value leads to them.
var leftOut = map[string][]string{
	"os": {"exit", "execute", "remove", "rename"}, "io": {"popen"}, "skynet": {"abort", "kill"},
}

// leaveOut takes them out of a VM.
func leaveOut(g *Generation) {
	loaded := stdlib.Field(stdlib.Field(g.vm.Globals(), "package").(*value.Table), "loaded").(*value.Table)
	for module, names := range leftOut {
		t := stdlib.Field(loaded, module).(*value.Table)
		stdlib.Complete(t)
		for _, name := range names {
			t.RawSetString(name, lua.LNil)
		}
	}
}

// call calls one function, in a task of its own, and waits until that has ended
// or waits for something.
func (c *caller) call(seed uint64, i int) {
	s, g := c.service, c.code
	begun := c.node.do(s, func(s *Service) {
		if s.code != g || s.leaving != nil {
			c.gone = true
			return
		}
		way, fn, args := c.choose()
		name := g.vm.NameFunc(fn)
		c.count++
		c.called[name+fmt.Sprintf("%p", fn.GFunction)]++
		text := fmt.Sprintf("%s, way %d, arguments %s (seed %d, call %d)", describeValue(g, fn), way, describeValues(g, args), seed, i)
		c.calls.WriteAt([]byte(text+"\x00"), 0)
		body := g.vm.NewFunction(func(L *lua.LState) int { return c.body(L, way, fn, args) })
		t := g.newTask(taskFork, body, nil)
		t.ended = func(t *Task) {
			if err := t.fiber.Failure(); err != nil {
				c.look(err.Value)
			}
		}
		s.step(t)
	})
	done := make(chan struct{})
	if !begun || !c.node.do(s, func(*Service) { close(done) }) {
		c.service = nil
		return
	}
	c.await(done)
	if c.gone {
		c.service, c.gone = nil, false
	}
	if fault := c.fault.Load(); fault != nil {
		c.t.Errorf("%s", *fault)
	}
}

// choose makes up a call.
func (c *caller) choose() (way int, fn *lua.LFunction, args []lua.LValue) {
	c.mu.Lock()
	defer c.mu.Unlock()
	fn = c.functions[c.rand.IntN(len(c.functions))]
	args = make([]lua.LValue, c.rand.IntN(5))
	for k := range args {
		args[k] = c.pool[c.rand.IntN(len(c.pool))]
	}
	return c.rand.IntN(6), fn, args
}

// lastCall is the call that was written down last.
func (c *caller) lastCall() string {
	last := make([]byte, 4000)
	n, _ := c.calls.ReadAt(last, 0)
	text, _, _ := strings.Cut(string(last[:n]), "\x00")
	return text
}

// await waits for a call to end, and interrupts it if that takes long.
func (c *caller) await(done chan struct{}) {
	began := time.Now()
	for {
		select {
		case <-done:
			if i := time.Since(began) - callPatience; i > c.longest && i > 0 {
				c.longest = i
			}
			return
		case <-time.After(callPatience):
		}
		if used := inUse(); used > c.peak {
			c.peak = used
			if used > mostMemory {
				c.t.Fatalf("%d MB are in use after %s", used>>20, c.lastCall())
			}
		}
		if c.node.grab(c.service.actor.Handle()) == nil {
			c.service = nil // it has ended, and what waits in its mailbox never runs
			return
		}
		c.interrupted++
		c.node.Signal(c.service.actor.Handle(), 0)
		if d := time.Since(began); d > heldAfter {
			stacks := make([]byte, 1<<20)
			c.t.Fatalf("held for %v by %s\n%s", d, c.lastCall(), stacks[:goruntime.Stack(stacks, true)])
		}
	}
}

func inUse() uint64 {
	s := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	metrics.Read(s)
	return s[0].Value.Uint64()
}

// body makes the call: as it is, below pcall, in a coroutine, as a metamethod.
// What comes out becomes a value for later calls.
func (c *caller) body(L *lua.LState, way int, fn *lua.LFunction, args []lua.LValue) int {
	f := vm.Of(L)
	base := L.GetTop()
	var out []lua.LValue
	var failure *vm.Error
	switch way {
	default:
		out, failure = f.Protect(fn, args...)
	case 1:
		co := g(L).vm.NewCoroutine(fn)
		out, failure = f.ResumeCoroutine(co, args)
		c.keep(co.Identity())
	case 2:
		t := value.NewTable(0, 4)
		mt := value.NewTable(0, 4)
		for _, event := range []string{"__index", "__newindex", "__call", "__len", "__tostring", "__lt", "__concat", "__close"} {
			mt.RawSetString(event, fn)
		}
		value.SetMeta(t, mt)
		c.keep(t)
		out, failure = f.Protect(stdlib.Field(value.Globals(L), "tostring"), t)
	case 3:
		L.Push(fn)
		for _, v := range args {
			L.Push(v)
		}
		vm.Call(L, len(args), lua.MultRet)
		for i := base + 1; i <= L.GetTop(); i++ {
			out = append(out, L.Get(i))
		}
	case 4:
		// debug's functions see a Lua function that has temporary values.
		out, failure = f.Protect(stdlib.Field(value.Globals(L), "everyCaller"), append([]lua.LValue{fn}, args...)...)
	}
	if failure != nil {
		c.look(failure.Value)
		c.keep(failure.Value)
	}
	for i, v := range out {
		if i < 8 {
			c.keep(v)
		}
	}
	L.SetTop(base)
	return 0
}

func g(L *lua.LState) *Generation { return vm.Of(L).VM().Owner.(*Generation) }

// keep adds a value to those that functions are called with.
func (c *caller) keep(v lua.LValue) {
	if s, ok := v.(lua.LString); ok && len(s) > 100_000 {
		return
	}
	if _, ok := v.(lua.LNumber); ok {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	at := len(c.pool)
	if at > 3000 {
		at = c.rand.IntN(len(c.pool))
		c.pool[at] = v
	} else {
		c.pool = append(c.pool, v)
	}
	if fn, ok := v.(*lua.LFunction); ok && len(c.functions) < 3000 {
		c.functions = append(c.functions, fn)
	}
}

// goWords are of the texts of errors in Go code.
var goWords = []string{"runtime error", "interface conversion", "nil pointer", "invalid memory", "slice bounds", "makeslice",
	"unhashable", "reflect:", "reflect.", "nil map", "negative ", "strings.", "bytes.", "goroutine"}

// look tells of an error that isn't one of Lua.
func (c *caller) look(v lua.LValue) {
	s, ok := v.(lua.LString)
	if !ok {
		return
	}
	for _, word := range goWords {
		if strings.Contains(string(s), word) && !strings.Contains(string(s), "invalid argument") {
			fault := fmt.Sprintf("the error %.300q\nof the call %s", string(s), c.lastCall())
			c.fault.CompareAndSwap(nil, &fault)
		}
	}
}

// everyLua makes values that only Lua code can make.
const everyLua = `
function everyCaller(fn, ...)
	local a, b <close>, c = 1.5, setmetatable({}, {__close = function() end}), {}
	for i, v in pairs({1, 2}) do c[i] = (fn(...) and 1 or 2) // 1.5 .. "x" .. 2.5 end
	for i = 1, 2, c and 1 do c = {fn(...), fn(...), a & 0, ~0} end
	return fn(...)
end
local skynet = require "skynet"
local function gen() return coroutine.yield(1) end
local started = coroutine.create(gen) coroutine.resume(started)
local dead = coroutine.create(function() end) coroutine.resume(dead)
local failed = coroutine.create(function() error "x" end) coroutine.resume(failed)
local file = io.open("every.txt", "w+") file:write("12 0x10 line\nline\n") file:seek("set")
local closed = io.open("every.txt") closed:close()
local up = 1
local proxy = setmetatable({}, {__index = function(_, k) return k end, __newindex = function() end, __len = function() return 1e15 end,
	__call = function(_, ...) return ... end, __pairs = function(t) return next, {}, nil end, __name = "proxy", __tostring = function() return "proxy" end,
	__eq = function() return true end, __lt = function() return true end, __le = function() return true end, __concat = function() return "x" end,
	__close = function() end, __gc = function() end, __metatable = false, __mode = "kv"})
return {
	coroutine.create(gen), started, dead, failed, coroutine.wrap(gen), coroutine.running(), file, closed, io.stdin, io.stdout,
	string.gmatch("a,b", "[^,]+"), io.lines("every.lua"), file:lines("n"), ipairs({}), newproxy(true), newproxy(),
	function(...) return ... end, function() return up end, function() up = up + 1 error("x") end, function() while true do end end,
	function() error({}) end, function(a) return a.b.c end, function() return coroutine.yield(1, 2) end, function() skynet.sleep(1) end,
	{1, 2, 3}, {"a", "b"}, {n = 3}, {[1] = 1, [3] = 3}, {year = 2000, month = 1, day = 1}, {{}}, proxy, setmetatable({}, {__index = string}),
	setmetatable({}, {__len = function() return "5" end}), setmetatable({}, {__gc = true}), setmetatable({}, {__index = proxy}),
	debug.upvalueid(gen, 1) or false, debug.getinfo(1), skynet.self(), load("return ..."), load("x = 1"), string, math, skynet,
	(select(2, pcall(error))), skynet.queue, require "skynet.queue"(), skynet.unpack, skynet.pack(1, "x", {}), skynet.tostring,
}`

// luaValues are the values that everyLua makes, and functions that only debug
// finds: those of lazy tables, and helpers of compiled code.
func luaValues(g *Generation) []lua.LValue {
	f := g.vm.NewFiber(nil)
	defer f.Release()
	var list []lua.LValue
	proto, err := g.service.node.compiler.compile([]byte(everyLua), "=every")
	if err != nil {
		panic(err)
	}
	t := g.newTask(taskFork, g.vm.NewClosure(proto), nil)
	t.ended = func(t *Task) {
		if err := t.fiber.Failure(); err != nil {
			panic(err.Error())
		}
		list = append(list, t.fiber.Results()...)
	}
	g.service.step(t)
	return list
}

// plainValues are values of all kinds that need no VM.
func plainValues(v *vm.VM) []lua.LValue {
	list := []lua.LValue{lua.LNil, lua.LTrue, lua.LFalse, v.Globals()}
	for _, n := range []float64{0, 1, -1, 2, 3, 10, 255, 256, 1e6, 1 << 31, 1<<31 - 1, -1 << 31, 1 << 32, 1 << 53, 1 << 62, 1 << 63, -1 << 63,
		1e300, -1e300, 0.5, -0.5, math.NaN(), math.Inf(1), math.Inf(-1), math.Copysign(0, -1)} {
		list = append(list, lua.LNumber(n))
	}
	for _, s := range []string{"", "x", "abc", "%s", "%d%s%5.2f%q", "^(.-)%s*$", "%b()%f[%w]", "[^%z]+", "(()", "%", "n", "a", "*l", "L", "r", "w", "a+", "rb",
		"k", "v", "__gc", "__index", "return 1", "return ...", "x = = 1", "\x1bLua", "flnSrtu", "10", "0x1p4", " 7 ", "1e400", "<i8z!4s1", "c1000000000",
		"s8", "/dev/zero", "/dev/null", "every.txt", "every.lua", "/", ".", "string", "skynet", "lua", "text", "response", "debug", ":00000009", ".logger",
		"127.0.0.1", "127.0.0.1:1", "set", "cur", "no", "line", "full", "count", "collect", "step", "all", "*t", "!%c", "%Ey", "\xff\xfe", "中文", "-nan",
		strings.Repeat("a", 1000), strings.Repeat("(", 500), strings.Repeat("a", 70000)} {
		list = append(list, lua.LString(s))
	}
	return list
}

// valueWalk finds what values lead to: through tables, metatables, upvalues,
// environments and the constants of functions.
type valueWalk struct {
	seen      map[lua.LValue]bool
	found     []lua.LValue
	functions []*lua.LFunction
}

func (w *valueWalk) values(todo ...lua.LValue) {
	for len(todo) > 0 {
		v := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		switch v := v.(type) {
		case *value.Table, *lua.LUserData, *lua.LState:
			if w.seen[v] {
				continue
			}
		case *lua.LFunction:
			if v == nil || w.seen[v] {
				continue
			}
			w.functions = append(w.functions, v)
		default:
			continue
		}
		w.seen[v] = true
		w.found = append(w.found, v)
		todo = append(todo, w.next(v)...)
	}
}

func (w *valueWalk) next(v lua.LValue) (list []lua.LValue) {
	switch v := v.(type) {
	case *value.Table:
		stdlib.Complete(v)
		list = append(list, value.Meta(v))
		v.ForEach(func(k, e lua.LValue) { list = append(list, k, e) })
	case *lua.LUserData:
		list = append(list, v.Metatable)
	case *lua.LFunction:
		for _, up := range v.Upvalues {
			if up != nil {
				list = append(list, up.Value())
			}
		}
		if !v.IsG && value.Env(v) != nil {
			list = append(list, value.Env(v))
		}
	}
	return list
}

func describeValues(g *Generation, values []lua.LValue) string {
	var list []string
	for _, v := range values {
		list = append(list, describeValue(g, v))
	}
	return "(" + strings.Join(list, ", ") + ")"
}

func describeValue(g *Generation, v lua.LValue) string {
	switch v := v.(type) {
	case lua.LString:
		return fmt.Sprintf("%.60q", string(v))
	case *lua.LFunction:
		if v.IsG {
			name := g.vm.NameFunc(v)
			if name == "" {
				name = goruntime.FuncForPC(funcPC(v.GFunction)).Name()
			}
			return name
		}
		return fmt.Sprintf("function <%s:%d>", v.Proto.SourceName, v.Proto.LineDefined)
	case *value.Table:
		return fmt.Sprintf("table %p", v)
	case *lua.LUserData:
		return fmt.Sprintf("userdata of %T", v.Value)
	}
	return v.String()
}

func funcPC(fn lua.LGFunction) uintptr { return reflect.ValueOf(fn).Pointer() }
