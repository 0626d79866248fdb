package sproto

import (
	"sync"

	"devnode/runtime/library"
)

// slotCount is how many protocols a node shares.
const slotCount = 16

// slots are the protocols that the services of a node share by numbers.
type slots struct {
	mu   sync.Mutex
	list [slotCount]slot
}

type slot struct {
	protocol *protocol
	filledBy library.Handle
}

var shared = &library.NodeState[*slots]{New: func(library.Node) *slots { return &slots{} }}

// pending are the slots that a version of a service's code has filled before it serves: the others see them once it does.
type pending struct {
	generation library.Generation
	list       [slotCount]*protocol
}

var prepared = &library.GenerationState[*pending]{
	New: func(g library.Generation) *pending { return &pending{generation: g} },
	Switched: func(p *pending) {
		s := p.generation.Service()
		for i, protocol := range p.list {
			if protocol != nil {
				shared.Of(s.Node()).fill(i, protocol, s)
			}
		}
		p.list = [slotCount]*protocol{}
	},
}

// fill puts a protocol into a slot. Where the same service has filled it before, the new protocol takes the old one's place with
// all who use that.
func (s *slots) fill(index int, p *protocol, by library.Service) {
	s.mu.Lock()
	defer s.mu.Unlock()
	was := s.list[index]
	s.list[index] = slot{p, by.Handle()}
	if was.protocol != nil && was.filledBy == by.Handle() && was.protocol.current() != p.current() {
		was.protocol.current().next.Store(p)
		by.Log("sproto: the protocol of slot %d is a new one, for all services that use it", index)
	}
}

func slotArg(c library.Call, n int) int {
	index := int(int32(c.OptInt(n, 0)))
	if index < 0 || index >= slotCount {
		c.Raise("Invalid global slot index %d", index)
	}
	return index
}

func saveProto(c library.Call) {
	p, ok := library.Pointed[*protocol](c.Arg(1))
	index := slotArg(c, 2)
	if !ok { // of a text that was no protocol
		c.Raise("saveproto: no protocol for slot %d", index)
	}
	if g := c.Generation(); g.Preparing() {
		prepared.Of(g).list[index] = p
		return
	}
	shared.Of(c.Node()).fill(index, p, c.Service())
}

func loadProto(c library.Call) {
	index := slotArg(c, 1)
	if g := c.Generation(); g.Preparing() {
		if p := prepared.Of(g).list[index]; p != nil {
			c.Return(p.light)
			return
		}
	}
	s := shared.Of(c.Node())
	s.mu.Lock()
	p := s.list[index].protocol
	s.mu.Unlock()
	if p == nil {
		c.Raise("nil sproto at index %d", index)
	}
	c.Return(p.light)
}
