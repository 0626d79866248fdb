package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"sync"

	"devnode/console"
	"devnode/runtime"
)

// services are those that scripts launch by a name that skynet has for a service of
// its own, and that a node has in another form.
func (s *server) services() map[string]runtime.OpenService {
	return map[string]runtime.OpenService{"debug_console": s.openConsole, "console": s.openPrompt}
}

// isBuiltin tells of services that can be started without a script.
func isBuiltin(name string) bool { return runtime.HasService((*server)(nil).services(), name) }

// openConsole is newservice("debug_console", [ip,] port): the node's console at that
// address too. Where the node has it there already, there is nothing to open.
func (s *server) openConsole(log func(string), args []string) (io.Closer, error) {
	host, port, err := consoleArguments(args)
	if err != nil {
		return nil, err
	}
	address := net.JoinHostPort(host, port)
	if s.consoleIsAt(address) {
		log(fmt.Sprintf("console on %s: it is the node's own", s.listener.Addr()))
		return nil, nil
	}
	ln, err := console.Listen(console.ListenConfig{Address: address, TokenFile: s.settings.TokenFile})
	if errors.Is(err, console.ErrNeedsToken) {
		return s.openOnLoopback(log, address, port)
	}
	if err != nil {
		return nil, listenFault(address, err)
	}
	log(fmt.Sprintf("console on %s", ln.Addr()))
	return s.serveConsole(log, ln), nil
}

// openOnLoopback opens a console for this machine where the script has wanted one for
// others too, and there is no token that would tell who they are.
func (s *server) openOnLoopback(log func(string), wanted, port string) (io.Closer, error) {
	why := fmt.Sprintf("in place of %s, as %s: --console-token FILE", wanted, console.ErrNeedsToken)
	address := net.JoinHostPort(loopback, port)
	if s.consoleIsAt(address) {
		log(fmt.Sprintf("console on %s: it is the node's own, %s", s.listener.Addr(), why))
		return nil, nil
	}
	ln, err := console.Listen(console.ListenConfig{Address: address, TokenFile: s.settings.TokenFile})
	if err != nil {
		return nil, listenFault(address, err)
	}
	log(fmt.Sprintf("console on %s, %s", ln.Addr(), why))
	return s.serveConsole(log, ln), nil
}

const loopback = "127.0.0.1"

// consoleArguments are those of debug_console: the port, and before it the address.
func consoleArguments(args []string) (host, port string, err error) {
	switch len(args) {
	case 1:
		host, port = loopback, args[0]
	case 2:
		host, port = args[0], args[1]
	default:
		return "", "", fmt.Errorf("debug_console: got %d arguments, want [ADDRESS] PORT", len(args))
	}
	if n, err := strconv.Atoi(port); err != nil || n < 0 || n > 65535 {
		return "", "", fmt.Errorf("debug_console: %s is no port", port)
	}
	return strings.Trim(host, "[]"), port, nil
}

// consoleIsAt tells whether the node's console takes connections to an address.
func (s *server) consoleIsAt(address string) bool {
	if s.listener == nil {
		return false
	}
	at, ok := s.listener.Addr().(*net.TCPAddr)
	want, err := net.ResolveTCPAddr("tcp", address)
	return ok && err == nil && at.Port == want.Port && (at.IP.Equal(want.IP) || at.IP.IsUnspecified())
}

func listenFault(address string, err error) error {
	if inUse(err) {
		return fmt.Errorf("console %s: the port is in use", address)
	}
	return err
}

// serveConsole answers on a listener until what it returns is closed, or the node is.
func (s *server) serveConsole(log func(string), ln *console.Listener) io.Closer {
	ctx, stop := context.WithCancel(context.Background())
	c := &serviceConsole{listener: ln, stop: stop}
	s.consoles.Go(func() {
		if err := s.console.Serve(ctx, ln); err != nil && !c.closed() {
			log(err.Error())
		}
	})
	return c
}

// serviceConsole is a console that a service has opened.
type serviceConsole struct {
	listener *console.Listener
	stop     context.CancelFunc
	mu       sync.Mutex
	over     bool
}

func (c *serviceConsole) closed() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.over
}

// Close frees the port and has the connections end.
func (c *serviceConsole) Close() error {
	c.mu.Lock()
	c.over = true
	c.mu.Unlock()
	err := c.listener.Close()
	c.stop()
	return err
}

// openPrompt is newservice "console": who would type names of services for it to
// launch does so at the node's prompt, or on its console.
func (s *server) openPrompt(log func(string), _ []string) (io.Closer, error) {
	switch {
	case s.prompt != nil:
		log("the prompt on this terminal is the node's: `start NAME` launches a service, `help` lists the rest")
	case s.listener != nil:
		log(fmt.Sprintf("nothing is read from standard input: `devnode console %s` is the prompt, `start NAME` there launches a service", s.consoleAddress()))
	default:
		log("nothing is read from standard input, and the node has no console: --console ADDR opens one")
	}
	return nil, nil
}

// consoleAddress is how clients are told where the console is.
func (s *server) consoleAddress() string {
	if strings.HasPrefix(s.settings.Console, "unix:") {
		return s.settings.Console
	}
	return s.listener.Addr().String()
}
