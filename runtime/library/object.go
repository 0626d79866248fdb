package library

import (
	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/lua/stdlib"
	"devnode/runtime/lua/value"
)

// Class is a kind of objects: userdata that hold a Go value.
type Class struct {
	Name    string              // in messages: "directory"; without any of the three an object has no metatable
	Methods map[string]Function // object:method(…): the object is argument 1
	Events  map[string]Function // "__gc", "__close", "__tostring", "__index" …
}

// New makes an object of the class that holds a Go value.
func (class *Class) New(c Call, holds any) Value {
	ud := &lua.LUserData{Value: holds, Metatable: lua.LNil}
	if class.Name != "" || class.Methods != nil || class.Events != nil {
		ud.Metatable = class.metatable(c)
	}
	if class.Events["__gc"] != nil {
		stdlib.Finalizable(c.state, ud)
	}
	return Value{ud}
}

// NewHolding is New for an object whose Go value holds Lua values, which are given once
// more, so that they can be found: to weigh the service, and by reload.
func (class *Class) NewHolding(c Call, holds any, values ...Value) Value {
	v := class.New(c, holds)
	held := value.NewTable(len(values), 0)
	for i, of := range values {
		held.RawSetInt(i+1, of.lua())
	}
	value.SetUserEnv(v.v.(*lua.LUserData), held)
	return v
}

// metatable is that of the class in the calling code's VM.
func (class *Class) metatable(c Call) *value.Table {
	states := c.node.Task(c.state).Generation().States()
	return states.Of(class, func() attachedState { return &classState{table: class.build(c)} }).(*classState).table
}

func (class *Class) build(c Call) *value.Table {
	mt := value.NewTable(0, len(class.Events)+2)
	if class.Name != "" {
		mt.RawSetString("__name", lua.LString(class.Name))
	}
	if class.Methods != nil {
		methods := value.NewTable(0, len(class.Methods))
		for name, fn := range class.Methods {
			methods.RawSetString(name, value.Function(bind(fn, c.node)))
		}
		mt.RawSetString("__index", methods)
	}
	for event, fn := range class.Events {
		mt.RawSetString(event, value.Function(bind(fn, c.node)))
	}
	return mt
}

// classState has a metatable for as long as a generation lives.
type classState struct {
	noState
	table *value.Table
}

// Values visits the metatable.
func (s *classState) Values(visit func(string, lua.LValue) lua.LValue) { visit("metatable", s.table) }

// Object is argument n of a call, an object that holds a T. name is what an error says
// was expected: the Name of its Class.
func Object[T any](c Call, n int, name string) T {
	held, ok := Held[T](c.Arg(n))
	if !ok {
		c.TypeError(n, name)
	}
	return held
}

// Held is the Go value of an object, if that is a T.
func Held[T any](v Value) (held T, ok bool) {
	if ud, object := v.v.(*lua.LUserData); object {
		held, ok = ud.Value.(T)
	}
	return held, ok
}
