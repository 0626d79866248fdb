package value

import lua "github.com/yuin/gopher-lua"

// The globals of a Lua function are the fields of _ENV, a variable that the
// functions of a chunk share, as any other upvalue. gopher-lua has no such
// variable but an environment for each function, a table of its own kind that a
// new closure has from the function that makes it. That table is the variable
// here: what it holds is in the place of its metatable. Nothing else of it is used.
//
// As nearly always it is a table, that is looked for first. Any other value, and a
// variable that is an upvalue of some function, too (debug.upvaluejoin), is in a
// captured variable of gopher-lua's.

// outerEnv is what a variable _ENV holds where its value is in an upvalue.
type outerEnv struct{ up *lua.Upvalue }

func (outerEnv) String() string       { return "_ENV" }
func (outerEnv) Type() lua.LValueType { return lua.LTNil }

// Env is the table of the globals of a Lua function, Go's nil where that is
// no table.
func Env(fn *lua.LFunction) *Table {
	if fn.IsG || fn.Env == nil {
		return nil
	}
	if t, ok := fn.Env.Metatable.(*Table); ok {
		return t
	}
	t, _ := EnvValue(fn).(*Table)
	return t
}

// EnvValue is the value of _ENV of a Lua function, nil (Lua's) for a function that
// has none.
func EnvValue(fn *lua.LFunction) lua.LValue {
	if fn.IsG || fn.Env == nil {
		return lua.LNil
	}
	switch v := fn.Env.Metatable.(type) {
	case *Table:
		return v
	case outerEnv:
		return outside(FromForeign(v.up.Value()))
	}
	return Foreign(fn.Env) // a table of Go code's
}

// SetEnv gives a Lua function a variable _ENV of its own.
func SetEnv(fn *lua.LFunction, env lua.LValue) {
	fn.Env = &lua.LTable{}
	AssignEnv(fn, env)
}

// AssignEnv gives _ENV a value, for all functions that share the variable.
func AssignEnv(fn *lua.LFunction, env lua.LValue) {
	if outer, ok := fn.Env.Metatable.(outerEnv); ok {
		outer.up.SetValue(env)
		return
	}
	if t, ok := ToTable(env); ok {
		fn.Env.Metatable = t
		return
	}
	up := &lua.Upvalue{}
	up.Close()
	up.SetValue(env)
	fn.Env.Metatable = outerEnv{up}
}

// EnvUpvalue is the variable _ENV of a Lua function as an upvalue.
func EnvUpvalue(fn *lua.LFunction) *lua.Upvalue {
	if outer, ok := fn.Env.Metatable.(outerEnv); ok {
		return outer.up
	}
	up := &lua.Upvalue{}
	up.Close()
	up.SetValue(EnvValue(fn))
	fn.Env.Metatable = outerEnv{up}
	return up
}

// JoinEnv has _ENV of a Lua function be a variable that is an upvalue.
func JoinEnv(fn *lua.LFunction, up *lua.Upvalue) {
	fn.Env = &lua.LTable{Metatable: outerEnv{up}}
}
