package vm

import (
	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/lua/layout"
)

// The number of registers and of frames up to which a thread is kept for reuse.
const (
	maxKept       = 8192
	maxKeptFrames = 4 * frameStart
)

// isSmall tells whether a thread hasn't grown so much that it is better dropped.
func isSmall(th *lua.LState) bool {
	return len(registryOf(th).Array) <= maxKept && len(callStackOf(th).Segments) <= maxKeptFrames/lua.FramesPerSegment
}

// forget has an idle thread hold on to nothing: the frames of calls that have
// returned still name their functions, and so a VM.
func forget(th *lua.LState) {
	th.SetTop(0)
	callStackOf(th).Clear()
	th.RemoveContext()
}

// reset makes a thread that an error has left as good as new: the captured
// locals of its frames get values of their own, and the frames are gone. It is false
// where gopher-lua's frames can't be reached.
func reset(th *lua.LState) bool {
	layout.CloseUpvalues(th, 0)
	callStackOf(th).Clear()
	*currentFrameOf(th) = nil
	if layout.Own {
		return false
	}
	th.SetTop(0)
	return true
}
