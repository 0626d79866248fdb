package stdlib

import (
	"weak"

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

func debugGetupvalue(L *lua.LState) int {
	fn, n := checkFunction(L, 1), checkInt(L, 2)
	if n < 1 || n > int64(len(fn.Upvalues)) {
		return 0
	}
	name := upvalueName(fn, int(n))
	return results(L, lua.LString(name), fn.Upvalues[n-1].Value())
}

func upvalueName(fn *lua.LFunction, n int) string {
	if fn.IsG || n > len(fn.Proto.DbgUpvalues) {
		return ""
	}
	return fn.Proto.DbgUpvalues[n-1]
}

func debugSetupvalue(L *lua.LState) int {
	fn, n, v := checkFunction(L, 1), checkInt(L, 2), checkAny(L, 3)
	if n < 1 || n > int64(len(fn.Upvalues)) {
		return 0
	}
	fn.Upvalues[n-1].SetValue(v)
	return str(L, upvalueName(fn, int(n)))
}

// checkUpvalue is the upvalue that arguments n and n+1 mean; nil if the
// function has none of that number.
func checkUpvalue(L *lua.LState, n int) (*lua.LFunction, int) {
	fn, i := checkFunction(L, n), checkInt(L, n+1)
	if i < 1 || i > int64(len(fn.Upvalues)) {
		return nil, 0
	}
	return fn, int(i - 1)
}

// upvalueIDs are the values of debug.upvalueid, one for each variable. They
// keep no variable alive.
type upvalueIDs map[weak.Pointer[lua.Upvalue]]weak.Pointer[lua.LUserData]

func (ids upvalueIDs) of(uv *lua.Upvalue) *lua.LUserData {
	key := weak.Make(uv)
	if ud := ids[key].Value(); ud != nil {
		return ud
	}
	for k := range ids {
		if k.Value() == nil || ids[k].Value() == nil {
			delete(ids, k)
		}
	}
	ud := &lua.LUserData{Value: uv, Metatable: lua.LNil}
	ids[key] = weak.Make(ud)
	return ud
}

func debugUpvalueid(L *lua.LState) int {
	fn, i := checkUpvalue(L, 1)
	if fn == nil {
		L.Push(lua.LNil)
		return 1
	}
	l := libOf(L)
	if l.upvalues == nil {
		l.upvalues = make(upvalueIDs)
	}
	L.Push(l.upvalues.of(fn.Upvalues[i]))
	return 1
}

func debugUpvaluejoin(L *lua.LState) int {
	f1, i1 := checkUpvalue(L, 1)
	if f1 == nil {
		argError(L, 2, "invalid upvalue index")
	}
	f2, i2 := checkUpvalue(L, 3)
	if f2 == nil {
		argError(L, 4, "invalid upvalue index")
	}
	if f1.IsG {
		argError(L, 1, "Lua function expected")
	}
	if f2.IsG {
		argError(L, 3, "Lua function expected")
	}
	f1.Upvalues[i1] = f2.Upvalues[i2]
	return 0
}
