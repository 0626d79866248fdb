package vm

import (
	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/lua/value"
)

// A __call metamethod may itself be a value with a __call, and so on. gopher-lua
// calls functions only; here the values of such a chain become arguments, until
// there is a function.

// maxCallChain bounds a chain, which may lead back to itself.
const maxCallChain = 200

// chained is the __call of v, where that is no function; Go's nil for none.
func chained(L *lua.LState, v lua.LValue) lua.LValue {
	if _, ok := v.(*lua.LFunction); ok {
		return nil
	}
	if mm := MetaField(L, v, "__call"); mm != lua.LNil {
		return mm
	}
	return nil
}

// unchain puts mm, and the metamethods that it leads to, before the value at an
// index and what is above it.
func unchain(L *lua.LState, index int, mm lua.LValue) {
	for n := 0; mm != nil; n++ {
		if n == maxCallChain {
			L.RaiseError("%s", errStackOverflow.Error())
		}
		L.Insert(mm, index)
		mm = chained(L, mm)
	}
}

// Callable tells whether v can be called: a function, or a value with __call.
// gopher-lua's own error has no name for what it couldn't call.
func Callable(L *lua.LState, v lua.LValue) bool {
	for n := 0; n <= maxCallChain; n++ {
		if _, ok := v.(*lua.LFunction); ok {
			return true
		}
		if v = MetaField(L, v, "__call"); v == lua.LNil {
			return false
		}
	}
	return true // an error says why it can't
}

// uncallable is what keeps v from being called: v, or the end of its chain.
func uncallable(L *lua.LState, v lua.LValue) lua.LValue {
	for mm := MetaField(L, v, "__call"); mm != lua.LNil; mm = MetaField(L, v, "__call") {
		v = mm
	}
	return v
}

// Call is L.Call, for anything that is Callable. The value and its arguments are
// on top of the stack.
func Call(L *lua.LState, nargs, nret int) {
	index := L.GetTop() - nargs
	if mm := chained(L, L.Get(index)); mm != nil {
		top := L.GetTop()
		unchain(L, index, mm)
		nargs += L.GetTop() - top
	}
	foreign := isForeign(L.Get(index))
	callFunction(L, nargs, nret)
	for i := index; foreign && i <= L.GetTop(); i++ {
		if lt, ok := L.Get(i).(*lua.LTable); ok {
			L.Replace(i, value.Foreign(lt))
		}
	}
}

// Call is Call on a thread of the fiber.
func (f *Fiber) Call(L *lua.LState, nargs, nret int) { Call(L, nargs, nret) }
