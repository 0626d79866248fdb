package console

import (
	"errors"
	"fmt"
	"net"
)

// guard is what a listener knows about whom to let in.
type guard struct {
	token   string // what must be sent first, empty for nothing
	anyUser bool
	probe   bool
	telnet  bool
}

// admit refuses a peer on this machine that belongs to another user, whatever
// address it has bound itself to. A peer whose owner can't be found is refused,
// too: one that has closed its socket already has none. A peer of another
// machine is let through to the token, which a listener that it can reach asks
// for; a Unix socket is guarded by its mode.
func (g guard) admit(nc net.Conn) error {
	if _, local := nc.(*net.UnixConn); local || g.anyUser {
		return nil
	}
	c, ok := nc.(*net.TCPConn)
	if !ok {
		return refusal(fmt.Errorf("a %T tells no owner", nc))
	}
	return checkOwner(c)
}

// errOtherUser refuses a peer whose owner was found.
var errOtherUser = errors.New("this console belongs to another user")

// refusal refuses a peer whose owner wasn't found.
func refusal(why error) error {
	return fmt.Errorf("who you are can't be found out: %w; a node that listens on unix:PATH need not ask", why)
}

// onThisMachine tells whether a connection's other end must be on this machine:
// it has one of the machine's addresses, or has reached one that only the machine
// itself can reach. It is true where that can't be told.
func onThisMachine(peer, here *net.TCPAddr) bool {
	if peer.IP.IsLoopback() || here.IP.IsLoopback() || peer.IP.IsUnspecified() || peer.IP.Equal(here.IP) {
		return true
	}
	own, err := net.InterfaceAddrs()
	if err != nil {
		return true
	}
	for _, a := range own {
		if n, ok := a.(*net.IPNet); ok && n.IP.Equal(peer.IP) {
			return true
		}
	}
	return false
}
