package stdlib

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"runtime/debug"
	"runtime/metrics"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"devnode/runtime/lua/vm"
)

// hostile are programs that end a process, or make it hang, on the stock
// library. Each must end by itself with an error that contains want, or, where
// want is interrupted, within a second of being asked to; none may take more
// than maxMB.
var hostile = []struct {
	name, src, want string
	maxMB           int
}{
	{"endless loop", `while true do end`, interrupted, 64},
	{"endless loop under pcall", `while true do pcall(function() while true do end end) end`, interrupted, 64},
	{"endless loop in coroutines", `while true do local f = coroutine.wrap(function() while true do coroutine.yield() end end) for i = 1, 100 do f() end end`, interrupted, 512},
	{"endless goto", `::a:: goto a`, interrupted, 64},
	{"endless tail call", `local function f() return f() end f()`, interrupted, 64},
	{"endless error handler", `while true do xpcall(error, function() while true do end end) end`, interrupted, 64},
	{"errors swallowed in a close", `local t <close> = setmetatable({}, {__close = function() while true do end end}) while true do end`, interrupted, 64},
	{"long tail call that fails", `local function f(n) if n == 0 then error("deep") end return f(n - 1) end f(3e6)`, "deep", 64},
	{"recursion", `local function f() return 1 + f() end f()`, "stack overflow", 400},
	{"recursion in Lua and pcall", `local function f() return select(2, pcall(f)) end local e = f() error(e, 0)`, "C stack overflow", 64},
	{"recursion of __index", `local t = setmetatable({}, {}) getmetatable(t).__index = function(t, k) return t[k] end return t.x`, "stack overflow", 400},
	{"recursion of __tostring", `local t = setmetatable({}, {}) getmetatable(t).__tostring = function(t) return tostring(t) end tostring(t)`, "stack overflow", 400},
	{"recursion of __eq", `local mt = {} mt.__eq = function(a, b) return a == b end return setmetatable({}, mt) == setmetatable({}, mt)`, "stack overflow", 400},
	{"recursion of __concat", `local mt = {} mt.__concat = function(a, b) return a .. b end return setmetatable({}, mt) .. "x"`, "stack overflow", 400},
	{"recursion of sort", `local function f() table.sort({1, 2, 3}, function(a, b) f() return a < b end) end f()`, "stack overflow", 400},
	{"recursion of gsub", `local function f() return (("x"):gsub("x", f)) end f()`, "stack overflow", 400},
	{"recursion of iterators", `local function f() for _ in f do end end f()`, "stack overflow", 400},
	{"recursion of require", `package.preload.x = function() package.loaded.x = nil return require("x") end require("x")`, "stack overflow", 400},
	{"recursion of load", `local function f() return assert(load(f))() end f()`, "overflow", 400},
	{"handler that recurses", `local function h(e) return 1 + h(e) end error((select(2, xpcall(error, h))), 0)`, "error in error handling", 400},
	{"handler that recurses below pcall", `local function h(e) return 1 + h(e) end local function f() return 1 + select(2, pcall(f)) end xpcall(f, h) error("end", 0)`, "end", 400},
	{"recursion and pcall by turns", `local function f(n) if n % 1000 == 0 then return select(2, pcall(f, n + 1)) end return 1 + f(n + 1) end error(f(1), 0)`, "attempt to", 400},
	{"handler that requires", `while true do xpcall(error, require, "x") end`, interrupted, 500},
	{"handler that searches", `while true do xpcall(error, function(e) package.searchpath(e, "?;?;?;?") error(e .. e .. e) end, "x") end`, interrupted, 900},
	{"recursion of handlers", `xpcall(error, function() error("again") end) local function f() xpcall(f, f) end f() error("end", 0)`, "end", 400},
	{"__index that is a loop", `local a, b = {}, {} setmetatable(a, {__index = b}) setmetatable(b, {__index = a}) return a.x`, "possible loop", 64},
	{"mutual resume", `local a, b a = coroutine.wrap(function() b() end) b = coroutine.wrap(function() a() end) a()`, "non-suspended", 64},
	{"nested coroutines", `local function f() return coroutine.wrap(f)() end f()`, "C stack overflow", 64},
	{"nested resumes", `local function f() assert(coroutine.resume(coroutine.create(f))) end f()`, "C stack overflow", 64},
	{"many coroutines", `local t = {} for i = 1, 1e6 do t[i] = coroutine.create(coroutine.yield) assert(coroutine.resume(t[i])) end`, "too many coroutines", 1200},
	{"abandoned coroutines", `for i = 1, 1e5 do coroutine.wrap(function() coroutine.yield() end)() if i % 5000 == 0 then collectgarbage() end end error("end", 0)`, "end", 700},
	{"pattern that backtracks", `return (("a"):rep(60)):find(("a*"):rep(30) .. "b")`, interrupted, 64},
	{"pattern that backtracks slowly", `return (("a"):rep(1e6)):find(".-.-.-.-b")`, interrupted, 64},
	{"quadratic gsub", `return (("a"):rep(1e6)):gsub("a-b", "")`, interrupted, 64},
	{"quadratic find", `return (("("):rep(1e6)):find("%b()")`, interrupted, 64},
	{"pattern recursion", `return (("a"):rep(1e6)):match("(" .. ("a?"):rep(1e5) .. ")")`, "pattern too complex", 64},
	{"endless gmatch", `while true do for _ in ("x"):gmatch(".") do end end`, interrupted, 64},
	{"gsub that grows", `return (("a"):rep(1e5)):gsub("a", ("b"):rep(1e5))`, "resulting string too large", 1100},
	{"string.rep", `return ("x"):rep(1e10)`, "resulting string too large", 64},
	{"string.rep with separator", `return (""):rep(1e9, ("x"):rep(100))`, "resulting string too large", 64},
	{"string.rep of nothing", `return (""):rep(1e18)`, "", 64},
	{"string.format width", `return ("%99999999d"):format(1)`, "invalid", 64},
	{"string.format of much", `local s = ("x"):rep(1e8) return ("%s%s%s%s"):format(s, s, s, s)`, "resulting string too large", 1300},
	{"doubling", `local s = "x" while true do s = s .. s end`, "too large", 1200},
	{"table.concat of much", `local s, t = ("x"):rep(1e6), {} for i = 1, 1000 do t[i] = s end return table.concat(t)`, "resulting string too large", 900},
	{"table.concat of a proxy", `return table.concat(setmetatable({}, {__len = function() return 1e15 end, __index = function() return "" end}))`, interrupted, 64},
	{"table.concat of nothing", `return table.concat({}, "x", 1, 1e15)`, "invalid value", 64},
	{"unpack of much", `return table.unpack({}, 1, 1e8)`, "too many results", 64},
	{"unpack a million", `for i = 1, 5 do pcall(table.unpack, {}, 1, 899999) end error("end", 0)`, "end", 300},
	{"string.byte of much", `return (("x"):rep(1e7)):byte(1, -1)`, "string slice too long", 64},
	{"table.move of much", `table.move({}, 1, 1e15, 2)`, interrupted, 64},
	{"table.insert at a far end", `table.insert(setmetatable({}, {__len = function() return 1e15 end}), 1, 1)`, interrupted, 64},
	{"table.remove from a far end", `table.remove(setmetatable({}, {__len = function() return 1e15 end}), 1)`, interrupted, 64},
	{"table.sort of much", `table.sort(setmetatable({}, {__len = function() return 2147483646 end, __index = function() return 1 end}))`, interrupted, 1200},
	{"table.sort without order", `local t = {} for i = 1, 1e5 do t[i] = i end table.sort(t, function() return true end)`, "invalid order function", 128},
	{"a far array index", `local t = {} t[8388607] = 1 t[67108863] = 1 t[1e15] = 1 error("end", 0)`, "end", 700},
	{"string.pack of much", `return string.pack("c2000000000", "x")`, "resulting string too large", 64},
	{"many parentheses", `return assert(load("return " .. ("("):rep(1e6)))`, "levels", 128},
	{"many operators", `return assert(load("return " .. ("not "):rep(1e6) .. "1"))`, "levels", 128},
	{"many tables", `return assert(load("return " .. ("{"):rep(1e6)))`, "levels", 128},
	{"many functions", `return assert(load(("function f() "):rep(1e5)))`, "levels", 128},
	{"many upvalues", `local s = "" for i = 1, 300 do s = s .. "local a" .. i .. " " end return assert(load("local function f() " .. s .. " end"))`, "too many local", 64},
	{"too many upvalues", `local s, u = "", "" for f = 1, 2 do for i = 1, 150 do s = s .. "local a" .. f .. "_" .. i .. "\n" u = u .. "a" .. f .. "_" .. i .. "=1\n" end s = s .. "local function f" .. f .. "()\n" end return assert(load(s .. u .. " end end"))`, "", 64},
	{"reader without end", `return assert(load(function() return ("x"):rep(1e6) end))`, "chunk is too large", 500},
	{"reading a device", `return assert(loadfile("/dev/zero"))`, "arger than 16 MB", 128},
	{"requiring a device", `package.path = "/dev/?" require("zero")`, "arger than 16 MB", 128},
	{"load of much", `return assert(load(("x"):rep(50 * 2^20)))`, "chunk is too large", 128},
	{"load of what may just be loaded", `local s = "return {" .. ("{1,2,{}},"):rep(16 * 2^20 // 9 - 1) .. "}" while true do load(s) end`, interrupted, 2500},
	{"find beyond the end", `return ("x"):find("x", 1e15), ("x"):find("x", -1e15)`, "", 64},
	{"math.random(0)", `return math.random(0), math.random(math.mininteger, math.maxinteger)`, "", 64},
	{"math.random of nothing", `return math.random(2, 1)`, "interval is empty", 64},
	{"debug.setlocal", `debug.setlocal(1, 1000000, 1) debug.setlocal(1, -1000000, 1) debug.getlocal(1, math.mininteger) debug.setlocal(1000, 1, 1)`, "level out of range", 64},
	{"debug.traceback of an endless tail call", `local function f(n) if n == 0 then return #debug.traceback() end return f(n - 1) end f(1e6)`, "", 64},
	{"debug.getinfo far out", `return debug.getinfo(1e15), debug.getinfo(-1e15)`, "", 64},
	{"select far out", `return select(1e15, 1), select(-1e15, 1)`, "out of range", 64},
	{"utf8 far out", `return utf8.offset("x", 1e15), utf8.offset("x", -1e15), utf8.codepoint("x", 1, 1e15)`, "out of bounds", 64},
	{"utf8.len of much", `local s = ("x"):rep(2.5e8) while true do utf8.len(s) end`, interrupted, 400},
	{"os.date of much", `local s = ("x"):rep(1.2e8) while true do os.date(s) end`, interrupted, 1200},
	{"os.exit", `os.exit(3)`, "os.exit(3)", 64},
	{"os.date far out", `return os.date("%Y", 1e18)`, "", 64},
	{"os.time far out", `return os.time{year = 2^40, month = 1, day = 1}`, "out-of-bound", 64},
	{"read of much", `return io.read(1e18)`, "resulting string too large", 64},
	{"read a line without end", `return io.read("l")`, "resulting string too large", 1200},
	{"setmetatable with __gc in a loop", `for i = 1, 2e5 do setmetatable({}, {__gc = function() end}) end error("end", 0)`, "end", 300},
	{"__gc that makes garbage", `local mt = {} mt.__gc = function() setmetatable({}, mt) end setmetatable({}, mt) error("end", 0)`, "end", 64},
	{"__gc that never ends", `setmetatable({}, {__gc = function() while true do end end}) error("end", 0)`, "end", 64},
}

const interrupted = "interrupted"

func TestHostile(t *testing.T) {
	for _, c := range hostile {
		t.Run(c.name, func(t *testing.T) {
			if c.maxMB > 500 && (raceEnabled || testing.Short()) {
				t.Skip("takes long")
			}
			runHostile(t, c.src, c.want, c.maxMB)
		})
	}
}

func runHostile(t *testing.T, src, want string, maxMB int) {
	v := newTestVM(t, Options{Stdin: endlessReader{}, Stderr: io.Discard})
	var asked atomic.Bool
	v.OnInterrupt = func(*vm.Fiber) error {
		asked.Store(true)
		return errors.New(interrupted)
	}
	fn, err := of(v).compile(nil, []byte(src), "=hostile", "t")
	if err != nil {
		t.Fatal(err)
	}
	debug.FreeOSMemory()
	peak := watchMemory()
	done := make(chan error)
	go func() {
		f := v.NewFiber(nil)
		f.Start(fn)
		for f.Resume() == vm.Parked {
		}
		var err error
		if e := f.Failure(); e != nil {
			err = errors.New(e.Value.String())
		}
		f.Release()
		Finalize(v, v.NewFiber(nil))
		done <- err
	}()
	wait := 2 * time.Minute // a bound on hanging, not on speed
	if want == interrupted || strings.Contains(src, "__gc = function() while true") {
		wait = 300 * time.Millisecond
	}
	var got error
	select {
	case got = <-done:
	case <-time.After(wait):
		got = endHostile(t, v, done)
	}
	if mb := peak(); mb > 2*maxMB && !raceEnabled { // a collector that comes to run late leaves garbage
		t.Errorf("took %d MB, want about %d at most", mb, maxMB)
	}
	if text := fmt.Sprint(got); !strings.Contains(text, want) {
		t.Errorf("ended with %.200q, want %q", text, want)
	}
}

// endHostile interrupts a program until it has ended, and its __gc methods.
func endHostile(t *testing.T, v *vm.VM, done chan error) error {
	begin, used := time.Now(), processorTime() // on a busy machine all takes longer, but no more of the processor
	for {
		v.Interrupt()
		select {
		case err := <-done:
			if d := processorTime() - used; d > 10*time.Second {
				t.Errorf("took %v of the processor to end", d)
			}
			return err
		case <-time.After(50 * time.Millisecond):
		}
		if time.Since(begin) > time.Minute {
			panic("a hostile program can't be ended")
		}
	}
}

// watchMemory measures until the function that it returns is called, which
// gives the highest growth, in MB.
func watchMemory() func() int {
	read := func() int64 {
		s := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}, {Name: "/memory/classes/heap/stacks:bytes"}}
		metrics.Read(s)
		return int64(s[0].Value.Uint64() + s[1].Value.Uint64())
	}
	base, peak := read(), int64(0)
	stop, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		for {
			peak = max(peak, read()-base)
			select {
			case <-stop:
				return
			case <-time.After(2 * time.Millisecond):
			}
		}
	}()
	return func() int {
		close(stop)
		<-stopped
		return int(peak >> 20)
	}
}

type endlessReader struct{}

func (endlessReader) Read(p []byte) (int, error) {
	return copy(p, bytes.Repeat([]byte("x"), len(p))), nil
}
