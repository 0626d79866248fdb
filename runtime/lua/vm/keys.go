package vm

import (
	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/lua/bytecode"
	"devnode/runtime/lua/value"
)

// getTableOp is OP_GETTABLE. A key that a table has in another form is looked up
// in that form, while a metamethod is given it as it is.
func getTableOp(L *lua.LState, inst uint32, base *frame) int {
	cf := currentFrame(L)
	key := operand(L, cf, bytecode.C(inst))
	if value.IsKey(key) {
		return instructions[lua.OP_GETTABLE](L, inst, base)
	}
	setRegister(L, bytecode.A(inst), Index(L, operand(L, cf, bytecode.B(inst)), key))
	return 0
}

// Index is t[key], for any kinds of values and keys.
func Index(L *lua.LState, t, key lua.LValue) lua.LValue {
	if value.IsKey(key) {
		return L.GetTable(t, key)
	}
	raw := value.Key(key)
	for range lua.MaxTableGetLoop {
		tb, isTable := t.(*lua.LTable)
		if isTable {
			if v := tb.RawGet(raw); v != lua.LNil {
				return v
			}
		}
		switch index := L.GetMetaField(t, "__index"); {
		case index == lua.LNil && isTable:
			return lua.LNil
		case index == lua.LNil:
			L.RaiseError("attempt to index a non-table object(%v) with key '%s'", t.Type(), key)
		case index.Type() == lua.LTFunction:
			return callMeta(L, index, "index", t, key)
		default:
			t = index
		}
	}
	L.RaiseError("too many recursions in gettable")
	return nil
}

// setTableOp is OP_SETTABLE, as getTableOp.
func setTableOp(L *lua.LState, inst uint32, base *frame) int {
	cf := currentFrame(L)
	key := operand(L, cf, bytecode.B(inst))
	if value.IsKey(key) {
		return instructions[lua.OP_SETTABLE](L, inst, base)
	}
	SetIndex(L, operand(L, cf, bytecode.A(inst)), key, operand(L, cf, bytecode.C(inst)))
	return 0
}

// SetIndex is t[key] = v, for any kinds of values and keys.
func SetIndex(L *lua.LState, t, key, v lua.LValue) {
	if value.IsKey(key) {
		L.SetTable(t, key, v)
		return
	}
	raw := value.Key(key)
	for range lua.MaxTableGetLoop {
		tb, isTable := t.(*lua.LTable)
		if isTable && tb.RawGet(raw) != lua.LNil {
			L.RawSet(tb, raw, v)
			return
		}
		switch index := L.GetMetaField(t, "__newindex"); {
		case index == lua.LNil && isTable:
			L.RawSet(tb, raw, v)
			return
		case index == lua.LNil:
			L.RaiseError("attempt to index a non-table object(%v) with key '%s'", t.Type(), key)
		case index.Type() == lua.LTFunction:
			L.Push(index)
			L.Push(t)
			L.Push(key)
			L.Push(v)
			L.Call(3, 0)
			return
		default:
			t = index
		}
	}
	L.RaiseError("too many recursions in settable")
}
