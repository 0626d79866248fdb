package runtime

import (
	"io"

	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/internal/plain"
	"devnode/runtime/library"
	"devnode/runtime/library/cjson"
	"devnode/runtime/library/clientsocket"
	"devnode/runtime/library/crypt"
	"devnode/runtime/library/lfs"
	"devnode/runtime/library/lpeg"
	"devnode/runtime/library/md5"
	"devnode/runtime/library/sproto"
	"devnode/runtime/lua/vm"
)

// PlainLibraries attaches libraries to a Lua program without services that interp runs, as
// interp.Streams want it: those of use to a game's client. in is its standard input, and errs
// gets what a library logs.
func PlainLibraries(in io.Reader, errs io.Writer) func(func(*vm.Fiber, func())) (map[string]lua.LGFunction, func()) {
	return func(block func(*vm.Fiber, func())) (map[string]lua.LGFunction, func()) {
		p := &plain.Program{In: in, Err: errs, Block: block}
		return p.Loaders(plainLibraries()), p.Close
	}
}

func plainLibraries() []library.Module {
	list := []library.Module{
		lfs.Module(), cjson.Module(), cjson.Safe(), md5.Module(), md5.Core(), lpeg.Module(), sproto.Core(), sproto.Parser(),
	}
	for _, name := range crypt.Names {
		list = append(list, crypt.Module(name))
	}
	for _, name := range clientsocket.Names {
		list = append(list, clientsocket.Module(name, exitProgram))
	}
	return list
}

// exitProgram ends a program as skynet's client.socket does at the end of its standard input.
func exitProgram(c library.Call) {
	exit := c.Index(c.Globals().Field("os"), library.String("exit"))
	c.Apply(exit, library.Int(1))
}
