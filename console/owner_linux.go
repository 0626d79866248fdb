package console

import (
	"errors"
	"fmt"
	"net"
	"os"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// How often a socket is looked for that isn't found: a busy machine changes its
// tables while they are read.
const (
	ownerLooks = 3
	ownerPause = 5 * time.Millisecond
)

var (
	errNoOwner  = errors.New("no process has the other end of this connection")
	errOwnerEnd = errors.New("the connection has ended")
)

// checkOwner finds the user of the process at the other end of a connection. Whose
// socket the system knows is a process of this machine; a peer whose socket it
// doesn't know, and that can't be on this machine, is none of its business.
func checkOwner(c *net.TCPConn) error {
	peer, ok1 := c.RemoteAddr().(*net.TCPAddr)
	here, ok2 := c.LocalAddr().(*net.TCPAddr)
	if !ok1 || !ok2 {
		return refusal(errOwnerEnd)
	}
	for look := 1; ; look++ {
		if err := checkAlive(c); err != nil {
			return refusal(err)
		}
		uid, found, err := ownerOf(peer, here)
		switch {
		case err == nil && found:
			return checkUser(c, uid)
		case !onThisMachine(peer, here):
			return nil
		case err != nil:
			return refusal(err)
		case look == ownerLooks:
			return refusal(errNoOwner)
		}
		time.Sleep(ownerPause)
	}
}

// ownerOf finds the owner of the socket that is bound to local and connected to
// remote. The kernel's answer that there is none holds only if it knows our own
// end: otherwise it may lack the part that answers, and its table is read.
func ownerOf(local, remote *net.TCPAddr) (uid int, found bool, err error) {
	if uid, found, err = askOwner(local, remote); err == nil && found {
		return uid, true, nil
	}
	if err == nil {
		if _, found, err = askOwner(remote, local); err == nil && found {
			return 0, false, nil
		}
	}
	return tableOwner(local, remote)
}

// checkUser refuses another user than this process's. The owner of the socket
// that was found counts only if the connection lives on: once it has ended,
// another socket may have got its addresses.
func checkUser(c *net.TCPConn, uid int) error {
	if err := checkAlive(c); err != nil {
		return refusal(err)
	}
	if uid != os.Geteuid() {
		return errOtherUser
	}
	return sameUserNamespace(uid)
}

// sameUserNamespace refuses the user that stands for all those whom a user
// namespace doesn't know, as in some containers: it may be anybody.
func sameUserNamespace(uid int) error {
	nobody := 65534
	if b, err := os.ReadFile("/proc/sys/kernel/overflowuid"); err == nil {
		if n, err := strconv.Atoi(strings.TrimSpace(string(b))); err == nil {
			nobody = n
		}
	}
	if uid != nobody {
		return nil
	}
	known, err := os.ReadFile("/proc/self/uid_map")
	if os.IsNotExist(err) || strings.Join(strings.Fields(string(known)), " ") == "0 0 4294967295" {
		return nil // every user is known here
	}
	return refusal(fmt.Errorf("user %d of this container stands for other users, too", uid))
}

// The states of a socket, as the kernel numbers them (tcp_states.h).
const (
	tcpEstablished = 1
	tcpSynSent     = 2
	tcpCloseWait   = 8
	tcpListen      = 10
)

// checkAlive refuses a connection that has ended: half closed by the peer is the
// most that it may be.
func checkAlive(c *net.TCPConn) error {
	raw, err := c.SyscallConn()
	if err != nil {
		return err
	}
	var info *unix.TCPInfo
	var failed error
	err = raw.Control(func(fd uintptr) {
		info, failed = unix.GetsockoptTCPInfo(int(fd), unix.IPPROTO_TCP, unix.TCP_INFO)
	})
	switch {
	case err != nil:
		return err
	case failed != nil:
		return failed
	case info.State != tcpEstablished && info.State != tcpCloseWait:
		return errOwnerEnd
	}
	return nil
}
