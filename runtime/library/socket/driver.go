package socket

import (
	"maps"
	"net/netip"

	"devnode/runtime/internal/socketmsg"
	"devnode/runtime/library"
)

// Driver is require "skynet.socketdriver" (lua-socket.c): sockets whose events are messages of type socket.
func Driver() library.Module {
	functions := map[string]library.Function{
		"listen": driverListen, "connect": driverConnect, "start": driverStart, "bind": driverBind, "pause": driverPause,
		"send": socketWrite, "lsend": lowWrite, "close": driverClose, "shutdown": driverShutdown,
		"udp": driverUDP, "udp_connect": driverUDPConnect, "udp_dial": driverUDPDial, "udp_listen": driverUDPListen,
		"udp_send": sendTo, "udp_address": udpAddress,
		"unpack": driverUnpack, "str2p": driverStringToPointer,
		"header": socketHeader, "info": socketNetstat, "resolve": socketResolve,
		"nodelay": func(library.Call) {}, // it is always on
	}
	maps.Copy(functions, bufferFunctions())
	return library.Module{Name: "skynet.socketdriver", Functions: functions}
}

// driverListen is driver.listen(host, port): the number of a new listener, which begins to accept by driver.start. Its
// address comes as a message. New code of a service gets the listener that the service has there.
func driverListen(c library.Call) {
	where := driverHost(c, "listen")
	so, err := listenerAt(c, where)
	if err != nil {
		raise(c, "Listen error: %s: %s", where.join(), errorText(err))
	}
	so.makeRaw()
	host, port := splitHostPort(so.listener.Addr().String())
	tellCaller(c.Generation(), socketmsg.Message{Kind: socketmsg.Connect, ID: so.id, UD: port, Data: host})
	c.Return(number(so.id))
}

// driverConnect is driver.connect(host, port): the number of a socket that is being connected. What is sent meanwhile waits.
func driverConnect(c library.Call) {
	where := driverHost(c, "connect")
	ss := tables.Of(c.Node())
	so := newSocket("TCP", c.Generation())
	so.raw, so.connecting = true, true
	if err := ss.own(so, noDescriptor{}, c.Generation()); err != nil {
		raise(c, "connect: %s", err)
	}
	address := where.join()
	ss.node.Go(func() { so.connectedTo(ss.dial(address)) })
	c.Return(number(so.id))
}

// noDescriptor is what a socket has that isn't open yet.
type noDescriptor struct{}

func (noDescriptor) Close() error { return nil }

// driverHost is a host and a port, the first arguments.
func driverHost(c library.Call, function string) hostPort {
	stringArgument(c, 1, function)
	return hostArguments(c, 1, function)
}

// driverStart is driver.start(id): a listener accepts, a connection receives, and the calling service is told. Another
// service's socket becomes its own.
func driverStart(c library.Call) {
	so := anySocket(c, 1, "start")
	if so == nil || so.connectingNow() || !so.takeOver(c.Generation()) {
		id, _ := c.Arg(1).Int()
		tellCaller(c.Generation(), socketmsg.Message{Kind: socketmsg.Error, ID: int(id), Data: "invalid socket"})
		return
	}
	so.mu.Lock()
	how := "start"
	if so.reading && so.listener == nil {
		how = "transfer"
	}
	so.mu.Unlock()
	tellCaller(c.Generation(), socketmsg.Message{Kind: socketmsg.Connect, ID: so.id, Data: how})
	so.makeRaw()
	if so.listener != nil {
		so.startAccepting()
	} else {
		so.startReading()
	}
}

func (so *socket) connectingNow() bool {
	so.mu.Lock()
	defer so.mu.Unlock()
	return so.connecting
}

// driverBind is driver.bind(fd): of the descriptors there is standard input, 0.
func driverBind(c library.Call) {
	if so := bindDescriptor(c); so != nil {
		so.makeRaw()
	}
}

// driverPause is driver.pause(id): nothing is received until driver.start.
func driverPause(c library.Call) {
	if so := anySocket(c, 1, "pause"); so != nil {
		so.mu.Lock()
		so.stopped = true
		so.mu.Unlock()
	}
}

// driverUDP is driver.udp([host, port]).
func driverUDP(c library.Call) {
	at := anyAddress
	if !c.Arg(1).IsNil() {
		at = hostArguments(c, 1, "udp")
	}
	returnRaw(c, openUDP(c, at, library.Nil, netip.AddrPort{}, "udp init failed"))
}

func driverUDPListen(c library.Call) {
	returnRaw(c, openUDP(c, hostArguments(c, 1, "udp_listen"), library.Nil, netip.AddrPort{}, "udp listen host failed"))
}

func driverUDPDial(c library.Call) {
	const failed = "udp dial host failed"
	peer := lookUpPeer(c, hostArguments(c, 1, "udp_dial"), failed)
	returnRaw(c, openUDP(c, anyAddress, library.Nil, peer, failed))
}

// returnRaw makes a socket raw, and returns its number.
func returnRaw(c library.Call, so *socket) {
	so.makeRaw()
	c.Return(number(so.id))
}

// driverUDPConnect is driver.udp_connect(id, host, port): driver.send sends to that address from now on.
func driverUDPConnect(c library.Call) {
	so := anySocket(c, 1, "udp_connect")
	peer := lookUpPeer(c, hostArguments(c, 2, "udp_connect"), "udp connect failed")
	if so == nil || so.packets == nil {
		raise(c, "udp connect failed: socket %s is not a udp socket", c.Arg(1).Text())
	}
	so.receiveWith(c.Generation(), library.Nil, peer)
}

// driverUnpack is driver.unpack(msg, sz): what happened, the numbers of the message, and its data: of bytes that were received
// a message, of which ud is the size, and of a datagram its sender too; of anything else a string.
func driverUnpack(c library.Call) {
	m, ok := socketmsg.Decode(c.Bytes(1))
	if !ok {
		raise(c, "socketdriver.unpack: this is no message of type socket")
	}
	c.Return(number(int(m.Kind)))
	c.Return(number(m.ID))
	c.Return(number(m.UD))
	switch m.Kind {
	case socketmsg.Data, socketmsg.UDP:
		c.Return(c.Message(m.Data))
	default:
		c.Return(library.String(m.Data))
	}
	if m.Kind == socketmsg.UDP {
		c.Return(library.String(m.Address))
		return
	}
}

// driverStringToPointer is driver.str2p(s): the bytes as a message, and their number.
func driverStringToPointer(c library.Call) {
	s := stringArgument(c, 1, "str2p")
	c.Return(c.Message(s))
	c.Return(number(len(s)))
}
