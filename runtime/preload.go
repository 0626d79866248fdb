package runtime

import (
	"fmt"

	lua "github.com/yuin/gopher-lua"
)

// withPreload is a main function that first runs the file that the setting
// `preload` names, with the same arguments, in the same VM.
func (g *Generation) withPreload(main *lua.LFunction) (*lua.LFunction, error) {
	path, ok := g.service.node.env.get("preload")
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
		for _, fn := range []*lua.LFunction{first, main} {
			L.Push(fn)
			for i := 1; i <= n; i++ {
				L.Push(L.Get(i))
			}
			L.Call(n, 0)
		}
		return 0
	}), nil
}
