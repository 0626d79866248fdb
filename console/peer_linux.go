package console

import (
	"bufio"
	"encoding/hex"
	"fmt"
	"net"
	"os"
	"strconv"
	"strings"
)

// ownPeer tells whether the other end of a loopback connection belongs to the
// user that this process runs as: /proc/net/tcp names the owner of every socket.
func ownPeer(peer, here *net.TCPAddr) (bool, error) {
	for _, table := range []string{"/proc/net/tcp", "/proc/net/tcp6"} {
		uid, ok, err := socketOwner(table, peer, here)
		if err != nil && !os.IsNotExist(err) {
			return false, err
		}
		if ok {
			return uid == os.Geteuid(), nil
		}
	}
	return false, fmt.Errorf("%v is in no table of sockets", peer)
}

// socketOwner finds the socket that is bound to local and connected to remote,
// and its owner.
func socketOwner(table string, local, remote *net.TCPAddr) (uid int, ok bool, err error) {
	f, err := os.Open(table)
	if err != nil {
		return 0, false, err
	}
	defer func() { _ = f.Close() }()
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		// sl local_address rem_address st tx:rx tr:when retrnsmt uid …
		cells := strings.Fields(lines.Text())
		if len(cells) < 8 || !sameSocket(cells[1], local) || !sameSocket(cells[2], remote) {
			continue
		}
		uid, err := strconv.Atoi(cells[7])
		return uid, err == nil, err
	}
	return 0, false, lines.Err()
}

// sameSocket compares an address with one of the table: hex, the bytes of each
// 32-bit word in the machine's order.
func sameSocket(cell string, a *net.TCPAddr) bool {
	host, port, _ := strings.Cut(cell, ":")
	n, err := strconv.ParseUint(port, 16, 16)
	if err != nil || int(n) != a.Port {
		return false
	}
	ip, err := hex.DecodeString(host)
	if err != nil {
		return false
	}
	if nativeLittle() {
		for i := 0; i+4 <= len(ip); i += 4 {
			ip[i], ip[i+1], ip[i+2], ip[i+3] = ip[i+3], ip[i+2], ip[i+1], ip[i]
		}
	}
	return net.IP(ip).Equal(a.IP)
}
