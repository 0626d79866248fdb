package socket

import (
	"encoding/binary"
	"net"
	"net/netip"
	"time"

	"devnode/runtime/library"
)

// datagram is one that was received, with the sender in the form that Lua code
// sees: a type (1 for IPv4, 2 for IPv6), the port and the address as bytes.
type datagram struct {
	data string
	from string
}

func encodeAddress(a netip.AddrPort) string {
	ip := a.Addr().Unmap()
	kind := byte(1)
	if ip.Is6() {
		kind = 2
	}
	b := binary.BigEndian.AppendUint16([]byte{kind}, a.Port())
	return string(append(b, ip.AsSlice()...))
}

func decodeAddress(s string) (netip.AddrPort, bool) {
	if len(s) != 7 && len(s) != 19 || (s[0] == 1) != (len(s) == 7) || s[0] > 2 {
		return netip.AddrPort{}, false
	}
	ip, ok := netip.AddrFromSlice([]byte(s[3:]))
	return netip.AddrPortFrom(ip, binary.BigEndian.Uint16([]byte(s[1:3]))), ok
}

// listenUDP opens a datagram socket. It may look up a host name, and so runs
// apart from the service.
func (ss *sockets) listenUDP(at hostPort) (*net.UDPConn, error) {
	var lc net.ListenConfig
	packets, err := lc.ListenPacket(ss.node.Context(), at.network("udp"), at.join())
	if err != nil {
		return nil, err
	}
	return packets.(*net.UDPConn), nil
}

// adoptUDP makes an open datagram socket one of g's service.
func (ss *sockets) adoptUDP(packets *net.UDPConn, asked string, g library.Generation) (*socket, error) {
	so := newSocket("UDP", g)
	so.packets, so.asked, so.state = packets, asked, socketOpen
	if err := ss.own(so, packets, g); err != nil {
		return nil, err
	}
	ss.node.Go(so.packetLoop)
	return so, nil
}

// maxDatagrams is how many datagrams wait for a service; more are lost, as a
// full buffer of the system loses them.
const maxDatagrams = 4096

func (so *socket) packetLoop() {
	buf := make([]byte, 64<<10)
	for {
		n, from, err := so.packets.ReadFromUDPAddrPort(buf)
		so.mu.Lock()
		if so.state != socketOpen {
			so.mu.Unlock()
			return
		}
		if err == nil && len(so.datagrams) < maxDatagrams {
			so.datagrams = append(so.datagrams, datagram{string(buf[:n]), encodeAddress(from)})
			so.count.read += int64(n)
			so.count.lastRead = time.Now()
			so.pokeLocked()
		}
		so.mu.Unlock()
		if err != nil { // such as that nobody took the last one sent
			select {
			case <-so.done:
				return
			case <-time.After(time.Millisecond):
			}
		}
	}
}

// sendLocked sends a datagram. That doesn't wait: one that doesn't go out now
// is lost.
func (so *socket) sendLocked(data string, to netip.AddrPort) bool {
	if so.state != socketOpen || so.packets == nil {
		return false
	}
	n, err := so.packets.WriteToUDPAddrPort([]byte(data), to)
	if err != nil {
		return false
	}
	so.count.written += int64(n)
	so.count.lastWrite = time.Now()
	return true
}
