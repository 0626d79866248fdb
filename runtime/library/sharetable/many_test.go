package sharetable_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	goruntime "runtime"
	"strings"
	"sync"
	"testing"
	"time"

	lua "github.com/yuin/gopher-lua"

	"devnode/runtime"
)

const manyScript = `
local skynet = require "skynet"
local sharetable = require "skynet.sharetable"
local command = {}
function command.load(version, n)
	local rows = {}
	for i = 1, n do rows[i] = { id = i, a = version, b = version, name = "row " .. i } end
	sharetable.loadtable("conf", { version = version, rows = rows })
	return n
end
-- read goes through the table, and is the version of all rows.
function command.read()
	local conf = sharetable.query "conf"
	local version, n = conf.version, 0
	for i, row in ipairs(conf.rows) do
		assert(row.id == i and row.a == version and row.b == version, "a torn read")
		if i % 20000 == 0 then skynet.yield() end
		n = n + 1
	end
	conf = nil
	return n
end
-- follow holds a part of the table, and updates it.
local held
function command.follow()
	held = held or sharetable.query "conf".rows
	for i = 1, #held, 997 do assert(held[i].id == i and held[i].a == held[1].a and held[i].b == held[1].a, "a torn read") end
	sharetable.update "conf"
	return held[1].a
end
skynet.start(function()
	skynet.dispatch("lua", function(_, _, name, ...) skynet.retpack(command[name](...)) end)
end)`

// TestThousandServices has a thousand services read one table of 100,000 rows: it is there once, is weighed once, and while it is
// loaded anew, and services update and reload, nobody reads half of it.
func TestThousandServices(t *testing.T) {
	const services, rows = 1000, 100_000
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "main.lua"), []byte(manyScript), 0o644); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Minute)
	defer cancel()
	var log strings.Builder
	n := runtime.New(runtime.Config{ServicePath: []string{dir + "/?.lua"}, Log: &log})
	defer n.Close()
	ask := func(h runtime.Handle, values ...lua.LValue) string {
		got, err := n.Call(ctx, h, values...)
		if err != nil {
			t.Error(err)
		}
		return fmt.Sprint(got)
	}
	loader, err := n.Launch(ctx, "main")
	if err != nil {
		t.Fatal(err)
	}
	readers := make([]runtime.Handle, services)
	for i := range readers {
		if readers[i], err = n.Launch(ctx, "main"); err != nil {
			t.Fatal(err)
		}
	}
	before := heap()
	ask(loader, lua.LString("load"), lua.LNumber(1), lua.LNumber(rows))
	table := heap() - before
	for _, h := range readers[:3] {
		if got := ask(h, lua.LString("read")); got != "[100000]" {
			t.Fatal(got)
		}
	}
	for _, h := range readers {
		ask(h, lua.LString("follow"))
	}
	all := heap() - before
	t.Logf("one table: %.1f MB; with %d services that hold it: %.1f MB", mb(table), services, mb(all))
	if all-table > table/2 {
		t.Errorf("the services take %.1f MB more than the table, %.1f MB", mb(all-table), mb(table))
	}
	weighs := func(h runtime.Handle) int64 {
		bytes, err := n.Memory(ctx, h)
		if err != nil {
			t.Fatal(err)
		}
		return bytes
	}
	if loads, reads := weighs(loader), weighs(readers[0]); loads < 10<<20 || reads > 200<<10 {
		t.Errorf("the loader weighs %.1f MB, a reader %.1f MB", mb(loads), mb(reads))
	}

	var group sync.WaitGroup
	group.Go(func() {
		for version := 2; version <= 3; version++ {
			ask(loader, lua.LString("load"), lua.LNumber(version), lua.LNumber(rows))
		}
	})
	for part := range 4 {
		group.Go(func() {
			for i := part; i < 80; i += 4 {
				h := readers[i]
				ask(h, lua.LString("follow"))
				if i%5 == 0 {
					if err := n.Reload(ctx, []runtime.Handle{h}, runtime.ReloadOptions{})[0].Err; err != nil {
						t.Error(err)
					}
				}
				if i == 0 {
					ask(h, lua.LString("read"))
				}
				ask(h, lua.LString("follow"))
			}
		})
	}
	group.Wait()
	for _, h := range readers[:80] {
		if got := ask(h, lua.LString("follow")); got != "[3]" {
			t.Fatalf("a service still has %s", got)
		}
	}
}

func heap() int64 {
	goruntime.GC()
	goruntime.GC()
	var m goruntime.MemStats
	goruntime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

func mb(bytes int64) float64 { return float64(bytes) / (1 << 20) }
