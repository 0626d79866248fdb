package runtime

import (
	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/library"
	"devnode/runtime/library/bson"
	"devnode/runtime/library/cjson"
	"devnode/runtime/library/clientsocket"
	"devnode/runtime/library/crypt"
	"devnode/runtime/library/lfs"
	"devnode/runtime/library/lpeg"
	"devnode/runtime/library/ltls"
	"devnode/runtime/library/md5"
	"devnode/runtime/library/memoryuse"
	"devnode/runtime/library/multicast"
	"devnode/runtime/library/netpack"
	"devnode/runtime/library/pb"
	"devnode/runtime/library/pbc"
	"devnode/runtime/library/sharedata"
	"devnode/runtime/library/sharetable"
	"devnode/runtime/library/skiplist"
	"devnode/runtime/library/sproto"
	"devnode/runtime/library/stm"
)

// standardLibraries are the libraries that every node has.
func standardLibraries() []library.Module {
	list := []library.Module{lfs.Module(), cjson.Module(), cjson.Safe(), md5.Module(), md5.Core(), lpeg.Module(), sproto.Core(), sproto.Parser(), bson.Module(), sharedata.Module(), pbc.Module(), skiplist.Module()}
	list = append(list, ltls.Module(), ltls.Init())
	list = append(list, pb.Modules()...)
	list = append(list, sharetable.Module(), sharetable.Core(), multicast.Channels(), sharedata.Sheet(), sharedata.Builder(), sharedata.Dump())
	for _, name := range bson.DriverNames {
		list = append(list, bson.Driver(name))
	}
	for _, name := range clientsocket.Names {
		list = append(list, clientsocket.Module(name, func(library.Call) {}))
	}
	for _, name := range memoryuse.Names {
		list = append(list, memoryuse.Module(name))
	}
	for _, name := range stm.Names {
		list = append(list, stm.Module(name))
	}
	for _, name := range netpack.Names {
		list = append(list, netpack.Module(name))
	}
	for _, name := range crypt.Names {
		list = append(list, crypt.Module(name))
	}
	return list
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
