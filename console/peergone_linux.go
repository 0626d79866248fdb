package console

import (
	"net"

	"golang.org/x/sys/unix"
)

// peerGone tells whether the other end of a connection has closed it for good, and
// not only for writing: who half closes waits for an answer. A peer on another
// machine is known to be gone once it has refused something.
func peerGone(nc net.Conn) bool {
	switch c := nc.(type) {
	case *net.TCPConn:
		return tcpPeerGone(c)
	case *net.UnixConn:
		return hungUp(c)
	}
	return false
}

// tcpPeerGone looks for the peer's socket, where that is on this machine.
func tcpPeerGone(c *net.TCPConn) bool {
	if checkAlive(c) != nil {
		return true
	}
	peer, ok1 := c.RemoteAddr().(*net.TCPAddr)
	here, ok2 := c.LocalAddr().(*net.TCPAddr)
	if !ok1 || !ok2 || !onThisMachine(peer, here) {
		return false
	}
	_, found, err := ownerOf(peer, here)
	return err == nil && !found
}

// hungUp asks for POLLHUP, which for a Unix socket means that both directions are
// closed.
func hungUp(c *net.UnixConn) (gone bool) {
	raw, err := c.SyscallConn()
	if err != nil {
		return true
	}
	err = raw.Control(func(fd uintptr) {
		p := []unix.PollFd{{Fd: int32(fd)}}
		n, err := unix.Poll(p, 0)
		gone = err == nil && n > 0 && p[0].Revents&(unix.POLLHUP|unix.POLLERR) != 0
	})
	return gone || err != nil
}
