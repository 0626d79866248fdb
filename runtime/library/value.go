package library

import (
	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/lua/layout"
	"devnode/runtime/lua/stdlib"
	"devnode/runtime/lua/value"
	"devnode/runtime/lua/vm"
)

// Value is a Lua value. The zero Value is nil. Two of them are equal by == when they
// are the same string, number of one kind, table, function or object.
type Value struct{ v lua.LValue }

// Nil is Lua's nil.
var Nil = Value{lua.LNil}

// String makes a string. Lua's strings are bytes, of any kind.
func String(s string) Value { return Value{lua.LString(s)} }

// Bytes makes a string of bytes that the caller has made and doesn't use any more: they
// aren't copied.
func Bytes(b []byte) Value { return String(layout.String(b)) }

// Int makes an integer.
func Int(i int64) Value { return Value{value.OfInt(i)} }

// Float makes a float; one without a fraction stays a float, as 3.0 does.
func Float(f float64) Value { return Value{value.OfFloat(f)} }

// Bool makes a boolean.
func Bool(b bool) Value { return Value{lua.LBool(b)} }

// Null is C's NULL as a light userdata, by which libraries such as cjson say that there
// is nothing.
var Null = Value{value.Null}

// Light makes a light userdata: a value that equals itself and nothing else, in all
// services. It may be a constant of a module.
func Light() Value { return Value{value.NewLight(nil)} }

// LightOf makes a light userdata that points to something of Go's: it goes from service to
// service as it is, so that must be safe to share. See Pointed.
func LightOf(of any) Value { return Value{value.NewLight(of)} }

// Pointed is what a light userdata points to, if that is a T.
func Pointed[T any](v Value) (of T, ok bool) {
	if light, is := Held[*value.Light](v); is {
		of, ok = light.Of.(T)
	}
	return of, ok
}

// IsLight tells whether the value is a light userdata.
func (v Value) IsLight() bool {
	ud, ok := v.v.(*lua.LUserData)
	return ok && value.IsLight(ud)
}

func (v Value) lua() lua.LValue {
	if v.v == nil {
		return lua.LNil
	}
	return v.v
}

// Type is what Lua's type says: "nil", "boolean", "number", "string", "table",
// "function", "thread" or "userdata".
func (v Value) Type() string { return v.lua().Type().String() }

// IsNil tells whether the value is nil.
func (v Value) IsNil() bool { return v.lua() == lua.LNil }

// Truth tells whether the value is neither nil nor false.
func (v Value) Truth() bool { return lua.LVAsBool(v.lua()) }

// IsInteger tells whether the value is a number of the integer kind.
func (v Value) IsInteger() bool { return value.IsInteger(v.lua()) }

// Bool is the boolean that the value is.
func (v Value) Bool() (b, ok bool) {
	is, ok := v.v.(lua.LBool)
	return bool(is), ok
}

// Int is the integer that the value is, or that a float equals.
func (v Value) Int() (i int64, ok bool) {
	if i, ok = value.ToInt(v.lua()); !ok {
		return 0, false
	}
	return i, true
}

// ToNumber is the number that the value is, or that a string stands for.
func (v Value) ToNumber() (n Value, ok bool) {
	if s, is := v.Str(); is {
		parsed, ok := value.Parse(s)
		return Value{parsed}, ok
	}
	return v, value.IsNumber(v.lua())
}

// Float is the number that the value is.
func (v Value) Float() (f float64, ok bool) { return value.ToFloat(v.lua()) }

// Str is the string that the value is. A number is none.
func (v Value) Str() (s string, ok bool) {
	is, ok := v.v.(lua.LString)
	return string(is), ok
}

// Text is the value as Lua's tostring shows it, without a metamethod.
func (v Value) Text() string { return value.String(v.lua()) }

// Table is the table that the value is.
func (v Value) Table() (t Table, ok bool) {
	is, ok := v.v.(*value.Table)
	if !ok {
		return Table{}, false
	}
	return tableOf(is), true
}

// Callable tells whether a value is a function, or can be called like one.
func (c Call) Callable(v Value) bool { return vm.Callable(c.state, v.lua()) }

// Index is object[key], with metamethods.
func (c Call) Index(object, key Value) Value {
	return Value{vm.Index(c.state, object.lua(), key.lua())}
}

// SetIndex is object[key] = v, with metamethods.
func (c Call) SetIndex(object, key, v Value) {
	vm.SetIndex(c.state, object.lua(), key.lua(), v.lua())
}

// Message makes the value by which Lua holds bytes that are to be sent: what skynet
// shows as a pointer. Its size goes with it.
func (c Call) Message(bytes string) Value { return Value{c.node.Message(c.state, bytes)} }

// Metafield is what the metatable of a value has for an event, as "__pairs".
func (c Call) Metafield(v Value, event string) Value {
	return Value{stdlib.Metafield(c.state, v.lua(), event)}
}
