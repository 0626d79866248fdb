package runtime

import (
	"devnode/runtime/lua/value"
)

// lastingEnv is where the lines that one types after `use` keep their globals,
// apart from the service's own: it reads through to these, and to the script's locals.
func (g *Generation) lastingEnv() *value.Table {
	if g.lasting == nil {
		g.lasting = value.NewTable(0, 4)
		g.inScope(g.lasting)
	}
	all, byProtocol := g.handlerUpvalues()
	g.lasting.RawSetString("_U", all)
	g.lasting.RawSetString("_P", byProtocol)
	return g.lasting
}

// withPrint has env print to where the injected chunk's own print goes.
func (g *Generation) withPrint(env, own *value.Table) *value.Table {
	env.RawSetString("print", own.RawGetString("print"))
	return env
}
