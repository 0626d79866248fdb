package runtime

import (
	"maps"
	"slices"

	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/hotpatch"
	"devnode/runtime/lua/bytecode"
	"devnode/runtime/lua/syntax"
	"devnode/runtime/lua/value"
	"devnode/runtime/lua/vm"
)

// What is declared inside a start function is made anew by the new one. A variable
// that both texts declare there once, with the same literal or constructor, and that
// the new start function has left as it is at first, gets what the old one held; the
// others are named, as far as handlers use them.

// handlerVariable is a local variable that handlers of messages use.
type handlerVariable struct {
	cell     *lua.Upvalue
	assigned bool // one of the functions that use it assigns to it
	start    bool // the start function declares it
	several  bool // there are others of this name
}

// takeHandlers takes over the variables inside the start function.
func (c *carry) takeHandlers() {
	was, is := c.old.startLocals(), c.next.startLocals()
	if len(was) == 0 || len(is) == 0 {
		return
	}
	c.handlers = [2]map[string]handlerVariable{c.old.handlerVariables(), c.next.handlerVariables()}
	l := &collector{carry: c}
	for _, name := range slices.Sorted(maps.Keys(was)) {
		before := was[name]
		from, to := c.handlers[0][name], c.handlers[1][name]
		if !from.taken() || !to.taken() || !before.Plain() || !before.Same(is[name]) || is[name] == nil || !c.isFirst(to.cell.Value(), is[name]) {
			continue
		}
		l.add(&namedValue{name: name, from: cellPlace{from.cell}, to: cellPlace{to.cell}}, from.cell.Value(), to.cell.Value())
	}
	if len(l.found) == 0 {
		return
	}
	c.judge(l.found)
	c.replaced = make(map[*value.Table]*value.Table)
	c.give(l.found)
	c.replaceFirstValues(nil, true)
}

// taken tells whether a variable may be taken, by what is known of it.
func (v handlerVariable) taken() bool { return v.cell != nil && v.start && !v.several }

// startLocals are what the start function of the service's own script declares.
func (g *Generation) startLocals() map[string]*syntax.FirstValue {
	in := g.scope("")
	if in == nil {
		return nil
	}
	for _, list := range g.scopes([]*hotpatch.Instance{in}) {
		return list[0].defines.Start
	}
	return nil
}

// tellHandlers notes what is lost of the variables that handlers use.
func (c *carry) tellHandlers(r *ReloadRecord) {
	was, is := c.handlers[0], c.handlers[1]
	if was == nil {
		was, is = c.old.handlerVariables(), c.next.handlerVariables()
	}
	for name, v := range was {
		now := lua.LValue(lua.LNil)
		if v := is[name]; v.cell != nil {
			now = v.cell.Value()
		}
		old := v.cell.Value()
		if t, ok := old.(*value.Table); ok && (old == now || !c.isData(t)) || !ok && (!vm.Plain(old) || !v.assigned) {
			continue
		}
		why := "in a function"
		if v.start {
			why = "in the start function"
		}
		r.loses(name, c.missing(old, now), old, now, why)
	}
}

// handlerVariables are the local variables that the dispatch functions of g use,
// and those that these call, but for the top-level ones of files.
func (g *Generation) handlerVariables() map[string]handlerVariable {
	s := &handlerSearch{found: make(map[string]handlerVariable), seen: make(map[lua.LValue]bool), top: make(map[*lua.Upvalue]bool), env: g.vm.Globals(), left: maxHandlers}
	if fn, ok := g.start.(*lua.LFunction); ok && !fn.IsG {
		s.inStart(fn.Proto)
	}
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
	start map[*lua.FunctionProto]bool
	env   *value.Table // of the generation's functions
	left  int
}

// inStart notes the functions inside the start function.
func (s *handlerSearch) inStart(p *lua.FunctionProto) {
	if s.start == nil {
		s.start = make(map[*lua.FunctionProto]bool)
	}
	for _, inner := range p.FunctionPrototypes {
		s.start[inner] = true
		s.inStart(inner)
	}
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
				same := v.cell == uv
				s.found[name] = handlerVariable{
					cell: uv, assigned: v.assigned && same || assigns(fn.Proto, i),
					start: s.start[fn.Proto] || v.start && same, several: v.several || v.cell != nil && !same,
				}
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
