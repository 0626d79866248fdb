package runtime

import (
	"errors"
	"runtime/metrics"
	"time"

	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/lua/vm"
)

// errNoMemory is what ends the code of a service that is over its limit.
var errNoMemory = errors.New("not enough memory")

// memory is what a generation takes and may take. Weighing it costs time, so that
// is done only when the process has grown by so much that it matters, and for a
// small part of the time at most.
type memory struct {
	g       *Generation
	limit   int64         // 0 is none
	weight  int64         // as last weighed
	warning int64         // the weight that is worth a line in the log
	process uint64        // what the process had taken when it was last weighed
	due     time.Duration // not to be weighed before
	looks   int           // until the next look
	full    bool          // so far over its limit that requests are refused
}

const (
	// memoryWarning is when the log first speaks of a service's memory, as in
	// skynet; then whenever that has doubled.
	memoryWarning = 32 << 20
	// weighPart is the part of the time that may go into weighing.
	weighPart = 10
	// looksApart is how many times there is something to weigh without a look.
	looksApart = 64
	// countedLate bounds what Go allocates before it counts it.
	countedLate = 512 << 10
)

// watchMemory has the memory of a new generation looked at. It begins with what
// the one before it weighed, whose state it may be given.
func (g *Generation) watchMemory() {
	if old := g.service.code; old != nil {
		g.memory = memory{g: g, weight: old.memory.weight, warning: old.memory.warning, process: old.memory.process}
	} else {
		g.memory = memory{g: g, warning: memoryWarning, process: processBytes(false)}
	}
	g.vm.Meter = g.memory.meter
}

// apiMemLimit is skynet.memlimit(bytes). As in skynet it is gone once it was
// called, and 0 is no limit.
func apiMemLimit(L *lua.LState) int {
	g := taskOf(L).gen
	g.memory.limit = max(0, checkInteger(L, 1))
	g.skynet.RawSetString("memlimit", lua.LNil)
	g.log("Set memory limit to %.2f M", megabytes(g.memory.limit))
	return 0
}

func megabytes(bytes int64) float64 { return float64(bytes) / (1 << 20) }

// meter is called by code that runs, now and then, and before it makes a string
// of many bytes.
func (l *memory) meter(_ *vm.Fiber, bytes int) error {
	if bytes == 0 && !l.isTime() {
		return nil
	}
	switch {
	case l.limit == 0:
		l.look()
	case int64(bytes) > l.limit || l.look() && l.weight > l.limit:
		l.due = 0 // what it held is gone with it
		return errNoMemory
	}
	return nil
}

// admits tells whether the generation is to get a request. Code may run for too
// short a time to be ended, so one that has far more than it may have gets none
// until it has less.
func (l *memory) admits(m Message) bool {
	if m.Type == PTypeDebug || !l.full && !l.isTime() {
		return true
	}
	l.look()
	full := l.weight > l.limit+l.limit/4
	if full && !l.full {
		l.g.log("%s: %.2f M of %.2f M, requests are refused", errNoMemory, megabytes(l.weight), megabytes(l.limit))
	}
	l.full = full
	return !full
}

func (l *memory) isTime() bool {
	if l.looks--; l.looks > 0 {
		return false
	}
	l.looks = looksApart
	return true
}

// look weighs the generation if it may have come over its limit, or the weight
// that is worth a line, and tells whether it did.
func (l *memory) look() bool {
	n := l.g.service.node
	process := processBytes(l.limit > 0)
	l.process = min(l.process, process)
	if l.room() > int64(process-l.process) {
		return false
	}
	began := n.elapsed()
	if began < l.due {
		return false
	}
	scale := vm.Scale{Bytes: l.g.service.states.Weight(), Most: 2 * max(l.limit, l.warning)}
	l.g.weighOn(&scale)
	l.weight, l.process = scale.Bytes, process
	l.g.service.weight.Store(scale.Bytes)
	ended := n.elapsed()
	l.due = ended + weighPart*(ended-began)
	l.warn()
	return true
}

// warn logs the weight when it has doubled.
func (l *memory) warn() {
	if l.weight < l.warning {
		return
	}
	for l.weight >= l.warning {
		l.warning *= 2
	}
	l.g.log("Memory warning %.2f M", megabytes(l.weight))
}

// room is by how much the process may grow before the generation is weighed.
func (l *memory) room() int64 {
	switch {
	case l.limit == 0:
		return l.warning - l.weight
	case l.weight > l.limit:
		return 0
	default:
		return l.limit - l.weight - countedLate
	}
}

// processBytes is what the process has allocated since its start: a service
// can't have grown by more. Otherwise it is what the collector has last found
// alive, which stays as it is in a service that only makes garbage.
func processBytes(allocated bool) uint64 {
	s := [1]metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	if allocated {
		s[0].Name = "/gc/heap/allocs:bytes"
	}
	metrics.Read(s[:])
	return s[0].Value.Uint64()
}
