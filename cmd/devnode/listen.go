package main

import (
	"errors"
	"fmt"
	"net"
	"strings"
	"syscall"

	"devnode/cmd/devnode/internal/settings"
	"devnode/console"
)

// listen opens the console, or says what to do instead.
func listen(s settings.Settings) (*console.Listener, error) {
	ln, err := console.Listen(console.ListenConfig{Address: s.Console, TokenFile: s.TokenFile})
	switch {
	case err == nil:
		return ln, nil
	case inUse(err):
		return nil, hintError{
			fmt.Errorf("console %s: the port is in use, perhaps by another devnode: %w", s.Console, err),
			fmt.Sprintf("--console %s for a free port, --console off for none, or `devnode console %s` to talk to who is there", nextPort(s.Console), s.Console),
		}
	}
	var known interface{ Try() string }
	if errors.As(err, &known) {
		return nil, hintError{err, known.Try()}
	}
	return nil, hintError{err, "--console 127.0.0.1:8000, --console unix:PATH, or --console off"}
}

// wsaInUse is the same fault in Windows' numbers.
const wsaInUse = syscall.Errno(10048)

func inUse(err error) bool {
	return errors.Is(err, syscall.EADDRINUSE) || errors.Is(err, wsaInUse)
}

// nextPort leaves the choice to the system where the address has a port.
func nextPort(address string) string {
	host, _, err := net.SplitHostPort(address)
	if err != nil || strings.HasPrefix(address, "unix:") {
		return "127.0.0.1:0"
	}
	return net.JoinHostPort(host, "0")
}
