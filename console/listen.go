package console

import (
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"
)

// ListenConfig says where the console listens, and whom it lets in.
type ListenConfig struct {
	// Address is host:port or unix:PATH; 127.0.0.1:8000 when empty. A host that
	// isn't loopback needs TokenFile.
	Address string
	// TokenFile holds the secret that a client must send first, 64 hex digits.
	// It is made, with mode 0600, where it doesn't exist. Empty asks for none.
	TokenFile string
	// AnyUser lets other users of this machine in over loopback. Only Linux can
	// tell them apart; a container that hides /proc/net/tcp needs this.
	AnyUser bool
	// NoProbe never asks a silent client whether it is a telnet: a telnet that
	// doesn't speak first then gets plain lines.
	NoProbe bool
}

// DefaultAddress is where skynet's console is, and ours.
const DefaultAddress = "127.0.0.1:8000"

// Listener is a listening console; it knows whom to let in.
type Listener struct {
	net.Listener
	guard guard
	path  string // of a Unix socket, removed by Close

	once   sync.Once
	closed error
}

// Listen opens the console's socket, or says why it must not.
func Listen(cfg ListenConfig) (*Listener, error) {
	address := cfg.Address
	if address == "" {
		address = DefaultAddress
	}
	g := guard{anyUser: cfg.AnyUser, probe: !cfg.NoProbe, telnet: true}
	if cfg.TokenFile != "" {
		token, err := loadToken(cfg.TokenFile)
		if err != nil {
			return nil, err
		}
		g.token = token
	}
	if path, ok := strings.CutPrefix(address, "unix:"); ok {
		// There is no stock telnet for a Unix socket; our own speaks first.
		g.probe = false
		return listenUnix(path, g)
	}
	if err := checkHost(address, g); err != nil {
		return nil, err
	}
	ln, err := net.Listen("tcp", address)
	if err != nil {
		return nil, fmt.Errorf("console: %w", err)
	}
	if a, ok := ln.Addr().(*net.TCPAddr); ok && !a.IP.IsLoopback() && g.token == "" {
		_ = ln.Close()
		return nil, needToken(address)
	}
	return &Listener{Listener: ln, guard: g}, nil
}

// checkHost refuses an open address before the socket exists for a moment.
func checkHost(address string, g guard) error {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return hint(fmt.Errorf("console: %w", err), DefaultAddress)
	}
	ip := net.ParseIP(host)
	if g.token == "" && (host == "" || ip != nil && !ip.IsLoopback()) {
		return needToken(address)
	}
	return nil
}

// ErrNeedsToken is why Listen refuses an address that others reach.
var ErrNeedsToken = errors.New("who reaches the console can run code, so an address that isn't loopback needs a token file")

func needToken(address string) error {
	return fmt.Errorf("console %s: %w", address, ErrNeedsToken)
}

// listenUnix makes a socket of mode 0600. It is bound inside a folder that only
// this user can enter and renamed from there, so that it is never open to others,
// not even for the moment between bind and chmod.
func listenUnix(path string, g guard) (*Listener, error) {
	if err := clearSocket(path); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, fmt.Errorf("console: %w", err)
	}
	private, err := os.MkdirTemp(filepath.Dir(path), ".devnode")
	if err != nil {
		return nil, fmt.Errorf("console: %w", err)
	}
	defer func() { _ = os.RemoveAll(private) }()
	inside := filepath.Join(private, "s")
	ln, err := net.ListenUnix("unix", &net.UnixAddr{Name: inside, Net: "unix"})
	if err != nil {
		return nil, fmt.Errorf("console: %w", err)
	}
	ln.SetUnlinkOnClose(false)
	if err := errors.Join(os.Chmod(inside, 0o600), os.Rename(inside, path)); err != nil {
		_ = ln.Close()
		return nil, fmt.Errorf("console: %w", err)
	}
	return &Listener{Listener: ln, guard: g, path: path}, nil
}

// clearSocket removes the socket of a node that is gone. A living one, or a file
// that is no socket, is left alone.
func clearSocket(path string) error {
	info, err := os.Lstat(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("console: %w", err)
	}
	if info.Mode()&os.ModeSocket == 0 {
		return fmt.Errorf("console: %s is there and is no socket", path)
	}
	if c, err := net.DialTimeout("unix", path, time.Second); err == nil {
		_ = c.Close()
		return fmt.Errorf("console: %s is in use by another node", path)
	}
	return os.Remove(path)
}

// Close stops listening and removes a Unix socket. It may be called more than
// once; each call returns after that is done.
func (l *Listener) Close() error {
	l.once.Do(func() {
		l.closed = l.Listener.Close()
		if l.path != "" {
			l.closed = errors.Join(l.closed, os.Remove(l.path))
		}
	})
	return l.closed
}
