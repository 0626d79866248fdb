package console

import (
	"net"
	"syscall"
)

const soOOBInline = 0x100 // from winsock2.h

// outOfBandInline keeps urgent data in the stream, see oob_unix.go.
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
		_ = syscall.SetsockoptInt(syscall.Handle(fd), syscall.SOL_SOCKET, soOOBInline, 1)
	})
}
