package stdlib

import (
	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/lua/syntax"
	"devnode/runtime/lua/vm"
)

// localName is C Lua's name of a value that is no local variable.
func localName(name string) string {
	if name == "(*temporary)" {
		return "(temporary)"
	}
	return name
}

// local finds local variable n at a level: the thread, the frame, and the
// number by which gopher-lua knows it. Negative n are variable arguments.
func local(L *lua.LState, co *vm.Fiber, arg int, n int64) (th *lua.LState, ar *lua.Debug, no int) {
	level := int(max(-1, min(checkInt(L, arg), 1<<30)))
	th, ar, ok := co.Frame(level)
	if !ok {
		argError(L, arg, "level out of range")
	}
	if n < 0 {
		if no, ok := co.Vararg(level, int(max(n, -1<<30))); ok {
			return th, ar, no
		}
		return nil, nil, 0
	}
	info, _ := co.Info(level)
	if n == 0 || info.Fn.IsG || n > 255 {
		return nil, nil, 0
	}
	return th, ar, int(n)
}

func debugGetlocal(L *lua.LState) int {
	co, arg := threadArg(L)
	n := checkInt(L, arg+2)
	if fn, ok := L.Get(arg + 1).(*lua.LFunction); ok {
		if name := parameterName(fn, n); name != "" {
			return str(L, name)
		}
		L.Push(lua.LNil)
		return 1
	}
	th, ar, no := local(L, co, arg+1, n)
	if th == nil {
		L.Push(lua.LNil)
		return 1
	}
	name, v := th.GetLocal(ar, no)
	switch {
	case n < 0:
		name = "(vararg)"
	case name == "":
		L.Push(lua.LNil)
		return 1
	}
	if v == nil || isHelper(v) {
		v = lua.LNil
	}
	return results(L, lua.LString(localName(name)), v)
}

// isHelper tells whether v is a function that only compiled code may call. It
// can be seen among the temporary values of a function.
func isHelper(v lua.LValue) bool {
	fn, ok := v.(*lua.LFunction)
	if ok {
		_, ok = syntax.Helper(fn)
	}
	return ok
}

func parameterName(fn *lua.LFunction, n int64) string {
	if fn.IsG || n < 1 || n > int64(fn.Proto.NumParameters) || n > int64(len(fn.Proto.DbgLocals)) {
		return ""
	}
	return fn.Proto.DbgLocals[n-1].Name
}

func debugSetlocal(L *lua.LState) int {
	co, arg := threadArg(L)
	n, v := checkInt(L, arg+2), checkAny(L, arg+3)
	th, ar, no := local(L, co, arg+1, n)
	name := ""
	if th != nil {
		name, _ = th.GetLocal(ar, no)
	}
	switch {
	case n < 0 && name != "":
		name = "(vararg)"
	case name == "", localName(name) == "(temporary)": // the machine relies on those
		L.Push(lua.LNil)
		return 1
	}
	th.SetLocal(ar, no, v)
	return str(L, name)
}
