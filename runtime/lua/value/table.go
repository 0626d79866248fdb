package value

import lua "github.com/yuin/gopher-lua"

// Table is a table of Lua. Go code names tables by it, and reaches what isn't a
// method by the functions here, so that it needn't know how one is made.
type Table = lua.LTable

// NewTable makes a table with room for so many values of an array, and so many
// other fields.
func NewTable(array, fields int) *Table {
	if array == 0 && fields == 0 {
		return &lua.LTable{Metatable: lua.LNil}
	}
	return new(lua.LState).CreateTable(array, fields)
}

// Meta is a table's metatable, nil (Lua's) for none.
func Meta(t *Table) lua.LValue {
	if t.Metatable == nil {
		return lua.LNil
	}
	return t.Metatable
}

// SetMeta gives a table a metatable, or nil (Lua's) for none.
func SetMeta(t *Table, mt lua.LValue) { t.Metatable = mt }

// CheckTable is an argument of a Go function that has to be a table.
func CheckTable(L *lua.LState, n int) *Table { return L.CheckTable(n) }

// Globals is the table of globals of the machine that L belongs to.
func Globals(L *lua.LState) *Table { return L.G.Global }

// Registry is Lua's registry of the machine that L belongs to.
func Registry(L *lua.LState) *Table { return L.G.Registry }

// Env is the environment of a Lua function, Go's nil for none.
func Env(fn *lua.LFunction) *Table { return fn.Env }

// SetEnv gives a Lua function another environment.
func SetEnv(fn *lua.LFunction, env *Table) { fn.Env = env }

// UserEnv is the environment of a userdata, Go's nil for none.
func UserEnv(u *lua.LUserData) *Table { return u.Env }

// SetUserEnv gives a userdata another environment.
func SetUserEnv(u *lua.LUserData, env *Table) { u.Env = env }

// Replace gives a table the contents and the metatable of another, which isn't
// used any more then.
func Replace(t, by *Table) { *t = *by }
