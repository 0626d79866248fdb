package socket

import "devnode/runtime/library"

// Module is require "skynet.socket". What its functions do is in read.go, write.go,
// open.go for what opens and closes, udp.go and info.go.
func Module() library.Module {
	return library.Module{Name: "skynet.socket", Functions: map[string]library.Function{
		"open": openTCP, "listen": socketListen, "start": socketStart, "bind": socketBind, "stdin": socketStdin,
		"close": closeSocket, "shutdown": socketShutdown, "close_fd": closeFD, "abandon": socketAbandon,
		"read": socketRead, "readall": readAll, "readline": readLine, "block": socketBlock,
		"write": socketWrite, "lwrite": lowWrite, "pause": socketPause,
		"invalid": socketInvalid, "disconnected": socketDisconnected, "header": socketHeader,
		"limit": socketLimit, "warning": socketWarning, "onclose": onClose,
		"udp": udpSocket, "udp_connect": udpConnect, "udp_listen": udpListen, "udp_dial": udpDial,
		"sendto": sendTo, "udp_address": udpAddress,
		"netstat": socketNetstat, "list": socketList, "resolve": socketResolve,
	}}
}

// anySocket is the socket of a number, nil if there is none. function is the name
// that an error gives.
func anySocket(c library.Call, n int, function string) *socket {
	return tables.Of(c.Node()).find(int(integerArgument(c, n, function)))
}

// mySocket is a socket that the calling service has started, nil if argument n is
// not the number of one. In skynet that is a look into a table, where nil and any
// other value are just not in.
func mySocket(c library.Call, n int) *socket {
	id, ok := c.Arg(n).Int()
	if !ok {
		return nil
	}
	so := tables.Of(c.Node()).find(int(id))
	if so == nil {
		return nil
	}
	so.mu.Lock()
	defer so.mu.Unlock()
	if so.owner != c.Service() || so.dropped || so.ignored || so.state == socketPaused {
		return nil
	}
	return so
}

func checkSocket(c library.Call, n int) *socket {
	so := mySocket(c, n)
	if so == nil {
		raise(c, "socket %s is not one that this service has started", c.Arg(n).Text())
	}
	return so
}
