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

// tableOwner finds the socket that is bound to local and connected to remote, in
// the table of IPv4 or in that of IPv6, which also has the mapped addresses of
// sockets that speak both. It takes the system about ten milliseconds.
func tableOwner(local, remote *net.TCPAddr) (uid int, found bool, err error) {
	for _, table := range []string{"/proc/net/tcp", "/proc/net/tcp6"} {
		uid, found, err = ownerInTable(table, local, remote)
		if os.IsNotExist(err) && table == "/proc/net/tcp6" {
			err = nil // a system without IPv6
		}
		if err != nil || found {
			return uid, found, err
		}
	}
	return 0, false, nil
}

// ownerInTable looks through one table. A socket that no process has any more, closed
// or on its way to be, stands there without an inode, and with root as its
// owner: it has none. One that only asks for a connection isn't the one that we
// have accepted.
func ownerInTable(table string, local, remote *net.TCPAddr) (uid int, found bool, err error) {
	f, err := os.Open(table)
	if err != nil {
		return 0, false, err
	}
	defer func() { _ = f.Close() }()
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		// sl local_address rem_address st tx:rx tr:when retrnsmt uid timeout inode …
		cells := strings.Fields(lines.Text())
		if len(cells) < 10 || !sameSocket(cells[1], local) || !sameSocket(cells[2], remote) {
			continue
		}
		if inode := strings.TrimLeft(cells[9], "0"); inode == "" || cells[3] == fmt.Sprintf("%02X", tcpSynSent) {
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
