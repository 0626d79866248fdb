package syntax_test

import (
	"bytes"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"devnode/runtime/lua/syntax"
	"devnode/runtime/lua/value"

	lua "github.com/yuin/gopher-lua"
	"github.com/yuin/gopher-lua/parse"
)

// serviceSource is about 500 lines of what services are made of.
func serviceSource() string {
	var b strings.Builder
	b.WriteString("local skynet = require 'skynet'\nlocal db, command = {}, {}\n")
	for i := range 30 {
		fmt.Fprintf(&b, `
-- handlers of entry %[1]d
function command.GET%[1]d(key, default)
	local value = db[key]
	if value == nil or value.deleted then
		return default, "missing"
	end
	for k, v in pairs(value.items) do
		if type(v) == "number" and v > %[1]d then
			value.total = (value.total or 0) + v * 2 - #value.items
		end
	end
	return value.name .. ":" .. value.total, { id = %[1]d, list = { 1, 2, 3 } }
end
`, i)
	}
	b.WriteString("return command\n")
	return b.String()
}

// dataSource is a file of n rows, as exported from a spreadsheet.
func dataSource(n int) string {
	var b strings.Builder
	b.WriteString("return {\n")
	for i := range n {
		fmt.Fprintf(&b, "\t{ id = %d, name = \"item %d\", price = %d.5, kind = %d },\n", i, i, i*3, i%7)
	}
	b.WriteString("}\n")
	return b.String()
}

func stockCompile(src string) (*lua.FunctionProto, error) {
	chunk, err := parse.Parse(strings.NewReader(src), "bench.lua")
	if err != nil {
		return nil, err
	}
	return lua.Compile(chunk, "bench.lua")
}

func BenchmarkCompile(b *testing.B) {
	src := serviceSource()
	b.Run("devnode", func(b *testing.B) {
		b.ReportAllocs()
		b.SetBytes(int64(len(src)))
		for b.Loop() {
			if _, err := syntax.Compile([]byte(src), "@bench.lua"); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("gopher-lua", func(b *testing.B) {
		b.ReportAllocs()
		b.SetBytes(int64(len(src)))
		for b.Loop() {
			if _, err := stockCompile(src); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// best is the shortest of n runs of fn.
func best(n int, fn func()) time.Duration {
	shortest := time.Hour
	for range n {
		start := time.Now()
		fn()
		shortest = min(shortest, time.Since(start))
	}
	return shortest
}

// BenchmarkCompileRatio reports parse and compile as a ratio to gopher-lua's own.
// handlersSource is a service of some 500 lines: functions in a table, and one that
// answers with its version.
func handlersSource(version int) []byte {
	var b strings.Builder
	b.WriteString("local skynet = require \"skynet\"\nlocal CMD = {}\n")
	for i := range 124 {
		fmt.Fprintf(&b, "function CMD.f%d(a, b)\n\tlocal sum = (a or 0) * %d + (b or 0)\n\treturn sum\nend\n", i, i)
	}
	fmt.Fprintf(&b, "function CMD.version() return %d end\n", version)
	b.WriteString("skynet.start(function()\n\tskynet.dispatch(\"lua\", function(_, _, cmd, ...) skynet.retpack(CMD[cmd](...)) end)\nend)\n")
	return []byte(b.String())
}

// BenchmarkMatch reads a version of a service of 500 lines, and compares it with one
// that is known.
func BenchmarkMatch(b *testing.B) {
	was, err := syntax.ReadText(handlersSource(1), "@bench.lua")
	if err != nil {
		b.Fatal(err)
	}
	next := handlersSource(2)
	b.ReportAllocs()
	for b.Loop() {
		is, err := syntax.ReadText(next, "@bench.lua")
		if err != nil {
			b.Fatal(err)
		}
		syntax.Match(was, is, nil)
	}
}

func BenchmarkCompileRatio(b *testing.B) {
	src := serviceSource()
	own := best(50, func() { syntax.Compile([]byte(src), "@bench.lua") })
	stock := best(50, func() { stockCompile(src) })
	for b.Loop() {
	}
	b.ReportMetric(own.Seconds()/stock.Seconds(), "ratio")
}

var runPrograms = map[string]string{
	"fib": `local function fib(n) if n < 2 then return n end return fib(n-1) + fib(n-2) end return fib(24)`,
	"mix": `
local t = {}
for i = 1, 20000 do
	local key = "k" .. (i % 100)
	local e = t[key]
	if not e then e = { n = 0, list = {} } t[key] = e end
	e.n = e.n + i % 7
	e.list[#e.list + 1] = i
end
local s = 0
for k, v in pairs(t) do
	for i, x in ipairs(v.list) do s = s + x * (i % 2 == 0 and 1 or -1) end
end
return s`,
	"closures": `
local function counter(step) local n = 0 return function() n = n + step return n end end
local s = 0
for i = 1, 3000 do local c = counter(i) for j = 1, 10 do s = s + c() end end
return s`,
	"loops": `
local a, n = {}, 300
for i = 1, n do a[i] = (i * 7919) % 1000 end
for i = 1, n do for j = i + 1, n do if a[j] < a[i] then a[i], a[j] = a[j], a[i] end end end
local i, s = 1, 0
while i <= n do s = s + a[i] * i; i = i + 1 end
return s`,
	"methods": `
local P = {} P.__index = P
function P.new(x, y) return setmetatable({ x = x, y = y }, P) end
function P:add(o) return P.new(self.x + o.x, self.y + o.y) end
local p = P.new(0, 0)
for i = 1, 20000 do p = p:add(P.new(i, -i)) end
return p.x + p.y`,
}

// BenchmarkRunRatio reports the speed of compiled code as a ratio to that of
// gopher-lua's own compiler, on the same machine.
func BenchmarkRunRatio(b *testing.B) {
	for name, src := range runPrograms {
		b.Run(name, func(b *testing.B) {
			own, err := syntax.Compile([]byte(src), "@bench.lua")
			if err != nil {
				b.Fatal(err)
			}
			stock, err := stockCompile(src)
			if err != nil {
				b.Fatal(err)
			}
			L := lua.NewState()
			defer L.Close()
			run := func(p *lua.FunctionProto) func() {
				return func() {
					L.Push(L.NewFunctionFromProto(p))
					L.Call(0, 1)
					L.Pop(1)
				}
			}
			o, s := time.Hour, time.Hour
			for range 12 {
				o = min(o, best(1, run(own)))
				s = min(s, best(1, run(stock)))
			}
			for b.Loop() {
			}
			b.ReportMetric(o.Seconds()/s.Seconds(), "ratio")
		})
	}
}

func BenchmarkDataFile(b *testing.B) {
	src := []byte(dataSource(20000))
	b.SetBytes(int64(len(src)))
	b.ReportAllocs()
	for b.Loop() {
		proto, err := syntax.Compile(src, "@data.lua")
		if err != nil {
			b.Fatal(err)
		}
		L := lua.NewState()
		L.Push(L.NewFunctionFromProto(proto))
		L.Call(0, 1)
		if n := L.Get(-1).(*value.Table).Len(); n != 20000 {
			b.Fatal(n)
		}
		L.Close()
	}
}

// TestDataFile loads a megabyte of rows, and array literals of all sizes.
func TestDataFile(t *testing.T) {
	src := []byte(dataSource(20000))
	start := time.Now()
	m := newMachine(t, newPool(t))
	if out := m.run("data = (function(...) "+string(src)+" end)() print(#data, data[20000].name)", "@data.lua"); out != "20000\titem 19999\n" {
		t.Fatal(out)
	}
	t.Logf("%d bytes, 20000 rows: loaded in %v", len(src), time.Since(start))
	for _, n := range []int{49, 50, 51, 25549, 25550, 25551, 25600, 100000, 300000} {
		var b bytes.Buffer
		b.WriteString("local t = {")
		for i := range n {
			fmt.Fprintf(&b, "%d,", n-i)
		}
		b.WriteString("(...)} local s = 0 for i = 1, #t do s = s + t[i] end print(#t, s)")
		want := fmt.Sprintf("%d\t%d\n", n, n*(n+1)/2)
		if out := m.run(b.String(), "@array.lua"); out != want {
			t.Errorf("%d items: got %s, want %s", n, out, want)
		}
	}
}

// TestPrototypeSize keeps the memory of compiled functions small: gopher-lua's
// own take 17 KB each.
func TestPrototypeSize(t *testing.T) {
	src := []byte(serviceSource())
	var before, after runtime.MemStats
	const n = 20
	protos := make([]*lua.FunctionProto, 0, n)
	runtime.GC()
	runtime.ReadMemStats(&before)
	for range n {
		p, err := syntax.Compile(src, "@bench.lua")
		if err != nil {
			t.Fatal(err)
		}
		protos = append(protos, p)
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	functions := 0
	for _, p := range protos {
		functions += 1 + len(p.FunctionPrototypes)
	}
	each := int(after.HeapAlloc-before.HeapAlloc) / functions
	t.Logf("%d bytes a function", each)
	if each > 4096 {
		t.Errorf("%d bytes a function", each)
	}
}
