package socket

import (
	"net"
	"net/netip"

	"devnode/runtime/library"
)

// anyAddress is where a datagram socket is opened for which no address is given:
// any free port, of IPv4 and IPv6.
var anyAddress = hostPort{host: "*"}

// udpSocket is socket.udp(f, host, port): a datagram socket at that address, or
// at any; f(data, from) is called with each datagram. New code of a service that
// asks for the same address gets the socket that the service has there.
func udpSocket(c library.Call) {
	at := anyAddress
	if !c.Arg(2).IsNil() {
		at = hostArguments(c, 2, "udp")
	}
	c.Return(number(openUDP(c, at, optionalFunction(c, 1), netip.AddrPort{}, "udp init failed").id))
}

// udpListen is socket.udp_listen(host, port, f).
func udpListen(c library.Call) {
	at := hostArguments(c, 1, "udp_listen")
	c.Return(number(openUDP(c, at, optionalFunction(c, 3), netip.AddrPort{}, "udp listen host failed").id))
}

// udpDial is socket.udp_dial(host, port, f): a socket whose
// socket.write sends to that address.
func udpDial(c library.Call) {
	to := hostArguments(c, 1, "udp_dial")
	fn := optionalFunction(c, 3)
	peer := lookUpPeer(c, to, "udp dial host failed")
	c.Return(number(openUDP(c, anyAddress, fn, peer, "udp dial host failed").id))
}

func openUDP(c library.Call, at hostPort, fn library.Value, peer netip.AddrPort, failed string) *socket {
	g, address := c.Generation(), at.join()
	ss := tables.Of(c.Node())
	var so *socket
	if at != anyAddress {
		so = ss.claim(g, "UDP", address)
	}
	if so == nil {
		packets, err := openFor(c, func() (*net.UDPConn, error) { return ss.listenUDP(at) })
		if err == nil {
			so, err = ss.adoptUDP(packets, address, g)
		}
		if err != nil {
			raise(c, "%s: %s: %s", failed, address, errorText(err))
		}
	}
	so.receiveWith(g, fn, peer)
	return so
}

// receiveWith has a function called with each datagram, from a moment ago on.
func (so *socket) receiveWith(g library.Generation, fn library.Value, peer netip.AddrPort) {
	if !fn.IsNil() {
		hooksOf(g).give(so).receive = fn
	}
	so.mu.Lock()
	defer so.mu.Unlock()
	if before := so.connected; peer.IsValid() {
		so.connected = peer
		g.OnAbort(func() {
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
func lookUpPeer(c library.Call, to hostPort, failed string) netip.AddrPort {
	address := to.join()
	found, err := openFor(c, func() (resolved, error) {
		a, err := net.ResolveUDPAddr("udp", address)
		if err != nil {
			return resolved{}, err
		}
		return resolved{a.AddrPort()}, nil
	})
	if err != nil {
		raise(c, "%s: %s: %s", failed, address, errorText(err))
	}
	return netip.AddrPortFrom(found.Addr().Unmap(), found.Port())
}

// resolved is an address that was looked up.
type resolved struct{ netip.AddrPort }

// Close is there for openFor: an address holds nothing.
func (resolved) Close() error { return nil }

// udpConnect is socket.udp_connect(id, host, port, f): socket.write sends
// to that address from now on.
func udpConnect(c library.Call) {
	so := mySocket(c, 1)
	if so == nil || so.packets == nil {
		raise(c, "udp connect failed: socket %s is not a udp socket of this service", c.Arg(1).Text())
	}
	peer := lookUpPeer(c, hostArguments(c, 2, "udp_connect"), "udp connect failed")
	so.receiveWith(c.Generation(), optionalFunction(c, 4), peer)
}

// sendTo is socket.sendto(id, to, data): to is what the function of
// socket.udp was given. It is false where that is no address, or id no datagram
// socket.
func sendTo(c library.Call) {
	so := anySocket(c, 1, "sendto")
	to, ok := decodeAddress(stringArgument(c, 2, "sendto"))
	data := socketData(c, 3, "sendto")
	c.Return(library.Bool(ok && so != nil && so.sendTo(data, to)))
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

// udpAddress is socket.udp_address(from): host and port.
func udpAddress(c library.Call) {
	a, ok := decodeAddress(stringArgument(c, 1, "udp_address"))
	if !ok {
		raise(c, "Invalid udp address")
	}
	c.Return(library.String(a.Addr().String()))
	c.Return(number(a.Port()))
}
