package runtime

import (
	"strings"

	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/lua/vm"
)

// harborFunctions are require "skynet.harbor", in a network of one node.
func harborFunctions() map[string]lua.LGFunction {
	return map[string]lua.LGFunction{
		"globalname": harborGlobalName,
		"queryname":  harborQueryName,
		"link":       harborLink,
		"connect":    harborConnect,
		"linkmaster": harborLink,
	}
}

// harborGlobalName is harbor.globalname(name, handle).
func harborGlobalName(L *lua.LState) int {
	t := taskOf(L)
	h := t.service.actor.Handle()
	if L.Get(2) != lua.LNil {
		h = t.checkAddress(L, 2)
	}
	return t.giveName(L, checkString(L, 1), h)
}

// harborQueryName is harbor.queryname(name): the address of a name, for which
// it waits if it is a global one.
func harborQueryName(L *lua.LState) int {
	f, t, name := vm.Of(L), taskOf(L), checkString(L, 1)
	s := t.service
	n := s.node
	if strings.HasPrefix(name, ".") {
		return apiLocalName(L)
	}
	if h := t.gen.willGive(name); h != 0 {
		L.Push(lua.LNumber(h))
		return 1
	}
	session := s.newSession()
	n.whenNamed(name, func(h Handle) {
		n.push(s, Message{Source: handleManager, Session: session, Type: PTypeResponse, Data: ValueData(lua.LNumber(h))}, nil)
	})
	t.await(f, session, handleManager)
	L.Push(t.answer(L).Values()[0])
	return 1
}

// harborLink is harbor.link(id) and harbor.linkmaster(): they wait for the end
// of a connection to another node; there is none.
func harborLink(*lua.LState) int { return 0 }

func harborConnect(L *lua.LState) int {
	t := taskOf(L)
	t.service.logFrom(vm.Of(L), t, "Can't connect to other harbor in single node mode")
	return 0
}
