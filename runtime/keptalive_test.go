package runtime

import (
	"fmt"
	"os"
	"strings"
	"testing"
)

// What the kept state holds of a generation that has retired goes on: files,
// coroutines, objects with a __gc method. The rest ends with it.
func TestKeptStateOutlivesItsVM(t *testing.T) {
	code := `
local skynet = require "skynet"
local reload = require "reload"
local V = %d
local function object(name) return setmetatable({}, { __gc = function() print("gc", name, V) end }) end
local function count() local n = 0 while true do n = n + 1 coroutine.yield(n .. " of " .. V) end end
local kept = reload.keep("kept", function()
	local by_upvalue = io.open("DIR/upvalue.txt", "w")
	return {
		file = io.open("DIR/kept.txt", "w"),
		write = function(s) by_upvalue:write(s):flush() end,
		deep = { [object "kept"] = true },
		begun = coroutine.wrap(count),
		fresh = coroutine.create(count),
	}
end)
if V == 1 then kept.begun() end
local mine = object "mine"
skynet.start(function()
	skynet.dispatch("lua", function()
		kept.file:write(V):flush()
		kept.write(V)
		skynet.retpack(kept.begun(), select(2, coroutine.resume(kept.fresh)), kept.late and io.type(kept.late))
	end)
end)`
	tn := newTestNode(t, map[string]string{}, nil)
	code = strings.ReplaceAll(code, "DIR", tn.dir)
	tn.write("s.lua", fmt.Sprintf(code, 1))
	h := tn.launch("s")
	for v := 2; v <= 4; v++ {
		tn.write("s.lua", fmt.Sprintf(code, v))
		tn.mustReload(h)
		waitFor(t, "the old generation's own object to end", func() bool { return strings.Contains(tn.out.String(), fmt.Sprintf("gc\tmine\t%d\n", v-1)) })
		if got, want := tn.ask(h), fmt.Sprintf("%d of 1 %d of 1 nil", v, v-1); got != want {
			t.Errorf("version %d: %s, want %s", v, got, want)
		}
	}
	tn.write("s.lua", strings.Replace(fmt.Sprintf(code, 5), "skynet.start(function()", "skynet.start(function() kept.late = io.open('"+tn.dir+"/late.txt', 'w') error 'no' ", 1))
	if r := tn.reload1(h, ReloadOptions{}); r.Err == nil {
		t.Error("the start that raises has succeeded")
	}
	if got, want := tn.ask(h), "5 of 1 4 of 1 nil"; got != want {
		t.Errorf("what a generation that was given up has kept: %s, want %s", got, want)
	}
	for file, want := range map[string]string{"kept.txt": "2344", "upvalue.txt": "2344"} {
		if got, err := os.ReadFile(tn.dir + "/" + file); string(got) != want {
			t.Errorf("%s holds %q, %v; want %q", file, got, err, want)
		}
	}
	if strings.Contains(tn.out.String(), "gc\tkept") {
		t.Errorf("a kept object was collected:\n%s", tn.out)
	}
	tn.write("s.lua", version(6))
	if r := tn.reload1(h, ReloadOptions{Fresh: true}); r.Err != nil {
		t.Fatal(r.Err)
	}
	waitFor(t, "the kept object to end with what kept it", func() bool { return strings.Contains(tn.out.String(), "gc\tkept\t1\n") })
}
