package hotpatch

import (
	"path/filepath"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/lua/syntax"
	"devnode/runtime/lua/value"
	"devnode/runtime/lua/vm"
)

// A function that has moved to another file of the program lives on there: whoever
// holds it by its former place holds the one of that file then. It has to be the same
// code by the same name, and the only one.

// joinMoved gives the functions that their text has no more the code that they have
// in another file.
func (p *Patch) joinMoved() {
	for _, c := range p.changes {
		for _, l := range p.living[c] {
			if l.new >= 0 || l.old == 0 || l.reach > byStack || c.Match.Old[l.old].Parent != 0 {
				continue
			}
			to, name := p.movedTo(c, l)
			if to == nil || to == l.fn {
				continue
			}
			delete(p.why[c], l.fn)
			proto, upvalues := to.Proto, to.Upvalues
			if sw, swapped := p.swaps[to]; swapped {
				proto, upvalues = sw.proto, sw.upvalues
			}
			p.swaps[l.fn] = swap{proto, upvalues, sameCode(l.fn.Proto, proto), false, c, l.old}
			p.moved = append(p.moved, "moved "+name)
		}
	}
}

// movedTo is the function of another file that a function has become, and how its
// move is told; nil where there is none, or more than one.
func (p *Patch) movedTo(c *Change, l *living) (found *lua.LFunction, name string) {
	p.findOthers()
	short := lastName(c.Match.Old[l.old].Name)
	for _, r := range p.all {
		if r.c.Path == c.Path {
			continue
		}
		for i := 1; i < len(r.c.Match.Functions); i++ {
			f := &r.c.Match.Functions[i]
			if f.Parent != 0 || lastName(f.Name) != short || !syntax.SameFunction(c.Match, l.old, r.c.Match, i) {
				continue
			}
			fn := r.held(r.c.Is[i])
			switch {
			case fn == nil || fn == found:
			case found != nil:
				return nil, ""
			default:
				found, name = fn, c.Match.Old[l.old].Name+" to "+filepath.Base(r.c.Path)
			}
		}
	}
	return found, name
}

// lastName is a function's name without the tables that it is in.
func lastName(name string) string {
	return name[strings.LastIndexAny(name, ".:")+1:]
}

// held is the function with this prototype that the file's locals hold, or the fields
// of the tables there; nil where there is none.
func (r *run) held(proto *lua.FunctionProto) (found *lua.LFunction) {
	look := func(v lua.LValue) {
		if fn, ok := functionOf(v); ok && fn.Proto == proto {
			found = fn
		}
	}
	all := func(v lua.LValue) {
		look(v)
		if t, ok := v.(*value.Table); ok {
			vm.References(t, func(_, v lua.LValue) { look(v) })
		}
	}
	r.in.Each(all)
	for _, uv := range r.fresh {
		all(uv.Value())
	}
	return found
}
