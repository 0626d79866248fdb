package runtime

import (
	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/lua/bytecode"
	"devnode/runtime/lua/value"
	"devnode/runtime/lua/vm"
)

// What is declared inside a start function is made anew by the new one. It isn't
// taken over, since nothing tells which run of which function a variable belongs
// to; but what the handlers have gathered there is named.

// handlerVariable is a local variable that handlers of messages use.
type handlerVariable struct {
	cell     *lua.Upvalue
	assigned bool // one of the functions that use it assigns to it
}

// tellHandlers notes what is lost of the variables inside the start function.
func (c *carry) tellHandlers(r *ReloadRecord) {
	was, is := c.old.handlerVariables(), c.next.handlerVariables()
	for name, v := range was {
		now := lua.LValue(lua.LNil)
		if v := is[name]; v.cell != nil {
			now = v.cell.Value()
		}
		old := v.cell.Value()
		if t, ok := old.(*value.Table); ok && !c.isData(t) || !ok && (!vm.Plain(old) || !v.assigned) {
			continue
		}
		r.loses(name, c.missing(old, now), old, now, "in the start function")
	}
}

// handlerVariables are the local variables that the dispatch functions of g use,
// and those that these call, but for the top-level ones of files.
func (g *Generation) handlerVariables() map[string]handlerVariable {
	s := &handlerSearch{found: make(map[string]handlerVariable), seen: make(map[lua.LValue]bool), top: make(map[*lua.Upvalue]bool), env: g.vm.Globals(), left: maxHandlers}
	for _, in := range g.instances {
		for _, cell := range in.Cells {
			s.top[cell] = true
		}
	}
	for _, p := range g.protos {
		if p.dispatch != nil {
			s.look(p.dispatch)
		}
	}
	return s.found
}

// maxHandlers bounds the functions and tables that are looked into for variables.
const maxHandlers = 10_000

// handlerSearch finds what handlers use.
type handlerSearch struct {
	found map[string]handlerVariable
	seen  map[lua.LValue]bool
	top   map[*lua.Upvalue]bool // the top-level locals of files
	env   *value.Table          // of the generation's functions
	left  int
}

// look goes into a function, or into a table that may hold functions.
func (s *handlerSearch) look(v lua.LValue) {
	if vm.Plain(v) || s.seen[v] || s.left == 0 {
		return
	}
	s.seen[v] = true
	s.left--
	switch v := v.(type) {
	case *value.Table:
		vm.References(v, func(_, inner lua.LValue) { s.look(inner) })
	case *lua.LFunction:
		if !v.IsG && value.Env(v) == s.env {
			s.function(v)
		}
	}
}

func (s *handlerSearch) function(fn *lua.LFunction) {
	for i, uv := range fn.Upvalues {
		if uv == nil || i >= len(fn.Proto.DbgUpvalues) {
			continue
		}
		if name := fn.Proto.DbgUpvalues[i]; !s.top[uv] {
			if _, isFunction := uv.Value().(*lua.LFunction); !isFunction {
				v := s.found[name]
				s.found[name] = handlerVariable{uv, v.assigned && v.cell == uv || assigns(fn.Proto, i)}
			}
		}
		s.look(uv.Value())
	}
}

// assigns tells whether a function, or one inside it, assigns to its upvalue i.
func assigns(p *lua.FunctionProto, i int) bool {
	for _, instruction := range p.Code {
		if bytecode.Opcode(instruction) == lua.OP_SETUPVAL && bytecode.B(instruction) == i {
			return true
		}
	}
	return false
}
