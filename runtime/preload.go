package runtime

import (
	"fmt"

	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/lua/vm"
)

// withPreload is a main function that first runs the file that the setting
// `preload` names in the same VM, with the service's name and its arguments.
func (g *Generation) withPreload(main *lua.LFunction) (*lua.LFunction, error) {
	path, ok := g.service.node.env.Get("preload")
	if !ok || path == "" {
		return main, nil
	}
	data, err := g.files.read(path)
	if err != nil {
		return nil, fmt.Errorf("preload: %w", err)
	}
	proto, err := g.service.node.compiler.compile(data, "@"+path)
	if err != nil {
		return nil, fmt.Errorf("preload: %w", err)
	}
	first := g.vm.NewClosure(proto)
	return g.vm.NewFunction(func(L *lua.LState) int {
		n := L.GetTop()
		L.Push(first)
		L.Push(lua.LString(g.service.script))
		pushArguments(L, n)
		vm.Call(L, n+1, 0)
		L.Push(main)
		pushArguments(L, n)
		vm.Call(L, n, 0)
		return 0
	}), nil
}

func pushArguments(L *lua.LState, n int) {
	for i := 1; i <= n; i++ {
		L.Push(L.Get(i))
	}
}
