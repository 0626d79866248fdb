package console

import "net"

// newlineConn reads lines from a telnet that edits them itself: their ends, CR LF, CR
// NUL or a bare CR, become LF.
type newlineConn struct {
	net.Conn
	afterCR bool
}

func (c *newlineConn) Read(p []byte) (int, error) {
	for {
		n, err := c.Conn.Read(p)
		kept := 0
		for _, b := range p[:n] {
			second := c.afterCR && (b == '\n' || b == 0)
			if c.afterCR = b == '\r'; second {
				continue
			}
			if b == '\r' {
				b = '\n'
			}
			p[kept] = b
			kept++
		}
		if kept > 0 || err != nil || n == 0 {
			return kept, err
		}
	}
}
