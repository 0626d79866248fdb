package console

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

const nobody = 65534

// dialAs connects with a socket that belongs to another user, bound to an
// address of its own choice where from isn't nil. mapped is for a socket of IPv6
// that speaks to an address of IPv4.
func dialAs(t *testing.T, uid int, from net.IP, to *net.TCPAddr, mapped bool) net.Conn {
	t.Helper()
	type made struct {
		conn net.Conn
		err  error
	}
	done := make(chan made)
	go func() {
		// The thread ends with this goroutine, and its user with it.
		runtime.LockOSThread()
		c, err := dialOnThread(uid, from, to, mapped)
		done <- made{c, err}
	}()
	m := <-done
	if m.err != nil {
		t.Fatal(m.err)
	}
	t.Cleanup(func() { _ = m.conn.Close() })
	if err := m.conn.SetDeadline(time.Now().Add(60 * time.Second)); err != nil {
		t.Fatal(err)
	}
	return m.conn
}

func dialOnThread(uid int, from net.IP, to *net.TCPAddr, mapped bool) (net.Conn, error) {
	if _, _, errno := unix.RawSyscall(unix.SYS_SETFSUID, uintptr(uid), 0, 0); int(errno) != 0 {
		return nil, errno
	}
	domain := unix.AF_INET
	if mapped || to.IP.To4() == nil {
		domain = unix.AF_INET6
	}
	fd, err := unix.Socket(domain, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, err
	}
	if from != nil {
		err = unix.Bind(fd, sockaddr(domain, from, 0))
	}
	if err == nil {
		err = unix.Connect(fd, sockaddr(domain, to.IP, to.Port))
	}
	f := os.NewFile(uintptr(fd), "socket")
	defer f.Close()
	if err != nil {
		return nil, err
	}
	return net.FileConn(f)
}

func sockaddr(domain int, ip net.IP, port int) unix.Sockaddr {
	if domain == unix.AF_INET {
		return &unix.SockaddrInet4{Port: port, Addr: [4]byte(ip.To4())}
	}
	return &unix.SockaddrInet6{Port: port, Addr: [16]byte(ip.To16())}
}

// outside are addresses of this machine that aren't loopback, one a family.
func outside(t *testing.T) (v4, v6 net.IP) {
	t.Helper()
	own, err := net.InterfaceAddrs()
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range own {
		n, ok := a.(*net.IPNet)
		switch {
		case !ok || !n.IP.IsGlobalUnicast():
		case n.IP.To4() != nil:
			v4 = n.IP
		default:
			v6 = n.IP
		}
	}
	return v4, v6
}

func needRoot(t *testing.T) {
	t.Helper()
	if os.Getuid() != 0 {
		t.Skip("not root: only root can be somebody else")
	}
}

// A process of another user is refused by whatever address of the machine it
// comes; its owner gets in by each.
func TestOtherUserIsRefused(t *testing.T) {
	needRoot(t)
	v4, v6 := outside(t)
	token := filepath.Join(t.TempDir(), "token")
	for _, c := range []struct {
		name, listen, token string
		from                net.IP
		to                  string // instead of where it listens
		mapped              bool
	}{
		{name: "loopback", listen: "127.0.0.1:0"},
		{name: "another loopback", listen: "127.0.0.1:0", from: net.IPv4(127, 1, 2, 3)},
		{name: "outside to loopback", listen: "127.0.0.1:0", from: v4},
		{name: "mapped", listen: "127.0.0.1:0", mapped: true},
		{name: "outside, mapped", listen: "127.0.0.1:0", from: v4, mapped: true},
		{name: "IPv6", listen: "[::1]:0"},
		{name: "outside to loopback of IPv6", listen: "[::1]:0", from: v6},
		{name: "outside", listen: "0.0.0.0:0", token: token, to: v4.String()},
		{name: "loopback to all", listen: "0.0.0.0:0", token: token, to: "127.0.0.1"},
		{name: "IPv4 to both", listen: "[::]:0", token: token, to: "127.0.0.1"},
		{name: "outside IPv4 to both", listen: "[::]:0", token: token, from: v4, to: v4.String()},
		{name: "outside IPv6 to both", listen: "[::]:0", token: token, to: v6.String()},
	} {
		t.Run(c.name, func(t *testing.T) {
			if strings.Contains(c.name, "outside") && (v4 == nil || v6 == nil) {
				t.Skip("this machine has no outside address of both families")
			}
			s := serveFake(t, ListenConfig{Address: c.listen, TokenFile: c.token})
			to, err := net.ResolveTCPAddr("tcp", s.addr)
			if err != nil {
				t.Fatal(err)
			}
			if c.to != "" {
				to.IP = net.ParseIP(c.to)
			}
			script := "ping echo\n"
			if c.token != "" {
				secret, err := ReadToken(c.token)
				if err != nil {
					t.Fatal(err)
				}
				script = secret + "\n" + script
			}
			talk := func(uid int) string {
				conn := dialAs(t, uid, c.from, to, c.mapped)
				_, _ = io.WriteString(conn, script)
				_ = conn.(*net.TCPConn).CloseWrite()
				all, _ := io.ReadAll(conn)
				return string(all)
			}
			if got := talk(nobody); got != "refused: this console belongs to another user\n" {
				t.Errorf("another user: %q", got)
			}
			if got := talk(0); !strings.HasSuffix(got, banner+"\n0\n<CMD OK>\n") {
				t.Errorf("the owner, half closed: %q", got)
			}
		})
	}
}

func TestAnyUserIsLetIn(t *testing.T) {
	needRoot(t)
	s := serveFake(t, ListenConfig{AnyUser: true})
	to, _ := net.ResolveTCPAddr("tcp", s.addr)
	conn := dialAs(t, nobody, nil, to, false)
	fmt.Fprint(conn, "ping echo\n")
	_ = conn.(*net.TCPConn).CloseWrite()
	if got, _ := io.ReadAll(conn); strings.TrimPrefix(string(got), telnetQuestion) != banner+"\n0\n<CMD OK>\n" {
		t.Errorf("%q", got)
	}
}

// A socket that was closed at once stands in the system's table with root as its
// owner, and is nobody's: nothing that it sent is run.
func TestClosedPeerIsNobody(t *testing.T) {
	needRoot(t)
	s := serveFake(t, ListenConfig{})
	to, _ := net.ResolveTCPAddr("tcp", s.addr)
	for range 300 {
		conn := dialAs(t, nobody, nil, to, false)
		fmt.Fprint(conn, "kill echo\n")
		_ = conn.Close()
	}
	eventually(t, func() bool { return strings.Count(s.log.String(), ": refused: ") == 300 }, s.log.String)
	if _, err := s.node.at(9); err != nil {
		t.Error("a line of another user was run")
	}
	if strings.Contains(s.log.String(), "connected") {
		t.Error("another user was let in:", s.log.String())
	}
}

// The owner of a connection is nobody once it was closed, whoever has its
// addresses then; one that is half closed is still its owner's.
func TestOwnerOfHalfClosed(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	connect := func() (peer, here *net.TCPConn) { return connected(t, l, l.Addr().String()) }
	for name, c := range map[string]struct {
		do   func(peer *net.TCPConn) error
		want error
	}{
		"open":        {func(*net.TCPConn) error { return nil }, nil},
		"half closed": {(*net.TCPConn).CloseWrite, nil},
		"closed":      {(*net.TCPConn).Close, errNoOwner},
		"reset": {func(peer *net.TCPConn) error {
			return errors.Join(peer.SetLinger(0), peer.Close())
		}, errOwnerEnd},
	} {
		t.Run(name, func(t *testing.T) {
			peer, here := connect()
			if err := c.do(peer); err != nil {
				t.Fatal(err)
			}
			if err := checkOwner(here); !errors.Is(err, c.want) {
				t.Errorf("%v, want %v", err, c.want)
			}
		})
	}
	t.Run("its addresses are another's", func(t *testing.T) {
		for range 100 { // others on this machine may be given the port first
			peer, here := connect()
			d := net.Dialer{LocalAddr: peer.LocalAddr()}
			if err := errors.Join(peer.SetLinger(0), peer.Close()); err != nil {
				t.Fatal(err)
			}
			again, err := d.DialContext(context.Background(), "tcp", l.Addr().String())
			if err != nil {
				continue
			}
			defer again.Close()
			if err := checkOwner(here); !errors.Is(err, errOwnerEnd) {
				t.Errorf("%v, want %v", err, errOwnerEnd)
			}
			return
		}
		t.Fatal("no port could be had twice")
	})
}

func connected(t *testing.T, l net.Listener, to string) (peer, here *net.TCPConn) {
	t.Helper()
	p, err := net.Dial("tcp", to)
	if err != nil {
		t.Fatal(err)
	}
	h, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _, _ = p.Close(), h.Close() })
	return p.(*net.TCPConn), h.(*net.TCPConn)
}

// The kernel's answer and its table tell the same, of whatever address.
func TestOwnerByBothWays(t *testing.T) {
	for _, listen := range []string{"127.0.0.1:0", "[::1]:0", "[::]:0"} {
		l, err := net.Listen("tcp", listen)
		if err != nil {
			t.Skip("no IPv6 here:", err)
		}
		defer l.Close()
		_, port, _ := net.SplitHostPort(l.Addr().String())
		hosts := []string{"127.0.0.1", "::1"}
		if listen != "[::]:0" {
			hosts = []string{l.Addr().(*net.TCPAddr).IP.String()}
		}
		for _, host := range hosts {
			t.Run(host+" at "+listen, func(t *testing.T) {
				peer, here := connected(t, l, net.JoinHostPort(host, port))
				from, to := here.RemoteAddr().(*net.TCPAddr), here.LocalAddr().(*net.TCPAddr)
				same := func(when string, want bool) {
					t.Helper()
					uid, found, err := askOwner(from, to)
					if err != nil {
						t.Log("the kernel doesn't answer here:", err)
					} else if found != want || found && uid != os.Getuid() {
						t.Errorf("%s: the kernel says %d, %v", when, uid, found)
					}
					if uid, found, err := tableOwner(from, to); err != nil || found != want || found && uid != os.Getuid() {
						t.Errorf("%s: the table says %d, %v, %v", when, uid, found, err)
					}
				}
				same("open", true)
				_ = peer.CloseWrite()
				same("half closed", true)
				_ = peer.Close()
				same("closed", false)
			})
		}
	}
}
