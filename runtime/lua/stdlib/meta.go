package stdlib

import (
	"fmt"
	"hash/maphash"

	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/lua/layout"
	"devnode/runtime/lua/value"
	"devnode/runtime/lua/vm"
)

// metatable is the real metatable of a value, nil if it has none.
func metatable(L *lua.LState, v lua.LValue) *value.Table { return vm.MetatableOf(L, v) }

// basicMetatable is the metatable that all values of v's type share.
func basicMetatable(L *lua.LState, v lua.LValue) *value.Table {
	return libOf(L).vm.Basic(v.Type())
}

// metafield is an entry of a value's metatable, LNil if there is none.
func metafield(L *lua.LState, v lua.LValue, event string) lua.LValue {
	if mt := metatable(L, v); mt != nil {
		return mt.RawGetString(event)
	}
	return lua.LNil
}

// call calls a value with arguments and returns its first result.
func call(L *lua.LState, fn lua.LValue, args ...lua.LValue) lua.LValue {
	L.Push(fn)
	for _, a := range args {
		L.Push(a)
	}
	vm.Call(L, len(args), 1)
	v := L.Get(-1)
	L.Pop(1)
	return v
}

// ToText is luaL_tolstring: a value as print shows it, with its __tostring or the
// __name of its metatable. An error in the former is raised.
func ToText(L *lua.LState, v lua.LValue) string { return toText(L, v) }

// toText is ToText.
func toText(L *lua.LState, v lua.LValue) string {
	switch v := v.(type) {
	case lua.LString:
		if plainStrings(L) {
			return string(v)
		}
	case lua.LNumber, value.Int, value.Float:
		if basicMetatable(L, v) == nil {
			return value.Text(v)
		}
	}
	if mm := metafield(L, v, "__tostring"); mm != lua.LNil {
		if s, ok := asText(call(L, mm, v)); ok {
			return s
		}
		fail(L, "'__tostring' must return a string")
	}
	if s, ok := asText(v); ok {
		return s
	}
	switch v := v.(type) {
	case lua.LBool, *lua.LNilType:
		return v.String()
	}
	name := typeName(L, v)
	if name == "light userdata" {
		name = "userdata"
	}
	return name + ": " + address(v)
}

// plainStrings tells whether no __tostring was given to strings.
func plainStrings(L *lua.LState) bool {
	mt := basicMetatable(L, lua.LString(""))
	return mt == nil || mt.RawGetString("__tostring") == lua.LNil
}

// length is luaL_len: the length of a table, honouring __len.
func length(L *lua.LState, t *value.Table) int64 {
	if value.Meta(t) != lua.LNil {
		if mm := metafield(L, t, "__len"); mm != lua.LNil {
			return lengthOf(L, call(L, mm, t))
		}
	}
	return int64(t.Len())
}

// lengthOf is what a __len metamethod has returned: an integer, or its numeral.
func lengthOf(L *lua.LState, v lua.LValue) int64 {
	i, ok := toInteger(v)
	if !ok {
		fail(L, "object length is not an integer")
	}
	return i
}

// plain tells whether a table has no metamethods that reading or writing it
// would call.
func plain(t *value.Table) bool { return t.Metatable() == nil }

// maxShort is the length up to which C Lua has each string once: equal ones have one
// address.
const maxShort = 40

var stringSeed = maphash.MakeSeed()

// address is where an object lies, as %p shows it.
func address(v lua.LValue) string {
	switch v := v.(type) {
	case *value.Table, *lua.LFunction, *lua.LState:
		return fmt.Sprintf("%p", v)
	case *lua.LUserData:
		if v == value.Null {
			return "(nil)"
		}
		return fmt.Sprintf("%p", v)
	case lua.LString:
		if len(v) > maxShort {
			return fmt.Sprintf("%#x", layout.Address(string(v)))
		}
		return fmt.Sprintf("%#x", maphash.String(stringSeed, string(v))>>16)
	default:
		return "(null)"
	}
}
