package runtime

import (
	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/library"
	"devnode/runtime/library/lfs"
)

// standardLibraries are the libraries that every node has.
func standardLibraries() []library.Module {
	return []library.Module{lfs.Module()}
}

// addLibraries adds the loaders of the standard libraries, and of the node's own in
// their place where the names are the same.
func (n *Node) addLibraries(loaders map[string]lua.LGFunction) {
	for _, list := range [][]library.Module{standardLibraries(), n.config.Libraries} {
		for _, m := range list {
			loaders[m.Name] = library.Loader(m, n.attached())
		}
	}
}
