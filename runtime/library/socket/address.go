package socket

import (
	"net"
	"net/netip"
	"strconv"
	"strings"

	"devnode/runtime/library"
)

// hostPort is where a socket listens or connects to.
type hostPort struct {
	host string // without brackets; "*" is any address
	port int
}

// hostArguments reads host and port, from argument n on. Without a port it is
// part of the host, as "127.0.0.1:80" or "[::1]:80"; an empty host is any address
// of IPv4. function is the name that an error gives.
func hostArguments(c library.Call, n int, function string) hostPort {
	host := stringArgument(c.Padded(n), n, function)
	if !c.Arg(n + 1).IsNil() {
		return newHostPort(host, int(integerArgument(c, n+1, function)))
	}
	address := host
	if open := strings.IndexByte(address, '['); open >= 0 {
		closed := strings.IndexByte(address, ']')
		if closed < open {
			raise(c, "Invalid address %s.", address)
		}
		host = address[open+1 : closed]
		address = address[closed:]
	}
	before, text, ok := strings.Cut(address, ":")
	if !ok {
		raise(c, "Invalid address %s.", c.Arg(n).Text())
	}
	if before != "]" {
		host = before
	}
	port, err := strconv.ParseUint(text, 10, 16)
	if err != nil {
		raise(c, "Invalid port in address %s.", c.Arg(n).Text())
	}
	return newHostPort(host, int(port))
}

func newHostPort(host string, port int) hostPort {
	host = strings.Trim(host, "[]")
	if host == "" {
		host = "0.0.0.0"
	}
	return hostPort{host, port}
}

// join is the address as package net takes it.
func (a hostPort) join() string {
	host := a.host
	if host == "*" {
		host = ""
	}
	return net.JoinHostPort(host, strconv.Itoa(a.port))
}

// network is the kind of network to listen on. Left to itself, net takes 0.0.0.0
// for the addresses of IPv6, too.
func (a hostPort) network(kind string) string {
	if ip, err := netip.ParseAddr(a.host); err == nil && ip.Is4() {
		return kind + "4"
	}
	return kind
}

// splitHostPort splits the text of an address.
func splitHostPort(address string) (host string, port int) {
	h, p, err := net.SplitHostPort(address)
	if err != nil {
		return address, 0
	}
	n, _ := strconv.Atoi(p)
	return h, n
}
