package runtime

import (
	goruntime "runtime"
	"testing"
)

// The memory of retired generations goes back without anybody asking for it.
func TestRetiredGenerationsGiveTheirMemoryBack(t *testing.T) {
	tn := newTestNode(t, map[string]string{"s.lua": `local skynet = require "skynet"
		local state = {}
		for i = 1, 100000 do state[i] = { id = i } end
		skynet.start(function() skynet.dispatch("lua", function() skynet.retpack(#state) end) end)`}, nil)
	allocated := func() uint64 {
		var m goruntime.MemStats
		goruntime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	h := tn.launch("s")
	one := heapInUse()
	for range 5 {
		tn.mustReload(h)
	}
	waitFor(t, "the heap to hold one generation", func() bool { return allocated() < one+one/4 })
	if got := tn.ask(h); got != "100000" {
		t.Error(got)
	}
}
