package library

import (
	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/internal/attach"
	"devnode/runtime/lua/stdlib"
	"devnode/runtime/lua/value"
	"devnode/runtime/lua/vm"
)

// Module is what require returns for a name: a table of functions and constants, of
// which each service gets its own.
type Module struct {
	Name      string // "lfs", "skynet.crypt"
	Functions map[string]Function
	Constants map[string]Value // no tables: services would share them
	// Open completes the table when a service requires the module for the first time:
	// with tables, and functions that remember something. It may be left out.
	Open func(c Call, module Table)
}

// Function is a Go function that Lua calls. It is called by the workers of many
// services at a time.
type Function func(c Call)

// Loader makes the loader of a module for a node. It is the node's own business:
// the author of a library has no use for it.
func Loader(m Module, n attach.Node) lua.LGFunction {
	functions := make(map[string]lua.LGFunction, len(m.Functions))
	for name, fn := range m.Functions {
		functions[name] = bind(fn, n)
	}
	constants := make(map[string]func(*vm.VM) lua.LValue, len(m.Constants))
	for name, v := range m.Constants {
		constants[name] = func(*vm.VM) lua.LValue { return v.lua() }
	}
	made := stdlib.NewModule(m.Name+".", functions, constants)
	return func(L *lua.LState) int {
		t := made.Table(vm.Of(L).VM())
		stdlib.Complete(t)
		if m.Open != nil {
			m.Open(Call{state: L, node: n, args: L.GetTop()}, tableOf(t))
		}
		L.Push(t)
		return 1
	}
}

// NewFunction makes a function of Lua, which is equal to no other.
func (c Call) NewFunction(fn Function) Value { return Value{value.Function(bind(fn, c.node))} }

// bind makes a Function one of gopher-lua's.
func bind(fn Function, n attach.Node) lua.LGFunction {
	return func(L *lua.LState) int {
		top := L.GetTop()
		fn(Call{state: L, node: n, args: top})
		return L.GetTop() - top
	}
}
