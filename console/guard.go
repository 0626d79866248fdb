package console

import (
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

// admit refuses a loopback peer of another user. Where the owner can't be found
// out although it should be possible, the peer is refused as well.
func (g guard) admit(nc net.Conn) error {
	if g.anyUser {
		return nil
	}
	peer, ok1 := nc.RemoteAddr().(*net.TCPAddr)
	here, ok2 := nc.LocalAddr().(*net.TCPAddr)
	if !ok1 || !ok2 || !peer.IP.IsLoopback() {
		return nil
	}
	own, err := ownPeer(peer, here)
	switch {
	case err != nil:
		return fmt.Errorf("who you are can't be found out: %w", err)
	case !own:
		return fmt.Errorf("this console belongs to another user")
	}
	return nil
}
