package console

import (
	"bufio"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"time"
)

// ClientConfig says how [Attach] and [Exec] reach a node.
type ClientConfig struct {
	// Address is as in [ListenConfig]; 127.0.0.1:8000 when empty.
	Address string
	// TokenFile holds the node's token, where it asks for one.
	TokenFile string
	// HistoryFile keeps what is typed at an attached prompt; see
	// the function [HistoryFile]. Empty keeps it for this run only.
	HistoryFile string
}

const dialTimeout = 5 * time.Second

func (cfg ClientConfig) address() string {
	if cfg.Address == "" {
		return DefaultAddress
	}
	return cfg.Address
}

// dial connects to a node.
func (cfg ClientConfig) dial(ctx context.Context) (net.Conn, error) {
	address := cfg.address()
	network := "tcp"
	if path, ok := strings.CutPrefix(address, "unix:"); ok {
		network, address = "unix", path
	}
	d := net.Dialer{Timeout: dialTimeout}
	c, err := d.DialContext(ctx, network, address)
	if err != nil {
		return nil, hint(fmt.Errorf("console %s: %w", cfg.address(), err), "is the node running, and its console on?")
	}
	return c, nil
}

// lineClient speaks the line protocol, with answers marked by a random word, so
// that nothing a service prints can look like the end of one.
type lineClient struct {
	net.Conn
	in   *bufio.Reader
	word string
}

// connect opens a line client and logs in. extra goes behind `frame WORD`.
func (cfg ClientConfig) connect(ctx context.Context, extra string) (*lineClient, error) {
	nc, err := cfg.dial(ctx)
	if err != nil {
		return nil, err
	}
	c := &lineClient{Conn: nc, in: bufio.NewReader(nc), word: rand.Text()}
	// An empty line, so that the node need not wonder whether we are a telnet.
	_, err = io.WriteString(nc, "\n")
	if err == nil {
		err = c.greet(cfg)
	}
	if err == nil {
		_, err = fmt.Fprintf(nc, "frame %s%s\n", c.word, extra)
	}
	if err == nil {
		err = c.skipTo("OK")
	}
	if err != nil {
		_ = nc.Close()
		return nil, fmt.Errorf("console %s: %w", cfg.address(), err)
	}
	return c, nil
}

// greet reads the banner, and sends the token where it is asked for.
func (c *lineClient) greet(cfg ClientConfig) error {
	for asked := false; ; asked = true {
		first, err := c.in.ReadString('\n')
		// Where our empty line came late, the node has asked whether we are a telnet.
		first = strings.TrimSpace(strings.TrimPrefix(first, telnetQuestion))
		switch {
		case err != nil:
			return noEOF(err)
		case first == banner:
			return nil
		case first != tokenQuestion:
			return errors.New(first) // "refused: …", or not a devnode at all
		case asked:
			return errNoToken
		case cfg.TokenFile == "":
			return hint(errors.New("this node wants a token"), "--token FILE")
		}
		token, err := ReadToken(cfg.TokenFile)
		if err != nil {
			return err
		}
		if _, err := io.WriteString(c, token+"\n"); err != nil {
			return err
		}
	}
}

// skipTo drops lines up to the one that ends an answer.
func (c *lineClient) skipTo(how string) error {
	for {
		line, err := c.in.ReadString('\n')
		if err != nil {
			return noEOF(err)
		}
		if line == c.mark(how) {
			return nil
		}
	}
}

func (c *lineClient) mark(how string) string { return "<CMD " + how + " " + c.word + ">\n" }

// errGoodbye ends a connection in good order: every line that was sent has run, or
// quit has.
const errGoodbye Error = "goodbye"

// answer copies one answer: what was found to out, an error to errs. It returns
// errGoodbye when the node ends the connection in good order, and io.EOF when it
// is closed in any other way.
func (c *lineClient) answer(out, errs io.Writer) (ok bool, err error) {
	to := out
	for {
		line, err := c.in.ReadString('\n')
		switch {
		case err != nil:
			_, _ = io.WriteString(to, line)
			return false, err
		case line == c.mark("OK"):
			return true, nil
		case line == c.mark("Error"):
			return false, nil
		case line == c.mark("Goodbye"):
			return false, errGoodbye
		case line == c.mark("Failed"):
			to = errs
			continue
		}
		if _, err := io.WriteString(to, line); err != nil {
			return false, err
		}
	}
}

// noEOF is for places where the end of the connection is a fault.
func noEOF(err error) error {
	if errors.Is(err, io.EOF) || isReset(err) {
		return errors.New("the node closed the connection")
	}
	return err
}
