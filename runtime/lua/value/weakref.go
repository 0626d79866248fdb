package value

import (
	"weak"

	lua "github.com/yuin/gopher-lua"
)

// A weak value stands for an object without holding on to it. Two of the same
// object are equal. They are inside tables only.
type (
	weakTable struct {
		id uint32
		p  weak.Pointer[Table]
	}
	weakFunction struct{ p weak.Pointer[lua.LFunction] }
	weakUserData struct{ p weak.Pointer[lua.LUserData] }
	weakThread   struct{ p weak.Pointer[lua.LState] }
)

func (weakTable) String() string    { return "nil" }
func (weakFunction) String() string { return "nil" }
func (weakUserData) String() string { return "nil" }
func (weakThread) String() string   { return "nil" }

func (weakTable) Type() lua.LValueType    { return lua.LTNil }
func (weakFunction) Type() lua.LValueType { return lua.LTNil }
func (weakUserData) Type() lua.LValueType { return lua.LTNil }
func (weakThread) Type() lua.LValueType   { return lua.LTNil }

// weaken is the weak value of an object, and any other value as it is.
func weaken(v lua.LValue) lua.LValue {
	switch v := v.(type) {
	case *Table:
		return weakTable{v.identity(), weak.Make(v)}
	case *lua.LFunction:
		return weakFunction{weak.Make(v)}
	case *lua.LUserData:
		return weakUserData{weak.Make(v)}
	case *lua.LState:
		return weakThread{weak.Make(v)}
	}
	return v
}

// strengthen is the object that a weak value stands for, Go's nil where it is
// gone, and any other value as it is.
func strengthen(v lua.LValue) lua.LValue {
	switch w := v.(type) {
	case weakTable:
		if t := w.p.Value(); t != nil {
			return t
		}
		return nil
	case weakFunction:
		if fn := w.p.Value(); fn != nil {
			return fn
		}
		return nil
	case weakUserData:
		if ud := w.p.Value(); ud != nil {
			return ud
		}
		return nil
	case weakThread:
		if th := w.p.Value(); th != nil {
			return th
		}
		return nil
	}
	return v
}

// IsObject tells whether a value can be collected apart from what refers to it.
func IsObject(v lua.LValue) bool {
	switch v.(type) {
	case *Table, *lua.LFunction, *lua.LUserData, *lua.LState:
		return true
	}
	return false
}

// Leads tells whether a value may refer to what belongs to its machine: a frozen table
// doesn't.
func Leads(v lua.LValue) bool {
	if t, ok := v.(*Table); ok {
		return !t.frozen
	}
	return IsObject(v)
}
