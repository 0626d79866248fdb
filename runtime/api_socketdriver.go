package runtime

import (
	"maps"
	"net/netip"

	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/internal/socketmsg"
	"devnode/runtime/lua/value"
)

// driverFunctions are require "skynet.socketdriver" (lua-socket.c): sockets whose events are messages of type socket.
func driverFunctions() map[string]lua.LGFunction {
	functions := map[string]lua.LGFunction{
		"listen": driverListen, "connect": driverConnect, "start": driverStart, "bind": driverBind, "pause": driverPause,
		"send": socketWrite, "lsend": socketLowWrite, "close": driverClose, "shutdown": driverShutdown,
		"udp": driverUDP, "udp_connect": driverUDPConnect, "udp_dial": driverUDPDial, "udp_listen": driverUDPListen,
		"udp_send": socketSendTo, "udp_address": socketUDPAddress,
		"unpack": driverUnpack, "str2p": driverStringToPointer,
		"header": socketHeader, "info": socketNetstat, "resolve": socketResolve,
		"nodelay": func(*lua.LState) int { return 0 }, // it is always on
	}
	maps.Copy(functions, bufferFunctions())
	return functions
}

// driverListen is driver.listen(host, port): the number of a new listener, which begins to accept by driver.start. Its
// address comes as a message. New code of a service gets the listener that the service has there.
func driverListen(L *lua.LState) int {
	t, where := taskOf(L), driverHost(L, "listen")
	so, err := listenerAt(L, where)
	if err != nil {
		raise(L, "Listen error: %s: %s", where.join(), errorText(err))
	}
	so.makeRaw()
	host, port := splitHostPort(so.listener.Addr().String())
	t.tellRaw(socketmsg.Message{Kind: socketmsg.Connect, ID: so.id, UD: port, Data: host})
	L.Push(lua.LNumber(so.id))
	return 1
}

// driverConnect is driver.connect(host, port): the number of a socket that is being connected. What is sent meanwhile waits.
func driverConnect(L *lua.LState) int {
	t, where := taskOf(L), driverHost(L, "connect")
	ss := t.service.node.sockets
	so := newSocket("TCP", t.service, t.gen.number)
	so.raw, so.connecting = true, true
	if err := ss.own(so, noDescriptor{}, t); err != nil {
		raise(L, "connect: %s", err)
	}
	address := where.join()
	ss.goroutines.Go(func() { so.connectedTo(ss.dial(address)) })
	L.Push(lua.LNumber(so.id))
	return 1
}

// noDescriptor is what a socket has that isn't open yet.
type noDescriptor struct{}

func (noDescriptor) Close() error { return nil }

// driverHost is a host and a port, the first arguments.
func driverHost(L *lua.LState, function string) hostPort {
	stringArgument(L, 1, function)
	return hostArguments(L, 1, function)
}

// driverStart is driver.start(id): a listener accepts, a connection receives, and the calling service is told. Another
// service's socket becomes its own.
func driverStart(L *lua.LState) int {
	t := taskOf(L)
	so := anySocket(L, 1, "start")
	if so == nil || so.connectingNow() || !so.takeOver(t) {
		id, _ := value.ToInt(L.Get(1))
		t.tellRaw(socketmsg.Message{Kind: socketmsg.Error, ID: int(id), Data: "invalid socket"})
		return 0
	}
	so.mu.Lock()
	how := "start"
	if so.reading && so.listener == nil {
		how = "transfer"
	}
	so.mu.Unlock()
	t.tellRaw(socketmsg.Message{Kind: socketmsg.Connect, ID: so.id, Data: how})
	so.makeRaw()
	if so.listener != nil {
		so.startAccepting()
	} else {
		so.startReading()
	}
	return 0
}

func (so *socket) connectingNow() bool {
	so.mu.Lock()
	defer so.mu.Unlock()
	return so.connecting
}

// driverBind is driver.bind(fd): of the descriptors there is standard input, 0.
func driverBind(L *lua.LState) int {
	results := socketBind(L)
	if id, ok := value.ToInt(L.Get(-1)); ok {
		if so := taskOf(L).service.node.sockets.find(int(id)); so != nil {
			so.makeRaw()
		}
	}
	return results
}

// driverPause is driver.pause(id): nothing is received until driver.start.
func driverPause(L *lua.LState) int {
	if so := anySocket(L, 1, "pause"); so != nil {
		so.mu.Lock()
		so.stopped = true
		so.mu.Unlock()
	}
	return 0
}

// driverUDP is driver.udp([host, port]).
func driverUDP(L *lua.LState) int {
	at := anyAddress
	if L.Get(1) != lua.LNil {
		at = hostArguments(L, 1, "udp")
	}
	return rawUDP(L, openUDP(L, at, lua.LNil, netip.AddrPort{}, "udp init failed"))
}

func driverUDPListen(L *lua.LState) int {
	return rawUDP(L, openUDP(L, hostArguments(L, 1, "udp_listen"), lua.LNil, netip.AddrPort{}, "udp listen host failed"))
}

func driverUDPDial(L *lua.LState) int {
	const failed = "udp dial host failed"
	peer := lookUpPeer(L, hostArguments(L, 1, "udp_dial"), failed)
	return rawUDP(L, openUDP(L, anyAddress, lua.LNil, peer, failed))
}

// rawUDP makes the datagram socket raw whose number is the last value.
func rawUDP(L *lua.LState, results int) int {
	if id, ok := value.ToInt(L.Get(-1)); ok {
		if so := taskOf(L).service.node.sockets.find(int(id)); so != nil {
			so.makeRaw()
		}
	}
	return results
}

// driverUDPConnect is driver.udp_connect(id, host, port): driver.send sends to that address from now on.
func driverUDPConnect(L *lua.LState) int {
	so := anySocket(L, 1, "udp_connect")
	peer := lookUpPeer(L, hostArguments(L, 2, "udp_connect"), "udp connect failed")
	if so == nil || so.packets == nil {
		raise(L, "udp connect failed: socket %s is not a udp socket", L.Get(1))
	}
	so.receiveWith(taskOf(L), lua.LNil, peer)
	return 0
}

// driverUnpack is driver.unpack(msg, sz): what happened, the numbers of the message, and its data: of bytes that were received
// a message, of which ud is the size, and of a datagram its sender too; of anything else a string.
func driverUnpack(L *lua.LState) int {
	m, ok := socketmsg.Decode(dataArgument(L, 1).Text())
	if !ok {
		raise(L, "socketdriver.unpack: this is no message of type socket")
	}
	L.Push(lua.LNumber(m.Kind))
	L.Push(lua.LNumber(m.ID))
	L.Push(lua.LNumber(m.UD))
	switch m.Kind {
	case socketmsg.Data, socketmsg.UDP:
		L.Push(boxOf(L).Userdata(RawData(m.Data)))
	default:
		L.Push(lua.LString(m.Data))
	}
	if m.Kind == socketmsg.UDP {
		L.Push(lua.LString(m.Address))
		return 5
	}
	return 4
}

// driverStringToPointer is driver.str2p(s): the bytes as a message, and their number.
func driverStringToPointer(L *lua.LState) int {
	s := stringArgument(L, 1, "str2p")
	L.Push(boxOf(L).Userdata(RawData(s)))
	L.Push(lua.LNumber(len(s)))
	return 2
}
