package vm

import (
	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/lua/layout"
)

// gopher-lua sizes a thread's call stack when it makes the thread: deep enough
// for C Lua's 200,000 levels would cost every thread 200 KB. devnode makes
// threads small and lets the segment list of a deep one grow in time.

const (
	frameStart  = 768     // frames a new thread has room for
	frameLimit  = 200_000 // frames at which recursion is a stack overflow
	stackMargin = 3*tickLength + 256
	deepFrames  = 2000 // beyond it the registers grow in large steps
	deepStep    = 1 << 15
)

// framesOf is how many frames th has, nearly.
func framesOf(th *lua.LState) int { return int(callStackOf(th).SegIdx) * lua.FramesPerSegment }

// ensureFrames leaves room for stackMargin more frames on the innermost thread,
// and is false where the recursion has gone too deep: the threads of protected
// calls are one stack to Lua. A message handler that is called for that has the
// frames of a new thread.
func (f *Fiber) ensureFrames() bool {
	if len(f.threads) == 0 {
		return true
	}
	th := f.threads[len(f.threads)-1]
	cs := callStackOf(th)
	used := framesOf(th)
	if used+stackMargin <= len(cs.Segments)*lua.FramesPerSegment {
		return true
	}
	total := 0
	for _, th := range f.threads {
		total += framesOf(th)
	}
	if total >= frameLimit {
		return false
	}
	if used > deepFrames/2 {
		registryOf(th).GrowBy = deepStep
	}
	grown := make([]*layout.Segment, 2*len(cs.Segments)+stackMargin/lua.FramesPerSegment)
	copy(grown, cs.Segments)
	cs.Segments = grown
	return true
}
