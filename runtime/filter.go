package runtime

import (
	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/lua/value"
	"devnode/runtime/lua/vm"
)

// apiFilter is skynet.filter(f, start): skynet.start(start) of a service whose
// requests pass through f(type, msg, sz, session, source) first, which returns
// what is handled in their place. f may not wait in skynet; here it may. Answers
// and timers don't pass through it.
func apiFilter(L *lua.LState) int {
	g, f, start := taskOf(L).gen, checkCallable(L, 1), checkCallable(L, 2)
	g.filter = f
	g.begin(start)
	return 0
}

var filteredDispatch = value.Function(filterAndDispatch)

// dispatchFiltered makes the task of a message that passes through the filter.
func (g *Generation) dispatchFiltered(m Message) *Task {
	t := g.newTask(taskRequest, filteredDispatch, []lua.LValue{lua.LNumber(m.Type), lua.LNumber(m.Session), lua.LNumber(m.Source)})
	t.own = request{session: m.Session, source: m.Source, ptype: m.Type, handlerUp: true}
	t.request = &t.own
	t.reply = m.Data
	return t
}

// filterAndDispatch is the body of such a task: type, session, source.
func filterAndDispatch(L *lua.LState) int {
	t := taskOf(L)
	data := t.reply
	t.reply = nil
	L.Push(t.gen.filter)
	L.Push(L.Get(1))
	pushData(L, data)
	L.Push(L.Get(2))
	L.Push(L.Get(3))
	vm.Call(L, 5, 5)
	ptype, msg, size, session, source := checkInteger(L, 4), L.Get(5), L.Get(6), checkInteger(L, 7), checkInteger(L, 8)
	t.own.ptype, t.own.session, t.own.source = PType(ptype), int32(session), Handle(source)
	p := t.gen.protocolOf(t.own.ptype)
	if p == nil || p.dispatch == nil {
		raise(L, "Unknown request (%d)", ptype)
	}
	unpack := p.unpack
	if unpack == nil {
		unpack = t.service.node.skynet.Func("unpack")
	}
	L.Push(p.dispatch)
	L.Push(L.Get(7))
	L.Push(L.Get(8))
	base := L.GetTop()
	L.Push(unpack)
	L.Push(msg)
	L.Push(size)
	vm.Call(L, 2, lua.MultRet)
	vm.Call(L, 2+L.GetTop()-base, 0)
	return 0
}
