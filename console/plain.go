package console

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
)

// banner is the first line of every connection.
const banner = "Welcome to devnode console"

// servePlain speaks the line protocol: no echo, no escape codes, a command a
// line. first is what the connection has sent already.
func (c *conn) servePlain(ctx context.Context, first []byte) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	q := &inbox{}
	reader := make(chan struct{})
	go func() {
		defer close(reader)
		c.readLines(ctx, cancel, q, first)
	}()
	err := c.runLines(ctx, q)
	attacked := errors.As(err, new(attackError))
	if attacked {
		// For the person who pressed an arrow key in nc; a web page can't read it.
		c.say("closed: " + err.Error())
	}
	if attacked || errors.As(err, new(tooLongError)) {
		<-reader // it has ended, and linger reads in its place
		c.linger()
	}
	if errors.As(err, new(lateTelnet)) {
		<-reader
		return err // the connection goes on
	}
	c.shut()
	cancel(err)
	<-reader
	// What cancelled a command is the reason, not the cancelling.
	if cause := context.Cause(ctx); errors.As(cause, new(attackError)) || errors.Is(cause, errPeerGone) {
		return cause
	}
	return err
}

// runLines runs what the reader put into the inbox, until there is no more.
func (c *conn) runLines(ctx context.Context, q *inbox) error {
	out := newDeadlineWriter(c.net)
	if err := c.login(ctx, q, out); err != nil {
		return errors.Join(err, out.Flush())
	}
	sh := &shell{
		console: c.console, peer: c.peer, out: out, runs: func() func() { return c.places.runs(c) },
		style: func() style { return style{} },
		ended: func() <-chan struct{} { c.running.isLive(); return q.arrived() }, flush: out.Flush,
		size: func() (int, int) { return 0, 0 },
	}
	if _, err := fmt.Fprintln(out, banner); err != nil {
		return err
	}
	for {
		if err := out.Flush(); err != nil {
			return err
		}
		line, err := q.next(ctx)
		var long tooLongError
		switch {
		case errors.As(err, &long):
			return errors.Join(err, sh.fail(err, false), out.Flush())
		case errors.Is(err, io.EOF):
			return errors.Join(err, sh.goodbye(), out.Flush())
		case err != nil:
			return err
		}
		command, over := c.running.begin(ctx)
		err = sh.do(command, line)
		over()
		if errors.Is(err, ErrQuit) {
			err = errors.Join(err, sh.goodbye())
		}
		if err != nil {
			return errors.Join(err, out.Flush())
		}
	}
}

// readLines reads ahead, so that an attack or a lost connection ends also the
// command that runs. The end of the input doesn't: `printf list | nc` wants its
// answer, as long as it is there. Half a line at the end is dropped, for it may be the beginning of
// another command than was meant.
func (c *conn) readLines(ctx context.Context, cancel context.CancelCauseFunc, q *inbox, first []byte) {
	var rest []byte
	buf := make([]byte, 16<<10)
	n := copy(buf, first)
	for err := error(nil); ; {
		if n > 0 {
			c.places.spoke(c)
		}
		text, isTelnet := c.late(buf[:n])
		chunk := append(rest, text...)
		lines, unfinished := cutLines(chunk)
		if bad := errors.Join(inspectBytes(text), inspectBreath(lines, unfinished)); bad != nil {
			q.drop(bad)
			cancel(bad)
			return
		}
		if tooLong(lines, unfinished) {
			q.end(tooLongError{})
			return
		}
		q.add(ctx, c.running.take(lines))
		switch {
		case isTelnet != nil:
			q.end(isTelnet)
			return
		case errors.Is(err, io.EOF):
			q.end(io.EOF)
			if err := c.awaitGone(ctx); err != nil {
				cancel(err)
			}
			return
		case err != nil:
			if isReset(err) {
				err = errPeerGone
			}
			q.end(err)
			cancel(err)
			return
		}
		rest = append([]byte(nil), unfinished...)
		n, err = c.net.Read(buf)
	}
}

// cutLines separates whole lines, without their LF or CR LF, from the rest.
func cutLines(b []byte) (lines []string, rest []byte) {
	for {
		line, after, ok := bytes.Cut(b, []byte{'\n'})
		if !ok {
			return lines, b
		}
		lines = append(lines, strings.TrimSuffix(string(line), "\r"))
		b = after
	}
}

func tooLong(lines []string, rest []byte) bool {
	for _, l := range lines {
		if len(l) > maxLine {
			return true
		}
	}
	return len(rest) > maxLine
}

// tooLongError ends a connection whose line doesn't end.
type tooLongError struct{}

func (tooLongError) Error() string {
	return fmt.Sprintf("the line is longer than %d KiB", maxLine>>10)
}
