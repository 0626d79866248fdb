package runtime

import (
	"devnode/runtime/lua/value"
)

// replEnv is where the lines that one types after `use` keep their globals,
// apart from the service's own: it reads through to these, and to a file's locals.
func (g *Generation) replEnv(file string) *value.Table {
	env := g.replEnvs[file]
	if env == nil {
		env = value.NewTable(0, 4)
		g.inScope(env, file)
		if g.replEnvs == nil {
			g.replEnvs = make(map[string]*value.Table)
		}
		g.replEnvs[file] = env
	}
	all, byProtocol := g.handlerUpvalues()
	env.RawSetString("_U", all)
	env.RawSetString("_P", byProtocol)
	return env
}

// withPrint has env print to where the injected chunk's own print goes.
func (g *Generation) withPrint(env, own *value.Table) *value.Table {
	env.RawSetString("print", own.RawGetString("print"))
	return env
}
