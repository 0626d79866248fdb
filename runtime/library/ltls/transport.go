package ltls

import (
	"bytes"
	"net"
	"time"
)

// transport is the connection below TLS: two buffers, which the script fills and empties.
type transport struct {
	in, out bytes.Buffer
	wait    func() bool // waits for more to read, false for never; nil where reading doesn't wait
}

// errEmpty says that there is nothing to read yet. crypto/tls takes no harm of it, since
// it is temporary: the next read goes on where this one was.
var errEmpty net.Error = empty{}

type empty struct{}

func (empty) Error() string   { return "nothing to read yet" }
func (empty) Timeout() bool   { return true }
func (empty) Temporary() bool { return true }

// Read takes what the script has written.
func (t *transport) Read(p []byte) (int, error) {
	for t.in.Len() == 0 {
		if t.wait == nil {
			return 0, errEmpty
		}
		if !t.wait() {
			return 0, net.ErrClosed
		}
	}
	return t.in.Read(p)
}

// Write keeps bytes for the script.
func (t *transport) Write(p []byte) (int, error) { return t.out.Write(p) }

// take is all that was written, for the other side.
func (t *transport) take() []byte {
	b := bytes.Clone(t.out.Bytes())
	t.out = bytes.Buffer{}
	return b
}

// Close does nothing: there is nothing below.
func (*transport) Close() error { return nil }

// LocalAddr and RemoteAddr are of nobody.
func (*transport) LocalAddr() net.Addr  { return &net.TCPAddr{} }
func (*transport) RemoteAddr() net.Addr { return &net.TCPAddr{} }

// SetDeadline and its like do nothing, since nothing here takes time.
func (*transport) SetDeadline(time.Time) error      { return nil }
func (*transport) SetReadDeadline(time.Time) error  { return nil }
func (*transport) SetWriteDeadline(time.Time) error { return nil }
