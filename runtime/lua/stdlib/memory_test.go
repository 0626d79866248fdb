package stdlib

import (
	"runtime"
	"testing"

	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/lua/syntax"
	"devnode/runtime/lua/vm"
)

// service is what a small service's script does with the library at its start.
const service = `
local skynet = { start = function(f) f() end }
local CMD = {}
local data = {}
function CMD.get(k) return data[k] end
function CMD.set(k, v) local old = data[k] data[k] = v return old end
skynet.start(function()
	local t = table.pack(1, 2)
	local s = string.format("%d", #t)
	assert(type(s) == "string" and tostring(nil) == "nil")
	for k, v in pairs(CMD) do data[k] = v end
end)`

// heapPerVM is what a VM holds, with the library and a script.
func heapPerVM(b *testing.B, n int, src string) float64 {
	b.Helper()
	pool := vm.NewPool()
	defer pool.Close()
	var proto *lua.FunctionProto
	if src != "" {
		var err error
		if proto, err = syntax.Compile([]byte(src), "@service.lua"); err != nil {
			b.Fatal(err)
		}
	}
	vms := make([]*vm.VM, n)
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	for i := range vms {
		v := vm.New(pool)
		Open(v, Options{})
		if proto != nil {
			f := v.NewFiber(nil)
			f.Start(v.NewClosure(proto))
			f.Resume()
			if err := f.Failure(); err != nil {
				b.Fatal(err)
			}
			f.Release()
		}
		vms[i] = v
	}
	runtime.GC()
	runtime.GC()
	runtime.ReadMemStats(&after)
	runtime.KeepAlive(vms)
	return float64(after.HeapAlloc-before.HeapAlloc) / float64(n) / 1024
}

// maxKBPerVM is what an idle service may cost at most in the runtime, which
// adds its own to this.
const maxKBPerVM = 25

func BenchmarkOpen(b *testing.B) {
	for _, c := range []struct{ name, src string }{{"empty", ""}, {"service", service}} {
		b.Run(c.name, func(b *testing.B) {
			var perVM float64
			for b.Loop() {
				perVM = heapPerVM(b, 1000, c.src)
			}
			b.ReportMetric(perVM, "KB/VM")
			b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/1000, "µs/VM")
			if perVM > maxKBPerVM {
				b.Errorf("%.1f KB a VM, want at most %d", perVM, maxKBPerVM)
			}
		})
	}
}
