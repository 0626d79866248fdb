package console

import (
	"bytes"
	"errors"
	"io"
	"os"
	"strings"
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

// typedEarly is how long a client whose first words may have been typed into a
// telnet is watched for the end of its input: a program that sends all it has and
// closes is no telnet, and is never asked.
const typedEarly = 30 * time.Millisecond

// telnetQuestion is what a client is asked that is silent at first.
const telnetQuestion = "\xff\xfd\x1f" // IAC DO NAWS

// detect tells telnet from plain lines, and returns what was read for it. A telnet
// shows itself by the first byte, or, where a person typed before it was asked, by
// the first byte behind that.
func (c *conn) detect() (isTelnet bool, first []byte, err error) {
	first, err = c.readFor(speakFirst)
	ask := len(first) == 0
	if err == nil && typedLines(first) {
		first, ask = c.mayBeTyped(first)
	}
	if err == nil && ask && c.guard.probe && c.guard.telnet {
		c.probed = true
		if _, err = io.WriteString(c.net, telnetQuestion); err != nil {
			return false, nil, err
		}
		first, err = c.awaitAnswer(first)
	}
	if len(first) > 0 {
		c.places.spoke(c)
	}
	at := bytes.IndexByte(first, telnet.IAC)
	isTelnet = at == 0 || at > 0 && c.probed && typedLines(first[:at])
	return isTelnet && c.guard.telnet, first, err
}

// mayBeTyped tells whether lines as telnet sends them can be a person's who typed
// ahead, as the connection stays open. It returns them with what came meanwhile.
func (c *conn) mayBeTyped(first []byte) ([]byte, bool) {
	more, err := c.readFor(typedEarly)
	first = append(first, more...)
	return first, err == nil && typedLines(first)
}

// awaitAnswer reads until the answer to the question is there, or what comes is no
// telnet's, or time is up.
func (c *conn) awaitAnswer(first []byte) ([]byte, error) {
	for deadline := time.Now().Add(answerProbe); ; {
		more, err := c.readFor(time.Until(deadline))
		first = append(first, more...)
		switch {
		case errors.Is(err, io.EOF) && len(first) > 0:
			return first, nil // it will be met again
		case err != nil, len(more) == 0, len(first) > maxTyped, !typedLines(first):
			return first, err
		}
	}
}

// lateTelnet says that a connection which was taken for plain is a telnet: its answer
// to the question came when it had been given up, as a busy machine has it. rest is
// what came, from the first byte of the protocol on.
type lateTelnet struct{ rest []byte }

func (lateTelnet) Error() string { return "it is a telnet" }

// late tells, of what one read brought, whether the client shows itself as a telnet
// only now. Before it there may have been lines, as a telnet sends them, and nothing
// else.
func (c *conn) late(b []byte) (text []byte, isTelnet error) {
	if !c.guard.telnet || c.text || c.telnet {
		return b, nil
	}
	at := bytes.IndexByte(b, telnet.IAC)
	if at == 0 || at > 0 && c.probed && typedLines(b[:at]) {
		return b[:at], lateTelnet{bytes.Clone(b[at:])}
	}
	c.text = len(b) > 0 && !typedLines(b)
	return b, nil
}

// maxTyped is more than a person types in half a second.
const maxTyped = 4 << 10

// typedLines tells whether bytes are whole lines of text, each with the end that a
// telnet gives it: CR LF or CR NUL. Programs end theirs with LF.
func typedLines(b []byte) bool {
	text := bytes.ReplaceAll(bytes.ReplaceAll(b, []byte("\r\n"), []byte("\r")), []byte("\r\x00"), []byte("\r"))
	if !bytes.HasSuffix(text, []byte("\r")) || bytes.IndexByte(text, '\n') >= 0 || inspectBytes(text) != nil {
		return false
	}
	return inspectBreath(strings.Split(string(text), "\r"), nil) == nil
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
