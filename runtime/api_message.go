package runtime

import (
	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/internal/actor"
	"devnode/runtime/lua/value"
	"devnode/runtime/lua/vm"
)

// messageFunctions send, call and answer.
func messageFunctions() map[string]lua.LGFunction {
	return map[string]lua.LGFunction{
		"send":                      apiSend,
		"rawsend":                   apiRawSend,
		"redirect":                  apiRedirect,
		"call":                      apiCall,
		"rawcall":                   apiRawCall,
		"ret":                       apiRet,
		"retpack":                   apiRetPack,
		"response":                  apiResponse,
		"ignoreret":                 apiIgnoreRet,
		"context":                   apiContext,
		"pack":                      apiPack,
		"packstring":                apiPackString,
		"unpack":                    apiUnpack,
		"tostring":                  apiToString,
		"trash":                     apiTrash,
		"genid":                     apiGenID,
		"register_protocol":         apiRegisterProtocol,
		"dispatch":                  apiDispatch,
		"dispatch_unknown_request":  apiUnknownRequest,
		"dispatch_unknown_response": apiUnknownResponse,
		"request":                   apiRequest,
	}
}

// apiSend is skynet.send(addr, type, ...).
func apiSend(L *lua.LState) int {
	t := taskOf(L)
	to := t.checkAddress(L, 1)
	p := t.checkProtocol(L, 2)
	return t.pushSent(L, to, Message{Type: p.id, Data: t.packArguments(L, p, 3)})
}

func apiRawSend(L *lua.LState) int {
	t := taskOf(L)
	to := t.checkAddress(L, 1)
	p := t.checkProtocol(L, 2)
	return t.pushSent(L, to, Message{Type: p.id, Data: t.checkData(L, 3)})
}

// pushSent sends a message to the address that is argument 1.
func (t *Task) pushSent(L *lua.LState, to Handle, m Message) int {
	s := t.service
	m.Source = s.actor.Handle()
	if !s.node.send(s, to, m.Type, 0, m.Data) && !t.keep(L, 1, m) && !t.elsewhere(L.Get(1), m) {
		return 0
	}
	L.Push(lua.LNumber(0))
	return 1
}

// elsewhere tells whether an address is of another node, or of none. In skynet
// sending there succeeds, and what is sent is dropped, for another node with a line
// in the log.
func (t *Task) elsewhere(address lua.LValue, m Message) bool {
	if i, ok := value.ToInt(address); ok {
		h := uint32(i)
		if h>>24 == 0 {
			return false
		}
		t.service.log("Drop message to harbor %d from %x to %x (session = %d, msgsz = %d)", h>>24, uint32(m.Source), h, m.Session, m.Data.SizeNow())
		return true
	}
	return address == lua.LString("")
}

// dataArgument is the message that argument n is. It stays Lua's.
func dataArgument(L *lua.LState, n int) *Data {
	d, what := actor.DataOf(L.Get(n))
	if d == nil {
		raise(L, "bad argument #%d (%s)", n, what)
	}
	return d
}

// checkData is the message that argument n is, to be sent: Lua loses it.
func (t *Task) checkData(L *lua.LState, n int) *Data {
	d, what := sendable(L, n)
	if d == nil {
		raise(L, "%s", what)
	}
	t.service.letGo(d)
	return d
}

// sendable is the message that argument n is, if it can be sent: a string, or what
// skynet.pack returns.
func sendable(L *lua.LState, n int) (d *Data, what string) {
	switch v := L.Get(n).(type) {
	case *lua.LUserData, lua.LString:
		if d, what = actor.DataOf(v); d != nil {
			return d, ""
		}
	}
	if what == "" {
		what = "invalid param " + argumentType(L, n)
	}
	return nil, what
}

// apiRedirect is skynet.redirect(dest, source, type, session, msg, sz): it
// sends in another service's name, and returns the session. Source 0 is the
// service itself; a session that is nil is a new one.
func apiRedirect(L *lua.LState) int {
	t := taskOf(L)
	to, source := t.checkAddress(L, 1), t.service.actor.Handle()
	if i, ok := value.ToInt(L.Get(2)); !ok || i != 0 {
		source = t.checkAddress(L, 2)
	}
	p := t.checkProtocol(L, 3)
	var session int32
	if L.Get(4) == lua.LNil {
		session = t.service.newSession()
	} else {
		session = int32(checkInteger(L, 4))
	}
	m := Message{Data: t.checkData(L, 5), Source: source, Session: session, Type: p.id}
	s := t.service.node.grab(to)
	if (s == nil || !t.service.node.push(s, m, t.service.worker)) && !t.keep(L, 1, m) {
		t.service.node.bounce(m, "redirected to invalid address "+addressText(L.Get(1)))
		return 0
	}
	L.Push(lua.LNumber(session))
	return 1
}

// bounce tells the service in whose name a request was sent that nobody will
// answer it: it would wait for ever.
func (n *Node) bounce(m Message, reason string) {
	if m.Session == 0 || m.Type == PTypeResponse || m.Type == PTypeError {
		return
	}
	if source := n.grab(m.Source); source != nil {
		n.push(source, Message{Source: handleManager, Session: m.Session, Type: PTypeError, Data: RawData(reason)}, nil)
	}
}

// apiCall is skynet.call(addr, type, ...).
func apiCall(L *lua.LState) int {
	t := taskOf(L)
	to := t.checkAddress(L, 1)
	p := t.checkProtocol(L, 2)
	d := t.callFor(L, to, p.id, t.packArguments(L, p, 3))
	return t.pushUnpacked(L, p, d)
}

// apiRawCall is skynet.rawcall(addr, type, msg, sz): message in, message out.
func apiRawCall(L *lua.LState) int {
	t := taskOf(L)
	to := t.checkAddress(L, 1)
	p := t.checkProtocol(L, 2)
	pushData(L, t.callFor(L, to, p.id, t.checkData(L, 3)))
	return 2
}

// callFor is ask, under the task's trace.
func (t *Task) callFor(L *lua.LState, to Handle, ptype PType, data *Data) *Data {
	if t.trace != "" {
		t.sendTrace(vm.Of(L), to)
	}
	return t.ask(L, to, ptype, data)
}

// ask sends a request and parks the task until the answer is there.
func (t *Task) ask(L *lua.LState, to Handle, ptype PType, data *Data) *Data {
	f := vm.Of(L)
	s := t.service
	session := s.newSession()
	if !s.node.send(s, to, ptype, session, data) && !t.keep(L, 1, Message{Source: s.actor.Handle(), Session: session, Type: ptype, Data: data}) {
		raise(L, "call to invalid address %s", addressText(L.Get(1)))
	}
	s.noteName(session, to, L.Get(1))
	t.await(f, session, peerOf(to))
	t.traced("resume")
	return t.answer(L)
}

// answer is what the task was resumed with; a lost answer raises.
func (t *Task) answer(L *lua.LState) *Data {
	if t.broken {
		if t.failure != "" {
			raise(L, "call failed: %s", t.failure)
		}
		raise(L, "call failed")
	}
	d := t.reply
	t.reply = nil
	return d
}

// apiRet is skynet.ret(msg, sz). Without a message, or with false, the answer is
// empty.
func apiRet(L *lua.LState) int {
	t := taskOf(L)
	if !lua.LVAsBool(L.Get(1)) {
		return t.answerRequest(L, RawData(""))
	}
	return t.answerRequest(L, t.checkData(L, 1))
}

// apiRetPack is skynet.retpack(...).
func apiRetPack(L *lua.LState) int {
	t := taskOf(L)
	return t.answerRequest(L, t.pack(L, 1))
}

func (t *Task) answerRequest(L *lua.LState, d *Data) int {
	r := &t.own
	if t.kind != taskRequest || r.answered || r.deferred {
		raise(L, "No session")
	}
	r.answered = true
	if r.session == 0 {
		L.Push(lua.LFalse)
		return 1
	}
	t.traced("response")
	L.Push(lua.LBool(t.service.node.send(t.service, r.source, PTypeResponse, r.session, d)))
	return 1
}

// apiIgnoreRet is skynet.ignoreret(): the caller will get no answer from here.
func apiIgnoreRet(L *lua.LState) int {
	t := taskOf(L)
	t.own.answered = true
	return 0
}

// apiContext is skynet.context(): session and source of the request. There is no
// session any more once it was answered, or something else is to answer it.
func apiContext(L *lua.LState) int {
	t := taskOf(L)
	session, source := lua.LValue(lua.LNil), lua.LValue(lua.LNil)
	if t.kind == taskRequest {
		source = lua.LNumber(t.own.source)
		if !t.own.answered && !t.own.deferred {
			session = lua.LNumber(t.own.session)
		}
	}
	L.Push(session)
	L.Push(source)
	return 2
}

func apiPack(L *lua.LState) int {
	t := taskOf(L)
	d, box := t.pack(L, 1), &t.service.worker.box
	L.Push(box.Userdata(d))
	L.Push(box.Int(d.Size()))
	return 2
}

func apiPackString(L *lua.LState) int {
	t := taskOf(L)
	d := t.pack(L, 1)
	text := actor.Serialize(d.Values(), vm.Of(L).Poll)
	t.service.worker.data.Recycle(d)
	vm.Of(L).Making(len(text))
	L.Push(lua.LString(text))
	return 1
}

// apiUnpack is skynet.unpack(msg, sz), also of a string that packstring made.
func apiUnpack(L *lua.LState) int {
	return pushValues(L, dataArgument(L, 1))
}

// apiToString is skynet.tostring(msg, sz): the message's bytes, sz of them if that
// is given; nothing for nil.
func apiToString(L *lua.LState) int {
	if L.Get(1) == lua.LNil {
		return 0
	}
	L.Push(lua.LString(sizedText(L, 1)))
	return 1
}

// sizedText is the bytes of the message that is argument n, as many as the
// argument behind it says, but no more than there are.
func sizedText(L *lua.LState, n int) string {
	text := dataArgument(L, n).Text()
	if size, ok := value.ToInt(L.Get(n + 1)); ok && size >= 0 && size < int64(len(text)) {
		return text[:size]
	}
	return text
}

// apiTrash is skynet.trash(msg, sz). The collector does it.
func apiTrash(L *lua.LState) int {
	switch L.Get(1).(type) {
	case *lua.LUserData, lua.LString:
		return 0
	}
	raise(L, "skynet.trash invalid param %s", argumentType(L, 1))
	return 0
}

func apiGenID(L *lua.LState) int {
	L.Push(lua.LNumber(taskOf(L).service.newSession()))
	return 1
}

// apiRegisterProtocol is skynet.register_protocol{name=, id=, pack=, unpack=,
// dispatch=}. The table stays the script's: it may give other functions later.
func apiRegisterProtocol(L *lua.LState) int {
	g := taskOf(L).gen
	class := value.CheckTable(L, 1)
	name, ok := class.RawGetString("name").(lua.LString)
	id, isType := ptypeOf(class.RawGetString("id"))
	if !ok || !isType {
		raise(L, "skynet.register_protocol: a protocol has a name and an id from 0 to %d", maxPType)
	}
	if g.protos[string(name)] != nil || g.protocolOf(id) != nil {
		raise(L, "skynet.register_protocol: the name %s or the id %d is taken", name, int(id))
	}
	g.addProtocol(&protocol{name: string(name), id: id, class: class})
	return 0
}

// apiDispatch is skynet.dispatch(type, func); it returns the former function.
// Without func it tells the present one, nil if there is none.
func apiDispatch(L *lua.LState) int {
	t := taskOf(L)
	p := t.protocolArgument(L, 1)
	if p == nil && L.Get(2) == lua.LNil {
		L.Push(lua.LNil)
		return 1
	}
	p = t.checkProtocol(L, 1)
	old := p.dispatch
	if L.Get(2) != lua.LNil {
		p.setDispatch(checkCallable(L, 2))
		if p.id == PTypeLua {
			t.service.tellReady()
		}
	}
	if old == nil {
		old = lua.LNil
	}
	L.Push(old)
	return 1
}
