package runtime

import (
	"fmt"
	"slices"
	"sync/atomic"

	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/library"
	"devnode/runtime/library/socket"
	"devnode/runtime/lua/stdlib"
	"devnode/runtime/lua/value"
	"devnode/runtime/lua/vm"
	"devnode/runtime/lualib"
)

// builtins are the modules of the node itself, which its VMs share.
type builtins struct {
	skynet       *stdlib.Module
	reloads      *stdlib.Module
	builtin      *stdlib.Module // loaders of the modules beside the standard library
	fallback     *stdlib.Module // loaders of those that files come before
	debug        *protocol
	skynetLoader atomic.Pointer[knownLoader]
}

// ModuleLoader opens a Lua module that is written in Go: it leaves the module's
// value on the stack and returns 1. It is called in each VM that requires the
// module, with the module's name as its argument, and what it returns belongs
// to that VM.
type ModuleLoader = lua.LGFunction

// Functions is the loader of a module that is a table of Go functions. The
// functions are shared by all VMs, so what they remember has to be safe for
// concurrent use.
//
// Their arguments that are numbers are LNumbers, so L.CheckNumber and the like
// will do: a float that is whole, such as 3.0, is one as well, and an integer
// beyond 2^53 is rounded. In tables, and among the results of a Lua function,
// numbers have the kinds of package value.
func Functions(functions map[string]lua.LGFunction) ModuleLoader {
	return loaderOf(stdlib.NewPlainModule(functions))
}

// ExactFunctions is Functions, for functions that read numbers by value.ToInt and
// value.ToFloat, and return them by value.OfInt and value.OfFloat: they are given
// all integers as they are, and can tell them from floats.
func ExactFunctions(functions map[string]lua.LGFunction) ModuleLoader {
	return loaderOf(stdlib.NewModule("", functions, nil))
}

func loaderOf(m *stdlib.Module) ModuleLoader {
	return func(L *lua.LState) int {
		t := m.Table(vm.Of(L).VM())
		stdlib.Complete(t)
		L.Push(t)
		return 1
	}
}

// oldNames are skynet's modules by the names that they had before they were
// put into a folder. A script's own file of such a name comes first.
var oldNames = map[string]string{
	"socket":        "skynet.socket",
	"socketdriver":  "skynet.socketdriver",
	"profile":       "skynet.profile",
	"datacenter":    "skynet.datacenter",
	"snax":          "skynet.snax",
	"socketchannel": "skynet.socketchannel",
	"sharedata":     "skynet.sharedata",
	"mqueue":        "skynet.mqueue",
	"multicast":     "skynet.multicast",
}

// moduleLoaders are the modules that services may require beside the standard
// library. The map is made once a node.
func (n *Node) moduleLoaders() map[string]lua.LGFunction {
	loaders := map[string]lua.LGFunction{
		"skynet":         openSkynet,
		"skynet.manager": openSkynet,
		"skynet.queue":   openQueue,
		"skynet.require": openRequire,
		"reload":         openReload,
	}
	for name, functions := range map[string]map[string]lua.LGFunction{
		"skynet.harbor":    harborFunctions(),
		"skynet.service":   serviceModuleFunctions(),
		"skynet.coroutine": coroutineFunctions(),
		"skynet.profile":   profileFunctions(),
		"skynet.debug":     debugModuleFunctions(),
		"skynet.codecache": codecacheFunctions(),
		"snax.arguments":   snaxArgumentFunctions(),
	} {
		m := stdlib.NewModule(name+".", functions, nil)
		loaders[name] = func(L *lua.LState) int {
			L.Push(m.Table(vm.Of(L).VM()))
			return 1
		}
	}
	for _, m := range []library.Module{socket.Module(), socket.Driver()} {
		loaders[m.Name] = library.Loader(m, n.attached())
	}
	for name, loader := range n.config.Modules {
		loaders[name] = loader
	}
	return loaders
}

// fallbackLoaders are the modules that are looked for last.
func (n *Node) fallbackLoaders() map[string]lua.LGFunction {
	loaders := make(map[string]lua.LGFunction)
	for name := range lualib.Modules() {
		loaders[name] = openEmbedded
	}
	n.addLibraries(loaders)
	for old, name := range oldNames {
		loaders[old] = openAs(name)
	}
	return loaders
}

// openAs is the loader of a module that is known by another name as well.
func openAs(name string) lua.LGFunction {
	return func(L *lua.LState) int {
		L.Push(stdlib.Field(value.Globals(L), "require"))
		L.Push(lua.LString(name))
		vm.Call(L, 1, 1)
		return 1
	}
}

// codecacheFunctions are require "skynet.codecache". Compiled code is found by
// the content of its file, so there is nothing to clear, and the mode that a
// service asks for makes no difference.
func codecacheFunctions() map[string]lua.LGFunction {
	return map[string]lua.LGFunction{
		"clear": func(*lua.LState) int { return 0 },
		"mode":  codecacheMode,
	}
}

// codecacheMode is codecache.mode(mode), which sets it, or tells it.
func codecacheMode(L *lua.LState) int {
	g := vm.Of(L).VM().Owner.(*Generation)
	if L.Get(1) == lua.LNil {
		L.Push(lua.LString(cacheModes[g.cacheMode]))
		return 1
	}
	i := slices.Index(cacheModes[:], checkString(L, 1))
	if i < 0 {
		L.ArgError(1, fmt.Sprintf("invalid option '%s'", checkString(L, 1)))
	}
	g.cacheMode = uint8(i)
	return 0
}

var cacheModes = [...]string{"ON", "EXIST", "OFF"}
