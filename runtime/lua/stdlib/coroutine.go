package stdlib

import (
	"sync"

	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/lua/value"
	"devnode/runtime/lua/vm"
)

var coroutineModule = sync.OnceValue(func() *Module {
	return NewModule("coroutine.", map[string]lua.LGFunction{
		"close": coClose, "create": coCreate, "isyieldable": coIsyieldable, "resume": coResume,
		"running": coRunning, "status": coStatus, "wrap": coWrap, "yield": coYield,
	}, nil)
})

func checkCoroutine(L *lua.LState, n int) *vm.Fiber {
	th, ok := L.Get(n).(*lua.LState)
	if !ok {
		typeError(L, n, "thread")
	}
	return vm.CoroutineOf(th)
}

func coCreate(L *lua.LState) int {
	L.Push(vm.Of(L).VM().NewCoroutine(checkFunction(L, 1)).Identity())
	return 1
}

// stackValues are the values on L's stack from index n on.
func stackValues(L *lua.LState, n int) []lua.LValue {
	top := L.GetTop()
	if n > top {
		return nil
	}
	values := make([]lua.LValue, 0, top-n+1)
	for i := n; i <= top; i++ {
		values = append(values, L.Get(i))
	}
	return values
}

func coResume(L *lua.LState) int {
	co := checkCoroutine(L, 1)
	out, err := vm.Of(L).ResumeCoroutine(co, stackValues(L, 2))
	if err != nil {
		return results(L, lua.LFalse, err.Value)
	}
	L.Push(lua.LTrue)
	return 1 + results(L, out...)
}

func coYield(L *lua.LState) int {
	in, ok := vm.Of(L).Yield(stackValues(L, 1))
	if !ok {
		fail(L, "attempt to yield from outside a coroutine")
	}
	return results(L, in...)
}

func coWrap(L *lua.LState) int {
	co := vm.Of(L).VM().NewCoroutine(checkFunction(L, 1))
	L.Push(value.Know(L.NewClosure(wrapped, co.Identity())))
	return 1
}

// wrapped is the function that coroutine.wrap returns. Its errors are raised
// at the caller.
func wrapped(L *lua.LState) int {
	f := vm.Of(L)
	co := ownCoroutine(L)
	out, err := f.ResumeCoroutine(co, stackValues(L, 1))
	if err == nil {
		return results(L, out...)
	}
	value := err.Value
	if f.Status(co) == "dead" {
		if e := f.CloseCoroutine(co); e != nil {
			value = e.Value
		}
	}
	if s, ok := value.(lua.LString); ok {
		value = lua.LString(f.Where(1)) + s
	}
	vm.Throw(L, value)
	return 0
}

// ownCoroutine is the coroutine of the running function that wrap has made.
func ownCoroutine(L *lua.LState) *vm.Fiber {
	if th, ok := L.Get(lua.UpvalueIndex(1)).(*lua.LState); ok {
		if co := vm.CoroutineOf(th); co != nil {
			return co
		}
	}
	badState(L)
	return nil
}

func coStatus(L *lua.LState) int { return str(L, vm.Of(L).Status(checkCoroutine(L, 1))) }

func coRunning(L *lua.LState) int {
	f := vm.Of(L)
	return results(L, f.Identity(), lua.LBool(f.IsMain()))
}

func coIsyieldable(L *lua.LState) int {
	f := vm.Of(L)
	if _, ok := L.Get(1).(*lua.LState); ok {
		f = checkCoroutine(L, 1)
	}
	L.Push(lua.LBool(!f.IsMain()))
	return 1
}

func coClose(L *lua.LState) int {
	f, co := vm.Of(L), checkCoroutine(L, 1)
	switch status := f.Status(co); {
	case status != "suspended" && status != "dead", !co.IsCoroutine():
		fail(L, "cannot close a %s coroutine", status)
	}
	if err := f.CloseCoroutine(co); err != nil {
		return results(L, lua.LFalse, err.Value)
	}
	L.Push(lua.LTrue)
	return 1
}
