package console

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"sync"

	"devnode/console/editor"
	"devnode/console/telnet"
)

// Attach gives a prompt to a running node, and returns the exit code. Where in
// or out is no terminal it runs the lines of in as commands instead: answers go
// to out, errors to errs, and the code is ExitFailed when any failed.
func Attach(ctx context.Context, cfg ClientConfig, in, out *os.File, errs io.Writer) int {
	if IsTerminal(in, out) {
		return attachTerminal(ctx, cfg, in, out, errs)
	}
	return attachScript(ctx, cfg, in, out, errs)
}

// attachScript sends the lines as they come and copies the answers as they come,
// so a script is as fast as the node. It fails where the node closes the connection
// before it has said goodbye: then lines may not have run.
func attachScript(ctx context.Context, cfg ClientConfig, in io.Reader, out, errs io.Writer) int {
	c, err := cfg.connect(ctx, "")
	if err != nil {
		return complain(errs, err, ExitConnect)
	}
	stop := context.AfterFunc(ctx, func() { _ = c.Close() })
	defer stop()
	sent := make(chan error, 1)
	go func() { sent <- c.sendScript(in) }()
	code := ExitOK
	buffered := bufio.NewWriter(out)
	for err == nil {
		var ok bool
		if ok, err = c.answer(flushing{buffered, c.in}, errs); err == nil && !ok {
			code = ExitFailed
		}
		if c.in.Buffered() == 0 {
			_ = buffered.Flush() // a fault stays, and is told at the end
		}
	}
	_ = c.Close()
	if err := buffered.Flush(); err != nil {
		return complain(errs, err, ExitFailed)
	}
	if !errors.Is(err, errGoodbye) && ctx.Err() == nil {
		return complain(errs, fmt.Errorf("console %s: %w", cfg.address(), noEOF(err)), ExitConnect)
	}
	select {
	case err := <-sent:
		// The node may have gone first, by quit: what follows in the script goes nowhere.
		if err != nil && !errors.As(err, new(*net.OpError)) {
			return complain(errs, err, ExitConnect)
		}
	default:
		// The node ended first, by quit; the input may never end, and whoever
		// reads it ends with this process.
	}
	return code
}

// sendScript sends lines to their end, which need not be a newline. The mark that
// some editors put in front of UTF-8 is left out.
func (c *lineClient) sendScript(in io.Reader) error {
	r := bufio.NewReader(in)
	if mark, _ := r.Peek(len(byteOrderMark)); string(mark) == byteOrderMark {
		_, _ = r.Discard(len(byteOrderMark))
	}
	_, err := io.Copy(c, r)
	if err == nil {
		_, err = io.WriteString(c, "\n") // an empty line says nothing
	}
	if half, ok := c.Conn.(interface{ CloseWrite() error }); ok {
		err = errors.Join(err, half.CloseWrite())
	}
	return err
}

const byteOrderMark = "\ufeff"

// isReset tells the error of writing to a node that has closed: after `quit`
// the rest of a script goes nowhere.
func isReset(err error) bool {
	return strings.Contains(err.Error(), "broken pipe") || strings.Contains(err.Error(), "reset by peer")
}

// flushing writes through a buffer and flushes it when nothing more is there.
type flushing struct {
	*bufio.Writer
	from *bufio.Reader
}

func (f flushing) WriteString(s string) (int, error) { return f.Write([]byte(s)) }

func (f flushing) Write(p []byte) (int, error) {
	n, err := f.Writer.Write(p)
	if err == nil && f.from.Buffered() == 0 {
		err = f.Flush()
	}
	return n, err
}

// detach is the key that leaves without asking the node: ^], as in telnet.
const detach = 0x1d

// attachTerminal is a telnet of our own: the node edits the lines, this end
// keeps their history.
func attachTerminal(ctx context.Context, cfg ClientConfig, in, out *os.File, errs io.Writer) int {
	history, err := editor.OpenHistory(cfg.HistoryFile)
	if err != nil {
		_ = complain(errs, err, ExitOK)
	}
	nc, err := cfg.dial(ctx)
	if err != nil {
		return complain(errs, err, ExitConnect)
	}
	defer func() { _ = nc.Close() }()
	restore, err := makeRaw(in, out)
	if err != nil {
		return complain(errs, err, ExitConnect)
	}
	defer restore()
	keys, err := newKeyReader(in)
	if err != nil {
		return complain(errs, err, ExitConnect)
	}
	ctx, cancel := context.WithCancel(ctx)
	stop := context.AfterFunc(ctx, func() { _ = nc.Close() })
	defer stop()
	a := &attached{conn: nc, cfg: cfg, out: out, history: history}
	a.size = func() (int, int) { return sizeOf(out) }
	var helpers sync.WaitGroup
	helpers.Go(func() { defer cancel(); a.send(keys) })
	helpers.Go(func() { watchSize(ctx, a.resize) })
	err = a.receive()
	cancel()
	_ = keys.Close()
	helpers.Wait()
	restore()
	_, _ = io.WriteString(out, "\n")
	if err != nil && !errors.Is(err, net.ErrClosed) {
		return complain(errs, fmt.Errorf("console %s: %w", cfg.address(), err), ExitConnect)
	}
	return ExitOK
}

// attached is the client's end of an attached prompt.
type attached struct {
	conn    net.Conn
	cfg     ClientConfig
	out     io.Writer
	history *editor.History
	size    func() (width, height int)
	parser  telnet.Parser
	goodbye bool // the node has said that the person has left

	mu sync.Mutex // keeps what is sent whole
}

// greeting speaks first, so that the node knows at once that this is a telnet.
func (a *attached) greeting() []byte {
	hello := []byte{
		telnet.IAC, telnet.WILL, telnet.NAWS, telnet.IAC, telnet.DO, telnet.Echo, telnet.IAC, telnet.DO, telnet.SGA,
		telnet.IAC, telnet.WILL, telnet.TType, telnet.IAC, telnet.WILL, telnet.Devnode,
	}
	hello = append(hello, telnet.SizeSub(a.size())...)
	lines := a.history.Lines()
	for total := 0; len(lines) > 0; lines = lines[1:] {
		total = 0
		for _, l := range lines {
			total += len(l) + 1
		}
		if total < 64<<10 {
			break
		}
	}
	sub := append([]byte{telnet.DevnodeHistory}, strings.Join(append(lines, ""), "\n")...)
	return append(hello, telnet.Sub(telnet.Devnode, sub)...)
}

func (a *attached) write(b []byte) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	_, err := a.conn.Write(b)
	return err
}

func (a *attached) resize() { _ = a.write(telnet.SizeSub(a.size())) }

// send passes on what is typed, until ^].
func (a *attached) send(keys io.Reader) {
	buf := make([]byte, 4<<10)
	for {
		n, err := keys.Read(buf)
		typed := buf[:n]
		for i, c := range typed {
			if c == detach {
				typed, err = typed[:i], io.EOF
				break
			}
		}
		if werr := a.write(telnet.Escape(typed)); err != nil || werr != nil {
			return
		}
	}
}

// receive shows what the node sends, until it closes the connection, which is an error
// unless it has said goodbye.
func (a *attached) receive() error {
	if err := a.write(a.greeting()); err != nil {
		return err
	}
	buf := make([]byte, 16<<10)
	for {
		n, err := a.conn.Read(buf)
		data, events := a.parser.Parse(buf[:n])
		if _, err := a.out.Write(data); err != nil {
			return err
		}
		for _, e := range events {
			if err := a.handle(e); err != nil {
				return err
			}
		}
		switch {
		case err != nil && a.goodbye:
			return nil
		case err != nil:
			return noEOF(err)
		}
	}
}

// handle acts on what the node says beside its text. Everything that the node
// could ask for was said in the greeting, so only a question is answered.
func (a *attached) handle(e telnet.Event) error {
	if e.Command != telnet.SB || len(e.Data) == 0 {
		return nil
	}
	switch {
	case e.Option == telnet.TType && e.Data[0] == 1:
		name := os.Getenv("TERM")
		if name == "" || os.Getenv("NO_COLOR") != "" {
			name = "dumb"
		}
		return a.write(telnet.Sub(telnet.TType, append([]byte{0}, name...)))
	case e.Option == telnet.Devnode && e.Data[0] == telnet.DevnodeGoodbye:
		a.goodbye = true
	case e.Option == telnet.Devnode && e.Data[0] == telnet.DevnodeLine:
		return a.history.Add(string(e.Data[1:]))
	case e.Option == telnet.Devnode && e.Data[0] == telnet.DevnodeTokenWant && a.cfg.TokenFile != "":
		token, err := ReadToken(a.cfg.TokenFile)
		if err != nil {
			return err
		}
		return a.write(telnet.Sub(telnet.Devnode, append([]byte{telnet.DevnodeToken}, token...)))
	}
	return nil
}
