package runtime

import (
	"context"

	"devnode/runtime/lua/vm"
)

// Memory estimates the bytes that a service's Lua values take: what can be
// reached from its globals, its handlers, its tasks and its kept state. Compiled
// code, which services share, and messages that wait aren't counted. It takes
// the service time in proportion to its values, some tens of nanoseconds each.
func (n *Node) Memory(ctx context.Context, h Handle) (int64, error) {
	s, err := n.Service(h)
	if err != nil {
		return 0, err
	}
	var bytes int64
	err = n.askNow(ctx, s, func(s *Service) { bytes = s.weigh() })
	return bytes, err
}

// weigh is Memory, on the service's own worker.
func (s *Service) weigh() int64 {
	scale := vm.Scale{Bytes: s.states.Weight()}
	for _, g := range s.generations() {
		g.weighOn(&scale)
	}
	s.weight.Store(scale.Bytes)
	return scale.Bytes
}

// generationWeight is what a VM and what the runtime keeps of it take.
const generationWeight = 3 << 10

func (g *Generation) weighOn(scale *vm.Scale) {
	if g.vm == nil {
		return
	}
	scale.Bytes += generationWeight + g.states.Weight()
	g.walkState(scale)
	g.walkScopes(scale)
	scale.Value(g.start)
	scale.Stacks(g.fibers()...)
}
