package console

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"sync"
	"time"
)

// conn is one connection, from its accept to its end.
type conn struct {
	console *Console
	guard   guard
	places  *places
	place   *place
	socket  net.Conn // as it was accepted
	net     net.Conn // the same, or what speaks telnet over it
	running running
	peer    string // how the log calls it
	probed  bool   // it was asked whether it is a telnet
	telnet  bool   // it has shown that it is one
	text    bool   // it has sent what no telnet sends
	once    sync.Once
}

// serve does all of a connection's work and returns when nothing of it is left.
func (c *conn) serve(ctx context.Context) {
	defer c.shut()
	stop := context.AfterFunc(ctx, c.shut)
	defer stop()
	if err := c.guard.admit(c.net); err != nil {
		if c.places.closedForAnother(c) {
			err = errDisplaced
		}
		c.places.refuse(c)
		c.console.logf("console %s: refused: %v", c.peer, err)
		c.say("refused: " + err.Error())
		c.linger()
		return
	}
	if c.guard.token == "" {
		c.places.know(c)
	}
	c.console.logf("console %s: connected", c.peer)
	err := c.talk(ctx)
	var attack attackError
	switch {
	case c.places.closedForAnother(c):
		c.console.logf("console %s: disconnected: %v", c.peer, errDisplaced)
	case errors.As(err, &attack):
		c.console.logf("console %s: attack? closed, and nothing of what came with it was run: %v", c.peer, attack)
	case err == nil, errors.Is(err, ErrQuit), errors.Is(err, io.EOF), errors.Is(err, errPeerGone), ctx.Err() != nil, isReset(err):
		c.console.logf("console %s: disconnected", c.peer)
	default:
		c.console.logf("console %s: disconnected: %v", c.peer, err)
	}
}

// errDisplaced is why a connection ended whose place was needed.
var errDisplaced = errors.New("another connection needed its place")

// talk finds out what the client speaks, and speaks it.
func (c *conn) talk(ctx context.Context) error {
	isTelnet, first, err := c.detect()
	if err != nil {
		return err
	}
	if !isTelnet {
		err = c.servePlain(ctx, first)
		var late lateTelnet
		if !errors.As(err, &late) {
			return err
		}
		first = late.rest
	}
	c.telnet = true
	return c.serveTelnet(ctx, first)
}

// say writes one line to a client that is about to be closed.
func (c *conn) say(line string) {
	_ = c.net.SetWriteDeadline(time.Now().Add(time.Second))
	_, _ = io.WriteString(c.net, line+"\n")
}

// linger lets the last words reach a client that is still sending: closing with
// something unread would reset the connection and lose them.
func (c *conn) linger() {
	half, ok := c.net.(interface{ CloseWrite() error })
	if !ok || half.CloseWrite() != nil || c.net.SetReadDeadline(time.Now().Add(lingerFor)) != nil {
		return
	}
	_, _ = io.CopyN(io.Discard, c.net, 1<<20)
}

// shut closes the connection, once; it wakes whoever reads or writes it.
func (c *conn) shut() { c.once.Do(func() { _ = c.net.Close() }) }

// deadlineWriter collects an answer and writes it under a deadline, so that a
// client that doesn't read is cut off and harms nobody.
type deadlineWriter struct {
	*bufio.Writer
}

func newDeadlineWriter(to net.Conn) deadlineWriter {
	return deadlineWriter{bufio.NewWriterSize(withDeadline{to}, 16<<10)}
}

type withDeadline struct{ net.Conn }

func (w withDeadline) Write(b []byte) (int, error) {
	if err := w.SetWriteDeadline(time.Now().Add(writeTimeout)); err != nil {
		return 0, err
	}
	return w.Conn.Write(b)
}
