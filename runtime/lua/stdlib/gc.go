package stdlib

import (
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"sync"
	"sync/atomic"
	"time"

	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/lua/vm"
)

var gcOptions = []string{"collect", "stop", "restart", "count", "step", "setpause", "setstepmul",
	"isrunning", "generational", "incremental"}

// gcState is what collectgarbage remembers, to no effect: there is one
// collector, Go's, for all VMs.
type gcState struct {
	stopped         bool
	mode            string
	pause, stepmult int64
}

func baseCollectGarbage(L *lua.LState) int {
	l := libOf(L)
	if l.gcState == nil {
		l.gcState = &gcState{mode: "generational", pause: 200, stepmult: 100}
	}
	s := l.gcState
	option := gcOptions[checkOption(L, 1, "collect", gcOptions...)]
	if l.finalizing { // a __gc can't collect, as in Lua
		L.Push(lua.LNil)
		return 1
	}
	switch option {
	case "count":
		return float(L, heapBytes()/1024)
	case "collect", "step":
		if option == "step" {
			step()
		} else {
			l.Block(vm.Of(L), collector.collect)
		}
		l.vm.Reap()
		l.finalizePending(vm.Of(L))
		if option == "step" {
			L.Push(lua.LTrue)
			return 1
		}
	case "stop", "restart":
		s.stopped = option == "stop"
	case "isrunning":
		L.Push(lua.LBool(!s.stopped))
		return 1
	case "setpause":
		old := s.pause
		s.pause = optInt(L, 2, 0)
		return number(L, old)
	case "setstepmul":
		old := s.stepmult
		s.stepmult = optInt(L, 2, 0)
		return number(L, old)
	case "generational", "incremental":
		old := s.mode
		s.mode = option
		return str(L, old)
	}
	return number(L, 0)
}

// heapBytes is how much the heap of the process holds, garbage included that
// hasn't been swept. What a single VM holds can't be told.
func heapBytes() float64 {
	s := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	metrics.Read(s)
	return float64(s[0].Value.Uint64())
}

// collectRest is how long a step has to wait after the last collection: a program
// that asks for one at every turn would else collect all the time.
const collectRest = time.Second

// step runs Go's collector, unless it has just run.
func step() {
	var s debug.GCStats
	debug.ReadGCStats(&s)
	if time.Since(s.LastGC) >= collectRest {
		collector.collect()
	}
}

// collector is Go's, of which the process has one: those who ask for a collection
// while another runs share the next one.
var collector collections

type collections struct {
	asked atomic.Uint64
	mu    sync.Mutex
	done  uint64 // what was asked up to this has been done
}

// collect returns when a whole collection has begun and ended since it was called.
func (c *collections) collect() {
	mine := c.asked.Add(1)
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.done >= mine {
		return
	}
	upTo := c.asked.Load()
	runtime.GC()
	c.done = upTo
}
