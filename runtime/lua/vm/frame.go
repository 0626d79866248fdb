package vm

import (
	"fmt"
	"unsafe"

	lua "github.com/yuin/gopher-lua"
)

// frame mirrors lua.callFrame, as layout.go has checked. gopher-lua shows a
// frame only by its level, counts a tail call as a level of its own, and needs
// one step for each: an endless tail call makes that a walk of minutes.
type frame struct {
	Idx        int
	Fn         *lua.LFunction
	Parent     *frame
	Pc         int
	Base       int
	LocalBase  int
	ReturnBase int
	NArgs      int
	NRet       int
	TailCall   int
}

func currentFrame(th *lua.LState) *frame { return *currentFrameOf(th) }

func currentFrameOf(th *lua.LState) **frame {
	return (**frame)(unsafe.Add(unsafe.Pointer(th), layout.frame))
}

// debug is fr as gopher-lua's GetInfo and GetLocal take it.
func (fr *frame) debug() *lua.Debug {
	ar := &lua.Debug{}
	*(**frame)(unsafe.Pointer(ar)) = fr
	return ar
}

// line is the line that fr is executing, -1 for a Go function.
func (fr *frame) line() int {
	if fr.Fn.IsG || fr.Pc < 1 || fr.Pc > len(fr.Fn.Proto.DbgSourcePositions) {
		return -1
	}
	return fr.Fn.Proto.DbgSourcePositions[fr.Pc-1]
}

// stack is the fiber's threads, the innermost last: those it is on, or the one
// on which a coroutine ended with an error.
func (f *Fiber) stack() []*lua.LState {
	if len(f.threads) == 0 && f.fallen != nil {
		return []*lua.LState{f.fallen}
	}
	return f.threads
}

// frameAt finds the frame at a level, and the thread that it is on.
func (f *Fiber) frameAt(level int) (*lua.LState, *frame) {
	if level < 0 {
		return nil, nil
	}
	for th, fr := range f.frames {
		if level == 0 {
			return th, fr
		}
		level--
	}
	return nil, nil
}

// frames goes through the levels of the fiber's stack, the innermost first.
func (f *Fiber) frames(yield func(*lua.LState, *frame) bool) {
	threads := f.stack()
	for i := len(threads) - 1; i >= 0; i-- {
		th := threads[i]
		for fr := currentFrame(th); fr != nil; fr = fr.Parent {
			if _, helper := f.helper(fr.Fn); !helper && !yield(th, fr) {
				return
			}
		}
	}
}

func (f *Fiber) helper(fn *lua.LFunction) (event string, ok bool) {
	if fn.IsG && f.vm.Helper != nil {
		return f.vm.Helper(fn)
	}
	return "", false
}

// depth is how many levels the fiber's stack has.
func (f *Fiber) depth() int {
	n := 0
	for range f.frames {
		n++
	}
	return n
}

// Frame finds the frame at a level of the fiber's stack, through all of its
// threads: 0 is the function that runs, 1 the one that called it. A protected
// call's thread and the one below it are one stack to Lua; calls that became
// tail calls are no levels.
func (f *Fiber) Frame(level int) (L *lua.LState, ar *lua.Debug, ok bool) {
	if !layout.ok {
		return f.slowFrame(level)
	}
	L, fr := f.frameAt(level)
	if fr == nil {
		return nil, nil, false
	}
	return L, fr.debug(), true
}

// slowFrame is Frame for a gopher-lua whose frames aren't known.
func (f *Fiber) slowFrame(level int) (L *lua.LState, ar *lua.Debug, ok bool) {
	for i := len(f.threads) - 1; i >= 0; i-- {
		th := f.threads[i]
		n := 0
		for ; n <= level; n++ {
			if ar, ok = th.GetStack(n); !ok {
				break
			}
		}
		if ok {
			return th, ar, true
		}
		level -= n
	}
	return nil, nil, false
}

// Info describes an activation of a function, as lua_getinfo does.
type Info struct {
	Fn       *lua.LFunction
	Line     int    // the line that runs, -1 for a Go function
	Name     string // what the caller called it, empty if that isn't known
	NameWhat string // "global", "local", "method", "field", "upvalue", "metamethod", "for iterator" or empty
	Tail     bool   // it was called by a tail call: its caller is gone
	Args     int    // arguments that it was called with
}

// Info describes the function at a level of the fiber's stack (see Frame).
func (f *Fiber) Info(level int) (Info, bool) {
	if !layout.ok {
		return f.slowInfo(level)
	}
	_, fr := f.frameAt(level)
	if fr == nil {
		return Info{}, false
	}
	return f.info(fr), true
}

func (f *Fiber) info(fr *frame) Info {
	info := Info{Fn: fr.Fn, Line: fr.line(), Args: fr.NArgs}
	info.Tail = !fr.Fn.IsG && fr.TailCall > 0
	if f.hook != nil && fr.Parent != nil && fr.Parent == f.hook.calling {
		info.Name, info.NameWhat = "?", "hook"
		return info
	}
	if !info.Tail && fr.Parent != nil {
		if event, ok := f.helper(fr.Parent.Fn); ok && event != "" {
			info.Name, info.NameWhat = event, "metamethod"
		} else {
			info.Name, info.NameWhat = fr.Parent.calledName()
		}
	}
	return info
}

func (f *Fiber) slowInfo(level int) (Info, bool) {
	L, ar, ok := f.slowFrame(level)
	if !ok {
		return Info{}, false
	}
	fn, err := L.GetInfo("nSlf", ar, lua.LNil)
	if err != nil {
		return Info{}, false
	}
	info := Info{Fn: fn.(*lua.LFunction), Line: ar.CurrentLine, Name: ar.Name}
	return info, true
}

// Where is luaL_where: the position `chunk:line: ` of the function at a level,
// empty for a Go function and beyond the stack.
func (f *Fiber) Where(level int) string {
	info, ok := f.Info(level)
	if !ok || info.Line <= 0 {
		return ""
	}
	return fmt.Sprintf("%s:%d: ", info.Fn.Proto.SourceName, info.Line)
}

// Vararg is the number by which GetLocal and SetLocal know a variable argument
// of the function at a level: n is -1 for the first one.
func (f *Fiber) Vararg(level, n int) (no int, ok bool) {
	if !layout.ok {
		return 0, false
	}
	_, fr := f.frameAt(level)
	if fr == nil || fr.Fn.IsG || fr.Fn.Proto.IsVarArg == 0 {
		return 0, false
	}
	params := int(fr.Fn.Proto.NumParameters)
	if n >= 0 || -n > fr.NArgs-params {
		return 0, false
	}
	return fr.Base + params - n - fr.LocalBase + 1, true
}
