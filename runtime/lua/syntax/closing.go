package syntax

import (
	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/lua/layout"
)

// checkClosable is called with the value and the name of a new variable to be
// closed.
func checkClosable(L *lua.LState) int {
	v := L.Get(1)
	if lua.LVAsBool(v) && metamethod(L, v, "__close") == lua.LNil {
		L.RaiseError("variable '%s' got a non-closable value", L.Get(2).String())
	}
	return 0
}

// maxCallChain bounds the values whose __call is again no function.
const maxCallChain = 200

// caller is a context of threads that knows how their functions are called.
type caller interface {
	Call(L *lua.LState, nargs, nret int)
}

// runClose calls the __close metamethod of v, if v is to be closed at all.
func runClose(L *lua.LState, v, err lua.LValue) {
	if !lua.LVAsBool(v) {
		return
	}
	mm := metamethod(L, v, "__close")
	if mm == lua.LNil { // it has been taken away
		L.RaiseError("attempt to call a nil value (metamethod 'close')")
	}
	args := []lua.LValue{mm, v, err}
	for n := 0; args[0].Type() != lua.LTFunction && n < maxCallChain; n++ {
		args = append([]lua.LValue{metamethod(L, args[0], "__call")}, args...)
	}
	for _, arg := range args {
		L.Push(arg)
	}
	if machine, ok := layout.ContextOf(L).(caller); ok {
		machine.Call(L, len(args)-1, 0)
	} else {
		L.Call(len(args)-1, 0)
	}
}

// passClosing closes its first argument and returns all others.
func passClosing(L *lua.LState) int {
	n := L.GetTop() - 1
	runClose(L, L.Get(1), lua.LNil)
	return n
}

// Pending returns the values of the to-be-closed variables that are in scope in
// the frames of th, in the order in which they are to be closed: the innermost
// first. It is meant for a thread that an error has ended, or that is suspended
// and is to be ended: its frames and registers must be as they were then.
//
// Most threads have none, and finding that out costs little more than a walk
// over the frames.
func Pending(th *lua.LState) []lua.LValue {
	var list []lua.LValue
	for fr := topFrame(th); fr.valid(); fr = fr.caller() {
		fn := fr.fn()
		if fn == nil || fn.IsG {
			continue
		}
		if info := infoOf(fn.Proto); info != nil && len(info.closers) > 0 {
			list = append(list, info.pending(th, fr)...)
		}
	}
	return list
}

func (info *protoInfo) pending(th *lua.LState, fr frame) []lua.LValue {
	pc := fr.pc()
	var list []lua.LValue
	for r := maxReg; r >= 0; r-- {
		for _, c := range info.closers {
			if c.reg == r && c.start <= pc && pc < c.end {
				if v := fr.register(th, r); lua.LVAsBool(v) {
					list = append(list, v)
				}
				break
			}
		}
	}
	return list
}

// CloseFrames calls the __close metamethods of the to-be-closed variables that
// are in scope in the frames of th, which an error has ended (failed is true,
// and err is the error value) or which is suspended and is to be ended (failed
// is false). The metamethods run on L, never on th, each in a protected call by
// way of pcall, which calls fn with its two arguments and returns the error
// value and false if it raised one. As in C Lua, such an error takes the place
// of the one before. CloseFrames returns the error that is left, and whether
// there is one.
//
// Whoever catches an error must call it before the thread is used again: pcall
// and xpcall, coroutine.wrap, coroutine.close. A coroutine that an error ends
// under coroutine.resume keeps its variables open in C Lua until it is closed;
// closing them at once is sooner, and safer where nobody closes it. Where a
// coroutine is suspended inside protected calls, each of its threads has frames
// of its own: go from the innermost to the outermost.
func CloseFrames(th *lua.LState, failed bool, err lua.LValue, pcall func(fn, value, err lua.LValue) (lua.LValue, bool)) (lua.LValue, bool) {
	if !failed {
		err = lua.LNil
	}
	for _, v := range Pending(th) {
		mm := metamethod(th, v, "__close")
		if e, ok := pcall(mm, v, err); !ok {
			err, failed = e, true
		}
	}
	return err, failed
}
