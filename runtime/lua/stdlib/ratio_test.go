package stdlib

import (
	"testing"
	"time"

	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/lua/vm"
)

// The ratio benchmarks run one program on devnode's Lua and on gopher-lua as it
// comes, turn by turn, and report how many times the time of the second the
// first takes, by the best turn of each.
var ratios = []struct {
	name, src string
	limit     float64
}{
	{"fib", `local function fib(n) if n < 2 then return n end return fib(n - 1) + fib(n - 2) end
		return function() return fib(24) end`, 1.3},
	{"mix", `return function()
		local t, n = {}, 0
		for i = 1, 1000 do t[#t + 1] = "item" .. i .. ":" .. i * 2 end
		table.sort(t)
		for i, s in ipairs(t) do local a, b = s:match("(%d+):(%d+)") n = n + tonumber(a) + #b end
		local parts = {}
		for k, v in pairs(t) do parts[#parts + 1] = string.format("%s=%d", v:upper():sub(1, 4), k) end
		local s = table.concat(parts, ",")
		local count = select(2, s:gsub("ITEM", "item"))
		return n + count + #s
	end`, 1.3},
	{"pcall", `local function f(a) return a end
		return function() local n = 0 for i = 1, 20000 do local ok, v = pcall(f, i) n = n + v end return n end`, 1.2},
	{"pcall error", `local function f(a) error(a) end
		return function() local n = 0 for i = 1, 5000 do if not pcall(f, i) then n = n + 1 end end return n end`, 1.2},
	{"coroutine", `return function()
		local co = coroutine.wrap(function() for i = 1, 20000 do coroutine.yield(i) end return 0 end)
		local n = 0 for i = 1, 20000 do n = n + co() end return n end`, 2.6},
}

func BenchmarkRatio(b *testing.B) {
	for _, r := range ratios {
		b.Run(r.name, func(b *testing.B) {
			ours, stock := ourRun(b, r.src), stockRun(b, r.src)
			best := [2]time.Duration{1 << 62, 1 << 62}
			turn := func(i int, run func()) {
				begin := time.Now()
				run()
				best[i] = min(best[i], time.Since(begin))
			}
			turns := 0
			for b.Loop() {
				turn(0, ours)
				turn(1, stock)
				turns++
			}
			for ; turns < 20; turns++ {
				turn(0, ours)
				turn(1, stock)
			}
			ratio := float64(best[0]) / float64(best[1])
			b.ReportMetric(ratio, "×stock")
			b.ReportMetric(r.limit, "×limit")
		})
	}
}

// ourRun compiles src, which returns a function, and gives one that calls that.
func ourRun(b *testing.B, src string) func() {
	v := newTestVM(b, Options{})
	values, err := run(v, src, "=bench")
	if err != nil {
		b.Fatal(err)
	}
	f := v.NewFiber(nil)
	b.Cleanup(f.Release)
	return func() {
		f.Start(values[0])
		for f.Resume() == vm.Parked {
		}
		if err := f.Failure(); err != nil {
			b.Fatal(err)
		}
	}
}

func stockRun(b *testing.B, src string) func() {
	L := lua.NewState()
	b.Cleanup(L.Close)
	if err := L.DoString(src); err != nil {
		b.Fatal(err)
	}
	fn := L.Get(-1)
	return func() {
		if err := L.CallByParam(lua.P{Fn: fn, NRet: 1, Protect: true}); err != nil {
			b.Fatal(err)
		}
		L.Pop(1)
	}
}
