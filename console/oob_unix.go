//go:build unix

package console

import (
	"net"
	"syscall"
)

// outOfBandInline keeps urgent data in the stream: telnet sends ^C with a data
// mark that is urgent, and taking it out would leave half a telnet command.
func outOfBandInline(c net.Conn) {
	tcp, ok := c.(*net.TCPConn)
	if !ok {
		return
	}
	raw, err := tcp.SyscallConn()
	if err != nil {
		return
	}
	_ = raw.Control(func(fd uintptr) {
		_ = syscall.SetsockoptInt(int(fd), syscall.SOL_SOCKET, syscall.SO_OOBINLINE, 1)
	})
}
