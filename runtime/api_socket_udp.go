package runtime

import (
	"net"
	"net/netip"

	lua "github.com/yuin/gopher-lua"
)

// socketUDP is socket.udp(f, host, port): a datagram socket at that address, or
// at any; f(data, from) is called with each datagram. New code of a service that
// asks for the same address gets the socket that the service has there.
func socketUDP(L *lua.LState) int {
	fn := checkCallable(L, 1)
	return openUDP(L, addressArguments(L, 2), fn, netip.AddrPort{})
}

// socketUDPListen is socket.udp_listen(host, port, f).
func socketUDPListen(L *lua.LState) int {
	address := addressArguments(L, 1)
	return openUDP(L, address, checkCallable(L, 3), netip.AddrPort{})
}

// socketUDPDial is socket.udp_dial(host, port, f): a socket whose
// socket.write sends to that address.
func socketUDPDial(L *lua.LState) int {
	fn := checkCallable(L, 3)
	return openUDP(L, "", fn, peerArgument(L, 1))
}

func openUDP(L *lua.LState, address string, fn lua.LValue, peer netip.AddrPort) int {
	t := taskOf(L)
	ss := t.service.node.sockets
	var so *socket
	if address != "" {
		so = ss.claim(t.gen, "UDP", address)
	}
	if so == nil {
		packets, err := openFor(L, func() (*net.UDPConn, error) { return ss.listenUDP(address) })
		if err == nil {
			so, err = ss.adoptUDP(packets, address, t)
		}
		if err != nil {
			raise(L, "udp init failed: %s: %s", address, errorText(err))
		}
	}
	so.receiveWith(t, fn, peer)
	L.Push(lua.LNumber(so.id))
	return 1
}

// receiveWith has a function called with each datagram, from a moment ago on.
func (so *socket) receiveWith(t *Task, fn lua.LValue, peer netip.AddrPort) {
	if fn != lua.LNil {
		t.gen.hooksFor(so).receive = fn
	}
	so.mu.Lock()
	defer so.mu.Unlock()
	if before := so.connected; peer.IsValid() {
		so.connected = peer
		t.gen.whenDropped(func() {
			so.mu.Lock()
			so.connected = before
			so.mu.Unlock()
		})
	}
	if len(so.datagrams) > 0 {
		so.pokeLocked()
	}
}

// peerArgument looks up where datagrams go to.
func peerArgument(L *lua.LState, n int) netip.AddrPort {
	address := addressArguments(L, n)
	found, err := openFor(L, func() (resolved, error) {
		a, err := net.ResolveUDPAddr("udp", address)
		if err != nil {
			return resolved{}, err
		}
		return resolved{a.AddrPort()}, nil
	})
	if err != nil {
		raise(L, "udp %s: %s", address, errorText(err))
	}
	return netip.AddrPortFrom(found.Addr().Unmap(), found.Port())
}

// resolved is an address that was looked up.
type resolved struct{ netip.AddrPort }

// Close is there for openFor: an address holds nothing.
func (resolved) Close() error { return nil }

// socketUDPConnect is socket.udp_connect(id, host, port, f): socket.write sends
// to that address from now on.
func socketUDPConnect(L *lua.LState) int {
	so, peer := checkUDP(L), peerArgument(L, 2)
	fn := L.Get(4)
	if fn != lua.LNil {
		fn = checkCallable(L, 4)
	}
	so.receiveWith(taskOf(L), fn, peer)
	return 0
}

// socketSendTo is socket.sendto(id, to, data): to is what the function of
// socket.udp was given.
func socketSendTo(L *lua.LState) int {
	so, data := checkUDP(L), socketData(L, 3)
	to, ok := decodeAddress(L.CheckString(2))
	if !ok {
		raise(L, "Invalid udp address")
	}
	so.mu.Lock()
	defer so.mu.Unlock()
	L.Push(lua.LBool(so.sendLocked(data, so.reachable(to))))
	return 1
}

// reachable is an address in the form that the socket's family wants.
func (so *socket) reachable(to netip.AddrPort) netip.AddrPort {
	local, ok := so.packets.LocalAddr().(*net.UDPAddr)
	if ok && local.IP.To4() == nil && to.Addr().Is4() {
		return netip.AddrPortFrom(netip.AddrFrom16(to.Addr().As16()), to.Port())
	}
	return to
}

func checkUDP(L *lua.LState) *socket {
	so := checkSocket(L, 1)
	if so.packets == nil {
		raise(L, "socket %d is no udp socket", so.id)
	}
	return so
}

// socketUDPAddress is socket.udp_address(from): host and port.
func socketUDPAddress(L *lua.LState) int {
	a, ok := decodeAddress(L.CheckString(1))
	if !ok {
		raise(L, "Invalid udp address")
	}
	L.Push(lua.LString(a.Addr().String()))
	L.Push(lua.LNumber(a.Port()))
	return 2
}
