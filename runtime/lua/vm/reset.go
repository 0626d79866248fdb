package vm

import (
	"unsafe"

	lua "github.com/yuin/gopher-lua"
)

// The number of registers and of frames up to which a thread is kept for reuse.
const (
	maxKept       = 8192
	maxKeptFrames = 4 * frameStart
)

// isSmall tells whether a thread hasn't grown so much that it is better dropped.
func isSmall(th *lua.LState) bool {
	if !layout.ok {
		return true
	}
	registers := *(*[]lua.LValue)(*(*unsafe.Pointer)(unsafe.Add(unsafe.Pointer(th), layout.reg)))
	return cap(registers) <= maxKept && len(callStackOf(th).segments) <= maxKeptFrames/lua.FramesPerSegment
}

// forget has an idle thread hold on to nothing: the frames of calls that have
// returned still name their functions, and so a VM.
func forget(th *lua.LState) {
	th.SetTop(0)
	th.RemoveContext()
	if layout.ok {
		clear((*[lua.FramesPerSegment]frame)(callStackOf(th).segments[0])[:])
	}
}

// reset makes a thread that an error has left as good as new: the captured
// locals of its frames get values of their own, and the frames are gone. It is
// false where that can't be done.
func reset(th *lua.LState) bool {
	if !layout.ok {
		return false
	}
	open := (**lua.Upvalue)(unsafe.Add(unsafe.Pointer(th), layout.open))
	for uv := *open; uv != nil; uv = *(**lua.Upvalue)(unsafe.Pointer(uv)) {
		uv.Close()
	}
	*open = nil
	stack := callStackOf(th)
	for i := 1; i <= int(stack.segIdx); i++ {
		stack.segments[i] = nil
	}
	stack.segIdx, stack.segSp = 0, 0
	*currentFrameOf(th) = nil
	th.SetTop(0)
	return true
}
