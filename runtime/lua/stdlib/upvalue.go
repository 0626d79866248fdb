package stdlib

import (
	"weak"

	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/lua/syntax"
	"devnode/runtime/lua/value"
)

// An upvalue is one of a function's, as Lua counts them: _ENV is among them.
type upvalue struct {
	fn *lua.LFunction
	at int // in fn.Upvalues, -1 for _ENV
}

// countUpvalues is how many a function has.
func countUpvalues(fn *lua.LFunction) int {
	n := len(fn.Upvalues)
	if !fn.IsG && syntax.EnvIndex(fn.Proto) > 0 {
		n++
	}
	return n
}

// upvalueOf is upvalue n of a function, counted from 1; it is false if there is
// none.
func upvalueOf(fn *lua.LFunction, n int64) (u upvalue, ok bool) {
	if n < 1 || n > int64(countUpvalues(fn)) {
		return u, false
	}
	at := int(n) - 1
	if !fn.IsG {
		switch env := syntax.EnvIndex(fn.Proto); {
		case env == int(n):
			at = -1
		case env > 0 && env < int(n):
			at--
		}
	}
	return upvalue{fn, at}, true
}

func (u upvalue) name() string {
	switch {
	case u.at < 0:
		return syntax.EnvName
	case u.fn.IsG || u.at >= len(u.fn.Proto.DbgUpvalues):
		return ""
	}
	return u.fn.Proto.DbgUpvalues[u.at]
}

func (u upvalue) value() lua.LValue {
	if u.at < 0 {
		return value.EnvValue(u.fn)
	}
	return u.fn.Upvalues[u.at].Value()
}

func (u upvalue) set(v lua.LValue) {
	if u.at < 0 {
		value.AssignEnv(u.fn, v)
	} else {
		u.fn.Upvalues[u.at].SetValue(v)
	}
}

// variable is what it is captured of.
func (u upvalue) variable() *lua.Upvalue {
	if u.at < 0 {
		return value.EnvUpvalue(u.fn)
	}
	return u.fn.Upvalues[u.at]
}

// join has it be the same variable as another.
func (u upvalue) join(with upvalue) {
	switch {
	case u.at < 0 && with.at < 0:
		u.fn.Env = with.fn.Env
	case u.at < 0:
		value.JoinEnv(u.fn, with.variable())
	default:
		u.fn.Upvalues[u.at] = with.variable()
	}
}

func debugGetupvalue(L *lua.LState) int {
	u, ok := upvalueOf(checkFunction(L, 1), checkInt(L, 2))
	if !ok {
		return 0
	}
	return results(L, lua.LString(u.name()), u.value())
}

func debugSetupvalue(L *lua.LState) int {
	fn, n, v := checkFunction(L, 1), checkInt(L, 2), checkAny(L, 3)
	u, ok := upvalueOf(fn, n)
	if !ok {
		return 0
	}
	u.set(v)
	return str(L, u.name())
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

// isUpvalueID tells whether a userdata is one of these, which C has as light ones.
func isUpvalueID(ud *lua.LUserData) bool {
	_, ok := ud.Value.(*lua.Upvalue)
	return ok
}

func debugUpvalueid(L *lua.LState) int {
	u, ok := upvalueOf(checkFunction(L, 1), checkInt(L, 2))
	if !ok {
		L.Push(lua.LNil)
		return 1
	}
	l := libOf(L)
	if l.upvalues == nil {
		l.upvalues = make(upvalueIDs)
	}
	L.Push(l.upvalues.of(u.variable()))
	return 1
}

func debugUpvaluejoin(L *lua.LState) int {
	u, ok := upvalueOf(checkFunction(L, 1), checkInt(L, 2))
	if !ok {
		argError(L, 2, "invalid upvalue index")
	}
	with, ok := upvalueOf(checkFunction(L, 3), checkInt(L, 4))
	if !ok {
		argError(L, 4, "invalid upvalue index")
	}
	if u.fn.IsG {
		argError(L, 1, "Lua function expected")
	}
	if with.fn.IsG {
		argError(L, 3, "Lua function expected")
	}
	u.join(with)
	return 0
}
