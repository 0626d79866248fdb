package interp

import (
	"context"
	"io"
	"strings"
	"testing"
	"time"

	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/lua/syntax"
)

// speedPrograms are ordinary pieces of Lua.
var speedPrograms = map[string]string{
	"fib": `local function fib(n) if n < 2 then return n end return fib(n-1) + fib(n-2) end fib(24)`,
	"sort": `
local a, n = {}, 300
for i = 1, n do a[i] = (i * 7919) % 1000 end
for i = 1, n do for j = i + 1, n do if a[j] < a[i] then a[i], a[j] = a[j], a[i] end end end`,
	"methods": `
local P = {} P.__index = P
function P.new(x, y) return setmetatable({ x = x, y = y }, P) end
function P:add(o) return P.new(self.x + o.x, self.y + o.y) end
local p = P.new(0, 0)
for i = 1, 20000 do p = p:add(P.new(i, -i)) end`,
	"fields": `
local sum = 0
for i = 1, 10000 do
	local r = {}
	r.id = i
	r.name = "item"
	r.pos = { x = i, y = -i }
	sum = sum + r.pos.x + r.id
end`,
	"strings": `
local parts = {}
for i = 1, 2000 do parts[#parts + 1] = ("%d:%s"):format(i, "x"):upper() .. i end
local s = table.concat(parts, ",")
local n = 0
for word in s:gmatch("[^,]+") do n = n + #word end`,
}

// BenchmarkSpeed reports how long a program takes as a ratio to how long stock
// gopher-lua takes, in the same run.
func BenchmarkSpeed(b *testing.B) {
	for name, src := range speedPrograms {
		b.Run(name, func(b *testing.B) {
			stock := lua.NewState()
			defer stock.Close()
			fn, err := stock.LoadString(src)
			if err != nil {
				b.Fatal(err)
			}
			m := newMachine(Streams{In: strings.NewReader(""), Out: io.Discard, Err: io.Discard})
			defer m.close()
			proto, err := syntax.Compile([]byte(src), "=bench")
			if err != nil {
				b.Fatal(err)
			}
			own, theirs := time.Hour, time.Hour
			for range 20 {
				own = min(own, took(func() {
					if _, err := m.run(context.Background(), m.vm.NewClosure(proto)); err != nil {
						b.Fatal(err)
					}
				}))
				theirs = min(theirs, took(func() {
					stock.Push(fn)
					stock.Call(0, 0)
				}))
			}
			for b.Loop() {
			}
			b.ReportMetric(own.Seconds()/theirs.Seconds(), "ratio")
		})
	}
}

func took(f func()) time.Duration {
	began := time.Now()
	f()
	return time.Since(began)
}

// BenchmarkMachine tells how fast the machine is, by a program on stock
// gopher-lua: figures of two machines, or of two days, can be compared by it.
func BenchmarkMachine(b *testing.B) {
	const src = `local function fib(n) if n < 2 then return n end return fib(n-1) + fib(n-2) end fib(27)`
	stock := lua.NewState()
	defer stock.Close()
	fn, err := stock.LoadString(src)
	if err != nil {
		b.Fatal(err)
	}
	best := time.Hour
	for range 10 {
		best = min(best, took(func() {
			stock.Push(fn)
			stock.Call(0, 0)
		}))
	}
	for b.Loop() {
	}
	b.ReportMetric(float64(best.Microseconds())/1000, "fib27-ms")
}
