package runtime

import (
	"fmt"

	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/lua/value"
	"devnode/runtime/lua/vm"
)

// dispatch makes the task that runs the handler of a message, nil if there is
// none to run.
func (g *Generation) dispatch(m Message) *Task {
	s := g.service
	p := g.protocolOf(m.Type)
	if g.forward != nil {
		p = g.forwarded(m.Type, p)
	}
	if g.filter != nil {
		return g.dispatchFiltered(m)
	}
	if p == nil || p.dispatch == nil {
		return g.unhandled(p, m)
	}
	if g.memory.limit > 0 && !g.memory.admits(m) {
		s.refuse(m, errNoMemory.Error())
		return nil
	}
	t := g.spare(taskRequest)
	t.own = request{session: m.Session, source: m.Source, ptype: m.Type, handlerUp: true}
	t.request = &t.own
	box := &s.worker.box
	session, source := box.Int(int(m.Session)), box.Int(int(m.Source))
	unpack := p.unpack
	if unpack == nil && m.Data.IsRaw() {
		unpack = s.node.skynet.Func("unpack")
	}
	if unpack == nil {
		t.args = append(append(t.args, session, source), m.Data.Values()...)
		s.markHandedOver(m.Data)
		t.fiber.Start(p.dispatch, t.args...)
	} else {
		t.reply = m.Data
		t.fiber.Start(sharedDispatch, p.dispatch, unpack, session, source)
	}
	g.link(t)
	if len(s.tags) > 0 || g.traced != nil {
		g.traceRequest(t, m)
	}
	return t
}

var sharedDispatch = value.Function(unpackAndDispatch)

// unpackAndDispatch is the body of a task for a protocol with an unpack
// function of its own, which may be Lua.
func unpackAndDispatch(L *lua.LState) int {
	t := taskOf(L)
	data := t.reply
	t.reply = nil
	dispatch, unpack := L.Get(1), L.Get(2)
	L.Push(dispatch)
	L.Push(L.Get(3))
	L.Push(L.Get(4))
	base := L.GetTop()
	L.Push(unpack)
	pushData(L, data)
	vm.Call(L, 2, lua.MultRet)
	vm.Call(L, 2+L.GetTop()-base, 0)
	return 0
}

// pushData pushes a message as skynet shows it: pointer and size.
func pushData(L *lua.LState, d *Data) {
	if d == nil {
		d = RawData("")
	}
	box := boxOf(L)
	L.Push(box.Userdata(d))
	L.Push(box.Int(d.Size()))
}

// unhandled is for a message that the service has no dispatch function for.
func (g *Generation) unhandled(p *protocol, m Message) *Task {
	s := g.service
	name := lua.LValue(lua.LNumber(m.Type))
	if p != nil {
		name = lua.LString(p.name)
	}
	if m.Session != 0 {
		s.refuse(m, fmt.Sprintf("no dispatch function for %s messages in %s", name, s.script))
		return nil
	}
	if g.unknownRequest != nil {
		return g.newTask(taskFork, g.unknownRequest, append(s.unknownArgs(m), name))
	}
	g.log("Unknown request (%s): %s", name, m.Data.Text())
	g.log("Unknown session : %d from %x", m.Session, uint32(m.Source))
	return nil
}

// handlerName is where the dispatch function of a message type is defined, in
// the form @file:line.
func (g *Generation) handlerName(ptype PType) string {
	p := g.protocolOf(ptype)
	if p == nil {
		return "?"
	}
	if fn, ok := p.dispatch.(*lua.LFunction); ok && !fn.IsG {
		return fmt.Sprintf("@%s:%d", fn.Proto.SourceName, fn.Proto.LineDefined)
	}
	return "=[C]:-1"
}
