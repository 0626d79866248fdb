package runtime

import (
	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/lua/value"
)

// apiMonitor is skynet.monitor(name, query): the unique service of that name is
// sent an empty client message, in the name of the dead one, whenever a service
// has ended.
func apiMonitor(L *lua.LState) int {
	n := taskOf(L).service.node
	query := lua.LVAsBool(L.Get(2))
	L.SetTop(1)
	L.Insert(lua.LTrue, 1)
	if query {
		apiQueryService(L)
	} else {
		apiUniqueService(L)
	}
	h, ok := value.ToInt(L.Get(-1))
	if !ok {
		raise(L, "Monitor launch failed")
	}
	before := n.exitMonitor.Swap(uint32(h))
	taskOf(L).gen.whenDropped(func() { n.exitMonitor.CompareAndSwap(uint32(h), before) })
	return 1
}

// tellExitMonitor tells the monitor that a service has ended.
func (n *Node) tellExitMonitor(dead *Service) {
	if s := n.grab(Handle(n.exitMonitor.Load())); s != nil {
		n.push(s, Message{Source: dead.actor.Handle(), Type: PTypeClient, Data: RawData("")}, nil)
	}
}

// apiForwardType is skynet.forward_type(map, func): skynet.start(func) of a
// service whose messages of type map's key are handled as those of its value.
func apiForwardType(L *lua.LState) int {
	g, types, fn := taskOf(L).gen, value.CheckTable(L, 1), checkCallable(L, 2)
	forward := make(map[PType]PType)
	types.ForEach(func(from, to lua.LValue) {
		a, ok1 := ptypeOf(from)
		b, ok2 := ptypeOf(to)
		if !ok1 || !ok2 {
			raise(L, "skynet.forward_type: the table maps message types to message types, by number")
		}
		forward[a] = b
	})
	g.forward = forward
	g.begin(fn)
	return 0
}

// forwarded is the protocol that a message type is handled as.
func (g *Generation) forwarded(ptype PType, p *protocol) *protocol {
	if to, ok := g.forward[ptype]; ok {
		return g.protocolOf(to)
	}
	return p
}

// apiHarborOf is skynet.harbor(addr): the number of the address's node, and
// whether that is another one. There is one node, number 0.
func apiHarborOf(L *lua.LState) int {
	L.Push(lua.LNumber(0))
	L.Push(lua.LFalse)
	return 2
}
