//go:build !linux

package console

import "net"

// checkOwner lets everybody through: no table here names the owner of a TCP
// socket. A Unix socket, or a token, keeps other users out.
func checkOwner(*net.TCPConn) error { return nil }
