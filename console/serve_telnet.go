package console

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"devnode/console/editor"
	"devnode/console/telnet"
)

// serveTelnet speaks to a telnet: with line editing where the client agrees to a
// character at a time, else plain lines.
func (c *conn) serveTelnet(ctx context.Context, first []byte) error {
	outOfBandInline(c.net)
	s := newTelnetStream(c.net, c.probed)
	c.net = s
	if err := s.take(first); err != nil {
		return err
	}
	characters, err := s.agree()
	if err != nil {
		return err
	}
	if !characters {
		c.net = &newlineConn{Conn: s}
		return c.servePlain(ctx, nil)
	}
	if err := s.agreeOnBytes(); err != nil {
		return err
	}
	if err := c.loginTelnet(s); err != nil {
		return err
	}
	return c.edit(ctx, s)
}

// edit gives the client a prompt, until it leaves.
func (c *conn) edit(ctx context.Context, s *telnetStream) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	history, remember := c.history(s)
	t, err := newTerminal(c.console, terminalConfig{
		peer: c.peer, out: s, runs: func() func() { return c.places.runs(c) }, history: history, remember: remember,
		color: s.colors, person: s.person, banner: terminalBanner(style{color: s.colors()}),
		size: func() (int, int) { return int(s.width.Load()), int(s.height.Load()) },
	})
	if err != nil {
		return err
	}
	s.resized, s.interrupt = t.ed.Resized, t.interrupt
	reader := make(chan struct{})
	go func() {
		defer close(reader)
		err := t.pump(s)
		cancel(err)
	}()
	if err = t.run(ctx); err == nil && s.attached() {
		_, _ = s.Conn.Write(telnet.Sub(telnet.Devnode, []byte{telnet.DevnodeGoodbye}))
	}
	c.shut()
	<-reader
	return errors.Join(err, t.ed.Close())
}

// history is the node's own, or the one that an attached console brought, which
// is told each line so that it can keep it.
func (c *conn) history(s *telnetStream) (h *editor.History, remember func(string)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.attach {
		return c.console.history, nil
	}
	h, _ = editor.OpenHistory("")
	for _, l := range s.history {
		_ = h.Add(l) // in memory: can't fail
	}
	return h, func(line string) {
		_, _ = s.Conn.Write(telnet.Sub(telnet.Devnode, append([]byte{telnet.DevnodeLine}, line...)))
	}
}

// loginTelnet asks for the token, without echo. An attached console sends it by
// itself.
func (c *conn) loginTelnet(s *telnetStream) error {
	if c.guard.token == "" {
		return nil
	}
	if err := s.SetReadDeadline(time.Now().Add(loginTimeout)); err != nil {
		return err
	}
	var dec editor.Decoder
	for range loginTries {
		if _, err := io.WriteString(s, tokenQuestion+" "); err != nil {
			return err
		}
		if _, err := s.Conn.Write(telnet.Sub(telnet.Devnode, []byte{telnet.DevnodeTokenWant})); err != nil && s.attach {
			return err
		}
		try, err := s.readSecret(&dec)
		if err != nil {
			return err
		}
		if c.guard.accepts(try) {
			c.places.know(c)
			_, err := io.WriteString(s, "\r\n")
			return errors.Join(err, s.SetReadDeadline(time.Time{}))
		}
		_, _ = io.WriteString(s, "\r\n")
	}
	c.say(errNoToken.Error() + "\r")
	return errNoToken
}

// readSecret reads a line that isn't shown, or takes the token that an attached
// console sent.
func (s *telnetStream) readSecret(dec *editor.Decoder) (string, error) {
	var b strings.Builder
	for {
		s.mu.Lock()
		token := s.token
		s.token = ""
		s.mu.Unlock()
		if token != "" {
			return token, nil
		}
		if len(s.data) == 0 {
			if err := s.fill(); err != nil {
				return "", err
			}
			continue
		}
		k := dec.Decode(s.data[:1])
		s.data = s.data[1:]
		for _, k := range k {
			switch {
			case k == editor.Enter:
				return b.String(), nil
			case k == editor.Interrupt || k == editor.EOF:
				return "", io.EOF
			case k >= ' ' && b.Len() < 4*tokenBytes:
				fmt.Fprintf(&b, "%c", rune(k))
			}
		}
	}
}
