package console

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"net"
	"strconv"

	"golang.org/x/sys/unix"
)

// The kernel answers who owns one socket over netlink (sock_diag(7)), which costs
// it nothing, however many sockets there are. No library of the standard
// distribution speaks this; what follows are the structures of
// linux/inet_diag.h.

// diagSocket is struct inet_diag_sockid.
type diagSocket struct {
	SourcePort, DestPort [2]byte // in the network's order, as the addresses
	Source, Dest         [16]byte
	Interface            uint32
	Cookie               [2]uint32
}

// diagRequest is struct nlmsghdr and struct inet_diag_req_v2.
type diagRequest struct {
	Header                     unix.NlMsghdr
	Family, Protocol, Ext, Pad uint8
	States                     uint32
	Socket                     diagSocket
}

// diagAnswer is struct inet_diag_msg.
type diagAnswer struct {
	Family, State, Timer, Retransmits uint8
	Socket                            diagSocket
	Expires, ReadQueue, WriteQueue    uint32
	UID, Inode                        uint32
}

const (
	sockDiagByFamily = 20
	diagNoCookie     = ^uint32(0)
)

// askOwner asks the kernel for the socket that is bound to local and connected to
// remote. One without an inode belongs to no process any more; one that only
// asks for a connection isn't the one that we have accepted.
func askOwner(local, remote *net.TCPAddr) (uid int, found bool, err error) {
	a, err := askDiag(newDiagRequest(local, remote))
	switch {
	case errors.Is(err, unix.ENOENT):
		return 0, false, nil
	case err != nil:
		return 0, false, err
	case a.State == tcpListen || a.State == tcpSynSent || a.Inode == 0 || !a.between(local, remote):
		return 0, false, nil
	}
	return int(a.UID), true, nil
}

func newDiagRequest(local, remote *net.TCPAddr) *diagRequest {
	r := &diagRequest{Protocol: unix.IPPROTO_TCP, States: ^uint32(0)}
	r.Header = unix.NlMsghdr{Len: uint32(binary.Size(r)), Type: sockDiagByFamily, Flags: unix.NLM_F_REQUEST}
	s := &r.Socket
	binary.BigEndian.PutUint16(s.SourcePort[:], uint16(local.Port))
	binary.BigEndian.PutUint16(s.DestPort[:], uint16(remote.Port))
	s.Cookie = [2]uint32{diagNoCookie, diagNoCookie}
	if from, to := local.IP.To4(), remote.IP.To4(); from != nil && to != nil {
		r.Family = unix.AF_INET // a socket of IPv6 is found so, too, by its mapped addresses
		copy(s.Source[:], from)
		copy(s.Dest[:], to)
		return r
	}
	r.Family = unix.AF_INET6
	copy(s.Source[:], local.IP.To16())
	copy(s.Dest[:], remote.IP.To16())
	s.Interface = zoneIndex(local.Zone)
	return r
}

// zoneIndex is the number of the interface that a link-local address is on.
func zoneIndex(zone string) uint32 {
	if i, err := net.InterfaceByName(zone); err == nil {
		return uint32(i.Index)
	}
	n, _ := strconv.ParseUint(zone, 10, 32) // without a zone, 0
	return uint32(n)
}

// askDiag sends one request and reads its answer, which is there at once.
func askDiag(r *diagRequest) (*diagAnswer, error) {
	fd, err := unix.Socket(unix.AF_NETLINK, unix.SOCK_RAW|unix.SOCK_CLOEXEC, unix.NETLINK_INET_DIAG)
	if err != nil {
		return nil, fmt.Errorf("netlink: %w", err)
	}
	defer func() { _ = unix.Close(fd) }()
	var b bytes.Buffer
	if err := binary.Write(&b, binary.NativeEndian, r); err != nil {
		return nil, err
	}
	if err := unix.Sendto(fd, b.Bytes(), 0, &unix.SockaddrNetlink{Family: unix.AF_NETLINK}); err != nil {
		return nil, fmt.Errorf("netlink: %w", err)
	}
	buf := make([]byte, 4096)
	n, from, err := unix.Recvfrom(fd, buf, unix.MSG_DONTWAIT)
	if err != nil {
		return nil, fmt.Errorf("netlink: %w", err)
	}
	if kernel, ok := from.(*unix.SockaddrNetlink); !ok || kernel.Pid != 0 {
		return nil, errors.New("netlink: an answer that isn't the kernel's")
	}
	return readDiagAnswer(buf[:n])
}

func readDiagAnswer(b []byte) (*diagAnswer, error) {
	in := bytes.NewReader(b)
	var h unix.NlMsghdr
	if err := binary.Read(in, binary.NativeEndian, &h); err != nil {
		return nil, err
	}
	switch h.Type {
	case unix.NLMSG_ERROR:
		var code int32
		if err := binary.Read(in, binary.NativeEndian, &code); err != nil {
			return nil, err
		}
		return nil, fmt.Errorf("netlink: %w", unix.Errno(-code))
	case sockDiagByFamily:
		a := &diagAnswer{}
		return a, binary.Read(in, binary.NativeEndian, a)
	}
	return nil, fmt.Errorf("netlink: an answer of type %d", h.Type)
}

// between tells whether the answer is of the socket that was asked for: where it
// isn't there, the kernel may name one that listens.
func (a *diagAnswer) between(local, remote *net.TCPAddr) bool {
	s := &a.Socket
	from, to := net.IP(s.Source[:]), net.IP(s.Dest[:])
	if a.Family == unix.AF_INET {
		from, to = from[:4], to[:4]
	}
	return from.Equal(local.IP) && to.Equal(remote.IP) &&
		int(binary.BigEndian.Uint16(s.SourcePort[:])) == local.Port && int(binary.BigEndian.Uint16(s.DestPort[:])) == remote.Port
}
