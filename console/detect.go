package console

import (
	"errors"
	"io"
	"os"
	"time"

	"devnode/console/telnet"
)

// How long a client may take to show what it is. A stock telnet says nothing
// first on a port other than 23, so it is asked for its window's size, which
// every telnet answers and no program does by chance.
const (
	speakFirst  = 120 * time.Millisecond
	answerProbe = 400 * time.Millisecond
)

// detect tells telnet from plain lines by the first byte, and returns what was
// read for it.
func (c *conn) detect() (isTelnet bool, first []byte, err error) {
	first, err = c.readFor(speakFirst)
	if len(first) == 0 && err == nil && c.guard.probe {
		c.probed = true
		if _, err = c.net.Write([]byte{telnet.IAC, telnet.DO, telnet.NAWS}); err != nil {
			return false, nil, err
		}
		first, err = c.readFor(answerProbe)
	}
	if len(first) > 0 {
		c.places.spoke(c)
	}
	return len(first) > 0 && first[0] == telnet.IAC && c.guard.telnet, first, err
}

// readFor reads once, for a limited time; having nothing then is no error.
func (c *conn) readFor(d time.Duration) ([]byte, error) {
	if err := c.net.SetReadDeadline(time.Now().Add(d)); err != nil {
		return nil, err
	}
	buf := make([]byte, 4<<10)
	n, err := c.net.Read(buf)
	if errors.Is(err, os.ErrDeadlineExceeded) || errors.Is(err, io.EOF) && n > 0 {
		err = nil
	}
	return buf[:n], errors.Join(err, c.net.SetReadDeadline(time.Time{}))
}
