package runtime

import (
	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/lua/value"
	"devnode/runtime/lua/vm"
)

// exchange has all that the service's code holds refer to other values in the place of
// frozen tables: what sharetable.update does. It is on the service's own worker.
func (s *Service) exchange(by func(*value.Table) lua.LValue) {
	e := vm.NewExchanger(by)
	for name, v := range s.kept {
		if is := e.For(v); is != nil {
			s.kept[name] = is
		}
	}
	for _, g := range s.generations() {
		if g.vm == nil {
			continue
		}
		g.walkState(exchangeWalk{e})
		for _, in := range g.instances {
			for _, cell := range in.Cells {
				e.Upvalue(cell)
			}
			if is := e.For(in.Value); is != nil {
				in.Value = is
			}
			in.Each(e.Value)
		}
		e.Value(g.start)
		e.Stacks(g.fibers()...)
	}
}

// exchangeWalk has libraries' states put other values into their places, too.
type exchangeWalk struct{ *vm.Exchanger }

func (w exchangeWalk) replacement(v lua.LValue) lua.LValue { return w.For(v) }
