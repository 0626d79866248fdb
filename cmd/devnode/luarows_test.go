package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/lua/interp"
)

// luaRows are programs that plain Lua is measured by. They define a function work.
var luaRows = []struct{ name, src string }{
	{"fib30", `local function fib(n) if n < 2 then return n end return fib(n-1) + fib(n-2) end
function work() return fib(30) end`},
	{"records", `function work()
	local all, sum = {}, 0
	for i = 1, 200000 do all[i] = { id = i, name = "item", pos = { x = i, y = -i } } end
	for i = 1, #all do local r = all[i] sum = sum + r.id + r.pos.x + r.pos.y end
	return sum
end`},
	{"map", `local names = {}
for i = 1, 5000 do names[i] = "name" .. i end
function work()
	local m = {}
	for i = 0, 299999 do m[names[i % 5000 + 1]] = i end
	return m.name77
end`},
	{"methods", `local P = {}
P.__index = P
function P.new() return setmetatable({ n = 0 }, P) end
function P:add(by) self.n = self.n + by end
function work()
	local p = P.new()
	for i = 1, 3000000 do p:add(1) end
	return p.n
end`},
	{"sieve", `function work()
	local n, s, count = 2000000, {}, 0
	for i = 2, n do s[i] = true end
	for i = 2, 1414 do if s[i] then for j = i * i, n, i do s[j] = false end end end
	for i = 2, n do if s[i] then count = count + 1 end end
	return count
end`},
	{"strings", `function work()
	local parts, n = {}, 0
	for i = 1, 100000 do parts[i] = ("%d:%s"):format(i, "x"):upper() .. i end
	for word in table.concat(parts, ","):gmatch("[^,]+") do n = n + #word end
	return n
end`},
}

// luaTimer runs work several times, and prints the shortest time and the result.
const luaTimer = `
local best, result = math.huge
for i = 1, 5 do
	local began = os.clock()
	result = work()
	best = math.min(best, os.clock() - began)
	collectgarbage()
end
io.write(string.format("%.6f %s\n", best, tostring(result)))
`

// BenchmarkLua reports how long a program takes as a ratio to lua5.4, and to stock
// gopher-lua, all in one run: of each the best of several times, in turns.
func BenchmarkLua(b *testing.B) {
	for _, row := range luaRows {
		b.Run(row.name, func(b *testing.B) {
			path := filepath.Join(b.TempDir(), "row.lua")
			if err := os.WriteFile(path, []byte(row.src+luaTimer), 0o666); err != nil {
				b.Fatal(err)
			}
			c, err := exec.LookPath("lua5.4")
			if err != nil {
				b.Log("lua5.4 isn't installed: no ratio to it")
			}
			own, stock, other := time.Hour, time.Hour, time.Hour
			result := ""
			for range 3 {
				var took time.Duration
				took, result = timedOwn(b, path)
				own = min(own, took)
				stock = min(stock, timedStock(b, row.src))
				if err == nil {
					took, want := timedC(b, c, path)
					if other = min(other, took); result != want {
						b.Fatalf("it gave %s, in lua5.4 %s", result, want)
					}
				}
			}
			for b.Loop() {
			}
			b.ReportMetric(0, "ns/op")
			b.ReportMetric(own.Seconds()*1000, "ms")
			b.ReportMetric(own.Seconds()/stock.Seconds(), "ratio-to-gopher-lua")
			if err == nil {
				b.ReportMetric(own.Seconds()/other.Seconds(), "ratio-to-lua5.4")
			}
		})
	}
}

func timedOwn(b *testing.B, path string) (time.Duration, string) {
	var out, errs bytes.Buffer
	if status := interp.RunFile(context.Background(), path, nil, interp.Streams{In: strings.NewReader(""), Out: &out, Err: &errs}); status != 0 {
		b.Fatal(errs.String())
	}
	return timedLine(b, out.String())
}

func timedC(b *testing.B, c, path string) (time.Duration, string) {
	out, err := exec.Command(c, path).Output()
	if err != nil {
		b.Fatal(err)
	}
	return timedLine(b, string(out))
}

func timedLine(b *testing.B, line string) (time.Duration, string) {
	seconds, result, _ := strings.Cut(strings.TrimSpace(line), " ")
	s, err := strconv.ParseFloat(seconds, 64)
	if err != nil {
		b.Fatal(err)
	}
	return time.Duration(s * float64(time.Second)), result
}

// timedStock is for gopher-lua as it is, whose os.clock tells another time.
func timedStock(b *testing.B, src string) time.Duration {
	L := lua.NewState(lua.Options{RegistryMaxSize: 1 << 20})
	defer L.Close()
	if err := L.DoString(src); err != nil {
		b.Fatal(err)
	}
	best := time.Hour
	for range 2 {
		began := time.Now()
		if err := L.CallByParam(lua.P{Fn: L.GetGlobal("work"), NRet: 1, Protect: true}); err != nil {
			b.Fatal(err)
		}
		best = min(best, time.Since(began))
		fmt.Fprint(io.Discard, L.Get(-1))
		L.SetTop(0)
	}
	return best
}
