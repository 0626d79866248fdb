package runtime

import (
	"net"
	"net/netip"

	lua "github.com/yuin/gopher-lua"
)

// anyAddress is where a datagram socket is opened for which no address is given:
// any free port, of IPv4 and IPv6.
var anyAddress = hostPort{host: "*"}

// socketUDP is socket.udp(f, host, port): a datagram socket at that address, or
// at any; f(data, from) is called with each datagram. New code of a service that
// asks for the same address gets the socket that the service has there.
func socketUDP(L *lua.LState) int {
	at := anyAddress
	if L.Get(2) != lua.LNil {
		at = hostArguments(L, 2, "udp")
	}
	return openUDP(L, at, optionalFunction(L, 1), netip.AddrPort{}, "udp init failed")
}

// socketUDPListen is socket.udp_listen(host, port, f).
func socketUDPListen(L *lua.LState) int {
	at := hostArguments(L, 1, "udp_listen")
	return openUDP(L, at, optionalFunction(L, 3), netip.AddrPort{}, "udp listen host failed")
}

// socketUDPDial is socket.udp_dial(host, port, f): a socket whose
// socket.write sends to that address.
func socketUDPDial(L *lua.LState) int {
	to := hostArguments(L, 1, "udp_dial")
	fn := optionalFunction(L, 3)
	return openUDP(L, anyAddress, fn, lookUpPeer(L, to, "udp dial host failed"), "udp dial host failed")
}

// optionalFunction is a function, or nil: what comes in without one waits until
// one is given.
func optionalFunction(L *lua.LState, n int) lua.LValue {
	if L.Get(n) == lua.LNil {
		return lua.LNil
	}
	return checkCallable(L, n)
}

func openUDP(L *lua.LState, at hostPort, fn lua.LValue, peer netip.AddrPort, failed string) int {
	t, address := taskOf(L), at.join()
	ss := t.service.node.sockets
	var so *socket
	if at != anyAddress {
		so = ss.claim(t.gen, "UDP", address)
	}
	if so == nil {
		packets, err := openFor(L, func() (*net.UDPConn, error) { return ss.listenUDP(at) })
		if err == nil {
			so, err = ss.adoptUDP(packets, address, t)
		}
		if err != nil {
			raise(L, "%s: %s: %s", failed, address, errorText(err))
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

// lookUpPeer looks up where datagrams go to.
func lookUpPeer(L *lua.LState, to hostPort, failed string) netip.AddrPort {
	address := to.join()
	found, err := openFor(L, func() (resolved, error) {
		a, err := net.ResolveUDPAddr("udp", address)
		if err != nil {
			return resolved{}, err
		}
		return resolved{a.AddrPort()}, nil
	})
	if err != nil {
		raise(L, "%s: %s: %s", failed, address, errorText(err))
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
	so := mySocket(L, 1)
	if so == nil || so.packets == nil {
		raise(L, "udp connect failed: socket %s is not a udp socket of this service", L.Get(1))
	}
	peer := lookUpPeer(L, hostArguments(L, 2, "udp_connect"), "udp connect failed")
	so.receiveWith(taskOf(L), optionalFunction(L, 4), peer)
	return 0
}

// socketSendTo is socket.sendto(id, to, data): to is what the function of
// socket.udp was given. It is false where that is no address, or id no datagram
// socket.
func socketSendTo(L *lua.LState) int {
	so := anySocket(L, 1, "sendto")
	to, ok := decodeAddress(stringArgument(L, 2, "sendto"))
	data := socketData(L, 3, "sendto")
	L.Push(lua.LBool(ok && so != nil && so.sendTo(data, to)))
	return 1
}

func (so *socket) sendTo(data string, to netip.AddrPort) bool {
	if so.packets == nil {
		return false
	}
	so.mu.Lock()
	defer so.mu.Unlock()
	return so.sendLocked(data, so.reachable(to))
}

// reachable is an address in the form that the socket's family wants.
func (so *socket) reachable(to netip.AddrPort) netip.AddrPort {
	local, ok := so.packets.LocalAddr().(*net.UDPAddr)
	if ok && local.IP.To4() == nil && to.Addr().Is4() {
		return netip.AddrPortFrom(netip.AddrFrom16(to.Addr().As16()), to.Port())
	}
	return to
}

// socketUDPAddress is socket.udp_address(from): host and port.
func socketUDPAddress(L *lua.LState) int {
	a, ok := decodeAddress(stringArgument(L, 1, "udp_address"))
	if !ok {
		raise(L, "Invalid udp address")
	}
	L.Push(lua.LString(a.Addr().String()))
	L.Push(lua.LNumber(a.Port()))
	return 2
}
