package layout

import (
	"sync"

	lua "github.com/yuin/gopher-lua"
)

// Frame is a call in progress: lua.callFrame.
type Frame struct {
	Idx        int
	Fn         *lua.LFunction
	Parent     *Frame
	Pc         int
	Base       int
	LocalBase  int
	ReturnBase int
	NArgs      int
	NRet       int
	TailCall   int
}

// Segment is a part of a thread's call stack.
type Segment [lua.FramesPerSegment]Frame

// CallStack is a thread's call stack, lua.autoGrowingCallFrameStack: segments that
// are made as they are needed.
type CallStack struct {
	Segments []*Segment
	SegIdx   uint16 // of the segment on top
	SegSp    uint8  // how many frames that has
}

// spare are the segments that deep calls have left.
var spare = sync.Pool{New: func() any { return new(Segment) }}

// Push puts a frame on the stack, and is nil where there is no room for it.
func (s *CallStack) Push(fr Frame) *Frame {
	if s.SegSp >= lua.FramesPerSegment {
		next := int(s.SegIdx) + 1
		if next >= len(s.Segments) {
			return nil
		}
		if s.Segments[next] == nil {
			s.Segments[next] = spare.Get().(*Segment)
		}
		s.SegIdx, s.SegSp = uint16(next), 0
	}
	fr.Idx = int(s.SegSp) + lua.FramesPerSegment*int(s.SegIdx)
	at := &s.Segments[s.SegIdx][s.SegSp]
	*at = fr
	s.SegSp++
	return at
}

// Pop takes the frame on top from the stack. The segment above is kept, as the next
// call needs it again; those beyond it go to other stacks.
func (s *CallStack) Pop() {
	if s.SegSp == 0 && s.SegIdx > 0 {
		if above := int(s.SegIdx) + 1; above < len(s.Segments) {
			if seg := s.Segments[above]; seg != nil {
				spare.Put(seg)
				s.Segments[above] = nil
			}
		}
		s.SegIdx--
		s.SegSp = lua.FramesPerSegment
	}
	s.SegSp--
}

// Last is the frame on top, nil for none.
func (s *CallStack) Last() *Frame {
	switch {
	case s.SegSp > 0:
		return &s.Segments[s.SegIdx][s.SegSp-1]
	case s.SegIdx > 0:
		return &s.Segments[s.SegIdx-1][lua.FramesPerSegment-1]
	}
	return nil
}

// Clear takes all frames from the stack, which then holds on to nothing.
func (s *CallStack) Clear() {
	for i := 1; i < len(s.Segments) && s.Segments[i] != nil; i++ {
		s.Segments[i] = nil
	}
	s.SegIdx, s.SegSp = 0, 0
	clear(s.Segments[0][:])
}
