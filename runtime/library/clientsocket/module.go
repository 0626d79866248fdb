package clientsocket

import (
	"context"
	"net"
	"net/netip"
	"syscall"
	"time"

	"devnode/runtime/library"
)

// Names are those by which scripts know the module.
var Names = []string{"client.socket", "clientsocket"}

// Module is what require returns for one of the Names. atEnd is called by readstdin when
// the standard input is at its end: skynet's ends the program there.
func Module(name string, atEnd func(c library.Call)) library.Module {
	return library.Module{Name: name, Functions: map[string]library.Function{
		"connect":  connect,
		"recv":     receive,
		"send":     send,
		"shutdown": shutdown,
		"close":    closeLink,
		"usleep":   sleep,
		"readstdin": func(c library.Call) {
			text, ok, ended := inputs.Of(c.Node()).line()
			if ok {
				c.Return(library.String(text))
			} else if ended {
				atEnd(c)
			}
		},
	}}
}

// connect is connect(address, port): the connection's number. The address is one of IPv4, as
// in skynet.
func connect(c library.Call) {
	address, port := c.String(1), c.Int(2)
	ip, err := netip.ParseAddr(address)
	var conn net.Conn
	if err == nil && ip.Is4() {
		ctx := c.Node().Context()
		c.Block(func() {
			conn, err = new(net.Dialer).DialContext(ctx, "tcp4", netip.AddrPortFrom(ip, uint16(port)).String())
		})
	}
	tcp, ok := conn.(*net.TCPConn)
	if err != nil || !ok {
		c.Raise("Connect %s %d failed", address, port)
	}
	ls := opened.Of(c.Service())
	ls.last++
	ls.open[ls.last] = newLink(c.Node(), tcp)
	c.Return(library.Int(ls.last))
}

// linkOf is the connection whose number is the first argument, nil where there is none.
func linkOf(c library.Call) *link { return opened.Of(c.Service()).open[c.Int(1)] }

// raise raises an error of the system's.
func raise(c library.Call, err error) {
	text, _ := library.SystemError(err)
	c.Raise("socket error: %s", text)
}

// receive is recv(id): what has come, "" once the other side has closed, nothing where
// nothing has come.
func receive(c library.Call) {
	l := linkOf(c)
	if l == nil {
		raise(c, syscall.EBADF)
	}
	select {
	case piece, ok := <-l.in:
		if !ok && l.failed != nil {
			raise(c, l.failed)
		}
		c.Return(library.Bytes(piece))
	default:
	}
}

// send is send(id, text). It returns when the system has taken all.
func send(c library.Call) {
	l, text := linkOf(c), c.String(2)
	if l == nil {
		raise(c, syscall.EBADF)
	}
	var err error
	if text != "" {
		c.Block(func() { _, err = l.conn.Write([]byte(text)) })
	}
	if err != nil {
		raise(c, err)
	}
}

// shutdown is shutdown(id, mode): "r", "w" or both.
func shutdown(c library.Call) {
	l := linkOf(c)
	var read, write bool
	for _, mode := range []byte(c.String(2)) {
		switch mode {
		case 'r':
			read = true
		case 'w':
			write = true
		default:
			c.Raise("Invalid mode %c", mode)
		}
	}
	if !read && !write {
		c.Raise("mode should be r or/and w")
	}
	if l == nil {
		return
	}
	if read {
		l.conn.CloseRead()
	}
	if write {
		l.conn.CloseWrite()
	}
}

// closeLink is close(id).
func closeLink(c library.Call) {
	if l := linkOf(c); l != nil {
		l.close()
		delete(opened.Of(c.Service()).open, c.Int(1))
	}
}

// sleep is usleep(microseconds). The service handles nothing meanwhile, as in skynet.
func sleep(c library.Call) {
	d := time.Duration(c.Float(1)) * time.Microsecond
	if d <= 0 {
		return
	}
	ctx, cancel := context.WithTimeout(c.Node().Context(), d)
	defer cancel()
	c.Block(func() { <-ctx.Done() })
}
