package runtime

import (
	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/lua/value"
	"devnode/runtime/lua/vm"
)

// handlers are the functions that a script has registered for its messages.
type handlers struct {
	protos         map[string]*protocol
	byType         [16]*protocol         // those of skynet; all others are in protos only
	lua            *protocol             // the one of almost all messages
	unknownRequest lua.LValue            // skynet.dispatch_unknown_request
	unknownAnswer  lua.LValue            // skynet.dispatch_unknown_response
	forward        map[PType]PType       // skynet.forward_type
	filter         lua.LValue            // skynet.filter
	infoFunc       lua.LValue            // given to skynet.info_func
	debugCommands  map[string]lua.LValue // of require "skynet.debug"
	traced         map[PType]bool        // skynet.traceproto
	traceTimers    bool                  // skynet.trace_timeout
}

// protocol is how messages of one type are packed, unpacked and handled.
type protocol struct {
	name     string
	id       PType
	class    *value.Table // what a script has registered, which it may change; nil for the built-in ones
	pack     lua.LValue   // nil: the built-in one
	unpack   lua.LValue
	dispatch lua.LValue
}

// live is the protocol with the functions that its table has at this moment.
func (p *protocol) live(g *Generation) *protocol {
	if p != nil && p.class != nil {
		p.pack, p.unpack, p.dispatch = g.functionField(p.class, "pack"), g.functionField(p.class, "unpack"), g.functionField(p.class, "dispatch")
	}
	return p
}

// setDispatch gives the protocol another handler.
func (p *protocol) setDispatch(fn lua.LValue) {
	p.dispatch = fn
	if p.class != nil {
		p.class.RawSetString("dispatch", fn)
	}
}

// functionField is a field of a protocol's table, or of what that inherits from;
// nil where it is absent or the built-in function.
func (g *Generation) functionField(t *value.Table, name string) lua.LValue {
	v := t.RawGetString(name)
	for i := 0; v == lua.LNil && i < maxInheritance; i++ {
		mt, ok := value.Meta(t).(*value.Table)
		if !ok {
			return nil
		}
		if t, ok = mt.RawGetString("__index").(*value.Table); !ok {
			return nil
		}
		v = t.RawGetString(name)
	}
	if fn, ok := v.(*lua.LFunction); ok && g.service.node.isBuiltin(fn, name) || v == lua.LNil || !vm.Callable(g.vm.State(), v) {
		return nil
	}
	return v
}

// maxInheritance bounds the way along __index, which may be a circle.
const maxInheritance = 100

func (g *Generation) addProtocol(p *protocol) {
	if p.id == PTypeLua {
		g.lua = p
	}
	g.protos[p.name] = p
	if int(p.id) < len(g.byType) {
		g.byType[p.id] = p
	}
}

// protocolOf is the protocol of a message type, nil if there is none.
func (g *Generation) protocolOf(ptype PType) *protocol {
	if int(ptype) < len(g.byType) {
		return g.byType[ptype].live(g)
	}
	for _, p := range g.protos {
		if p.id == ptype {
			return p.live(g)
		}
	}
	return nil
}
