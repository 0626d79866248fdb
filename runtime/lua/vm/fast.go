package vm

import (
	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/lua/bytecode"
	"devnode/runtime/lua/value"
)

// rk is the value of a B or C operand of a function with the registers r.
func rk(r, constants []lua.LValue, operand int) lua.LValue {
	if operand&bytecode.ConstantBit != 0 {
		return constants[operand&^bytecode.ConstantBit]
	}
	return r[operand]
}

func numbers(x, y lua.LValue) (m, n lua.LNumber, ok bool) {
	if m, ok = x.(lua.LNumber); ok {
		n, ok = y.(lua.LNumber)
	}
	return m, n, ok
}

// equalPlain compares values of which no metamethod is asked.
func equalPlain(x, y lua.LValue) (same, known bool) {
	switch x := x.(type) {
	case lua.LNumber:
		if n, ok := y.(lua.LNumber); ok {
			return x == n, true
		}
		return value.Equal(x, y), true
	case lua.LString:
		s, ok := y.(lua.LString)
		return ok && x == s, true
	case *lua.LNilType, lua.LBool:
		return x == y, true
	case value.Int, value.Float:
		return value.Equal(x, y), true
	case *value.Table:
		if t, ok := y.(*value.Table); !ok || t == x || t.Metatable() == nil && x.Metatable() == nil {
			_, foreign := y.(*lua.LTable)
			return ok && t == x, !foreign
		}
	}
	return false, false
}

// maxIndexChain is how many tables are searched, one the __index of another,
// before it is left to Index.
const maxIndexChain = 8

// getString is t[key] for a table, and those that its metatable has for __index.
func getString(t, key lua.LValue) lua.LValue {
	name, ok := key.(lua.LString)
	if !ok {
		return nil
	}
	for range maxIndexChain {
		tb, ok := t.(*value.Table)
		if !ok {
			return nil
		}
		if v := tb.Name(string(name)); v != nil {
			return v
		}
		meta := tb.Metatable()
		if meta == nil {
			return lua.LNil
		}
		if t = meta.MetaIndex(); t == nil {
			return lua.LNil
		}
	}
	return nil
}

// getAny is t[key] for a string, or a number that a table has in its array.
func getAny(t, key lua.LValue) lua.LValue {
	n, ok := key.(lua.LNumber)
	if !ok {
		return getString(t, key)
	}
	tb, ok := t.(*value.Table)
	if !ok {
		return nil
	}
	if i := int64(n); lua.LNumber(i) == n {
		if v := tb.Index(i); v != nil {
			return v
		}
		if tb.Metatable() == nil {
			return lua.LNil
		}
	}
	return nil
}

// setString is t[key] = v for a table that has a value there, or no metatable.
func setString(t, key, v lua.LValue) bool {
	name, ok1 := key.(lua.LString)
	tb, ok2 := t.(*value.Table)
	if !ok1 || !ok2 {
		return false
	}
	if tb.SetName(string(name), v) {
		return true
	}
	if tb.Metatable() != nil || tb.Frozen() {
		return false
	}
	tb.RawSet(key, v)
	return true
}

// setAny is t[key] = v for a string or an integer, as setString.
func setAny(t, key, v lua.LValue) bool {
	n, ok := key.(lua.LNumber)
	if !ok {
		return setString(t, key, v)
	}
	tb, ok := t.(*value.Table)
	i := int64(n)
	if !ok || lua.LNumber(i) != n {
		return false
	}
	if tb.SetIndex(i, v) {
		return true
	}
	if tb.Metatable() != nil || tb.Frozen() {
		return false
	}
	tb.RawSet(key, v)
	return true
}
