package runtime

import (
	lua "github.com/yuin/gopher-lua"
)

// lastingEnv is where the lines that one types after `use` keep their globals,
// apart from the service's own: it reads through to them.
func (g *Generation) lastingEnv() *lua.LTable {
	if g.lasting == nil {
		L := g.vm.State()
		g.lasting = L.CreateTable(0, 4)
		mt := L.CreateTable(0, 1)
		mt.RawSetString("__index", g.vm.Globals())
		g.lasting.Metatable = mt
	}
	all, byProtocol := g.handlerUpvalues()
	g.lasting.RawSetString("_U", all)
	g.lasting.RawSetString("_P", byProtocol)
	return g.lasting
}

// withPrint has env print to where the injected chunk's own print goes.
func (g *Generation) withPrint(env, own *lua.LTable) *lua.LTable {
	env.RawSetString("print", own.RawGetString("print"))
	return env
}
