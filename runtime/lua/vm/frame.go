package vm

import (
	"fmt"

	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/lua/layout"
)

// What the machine has of a thread is gopher-lua's: see package layout. gopher-lua
// itself shows a frame only by its level, counts a tail call as a level of its own,
// and needs one step for each: an endless tail call makes that a walk of minutes.
type (
	frame     = layout.Frame
	callStack = layout.CallStack
	upvalue   = layout.Upvalue
)

func currentFrame(th *lua.LState) *frame { return *layout.CurrentFrame(th) }

func currentFrameOf(th *lua.LState) **frame { return layout.CurrentFrame(th) }

func callStackOf(th *lua.LState) *callStack { return layout.StackOf(th) }

// lineOf is the line that fr is executing, -1 for a Go function.
func lineOf(fr *frame) int {
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

// HasLevel tells whether the fiber's stack has a level, through all of its threads:
// 0 is the function that runs, 1 the one that called it. A protected call's thread
// and the one below it are one stack to Lua; calls that became tail calls are no
// levels.
func (f *Fiber) HasLevel(level int) bool {
	_, fr := f.frameAt(level)
	return fr != nil
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

// Info describes the function at a level of the fiber's stack (see HasLevel).
func (f *Fiber) Info(level int) (Info, bool) {
	_, fr := f.frameAt(level)
	if fr == nil {
		return Info{}, false
	}
	return f.info(fr), true
}

func (f *Fiber) info(fr *frame) Info {
	info := Info{Fn: fr.Fn, Line: lineOf(fr), Args: fr.NArgs}
	info.Tail = !fr.Fn.IsG && fr.TailCall > 0
	if f.hook != nil && fr.Parent != nil && fr.Parent == f.hook.calling {
		info.Name, info.NameWhat = "?", "hook"
		return info
	}
	if !info.Tail && fr.Parent != nil {
		if event, ok := f.helper(fr.Parent.Fn); ok && event != "" {
			info.Name, info.NameWhat = event, "metamethod"
		} else {
			info.Name, info.NameWhat = calledName(fr.Parent)
		}
	}
	return info
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
