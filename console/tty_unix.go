//go:build unix

package console

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"sync"

	"golang.org/x/sys/unix"
	"golang.org/x/term"
)

// makeRaw takes a terminal out of its own line editing; restore undoes it.
func makeRaw(in, _ *os.File) (restore func(), err error) {
	fd := int(in.Fd())
	state, err := term.MakeRaw(fd)
	if err != nil {
		return nil, err
	}
	return func() { _ = term.Restore(fd, state) }, nil
}

// keyReader reads a terminal and can be stopped while it waits, which a plain
// read can't: the goroutine that reads must end before the terminal is given
// back.
type keyReader struct {
	fd        int
	wake, end *os.File // a pipe: closing end makes wake readable
	once      sync.Once
}

func newKeyReader(in *os.File) (*keyReader, error) {
	wake, end, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	k := &keyReader{fd: int(in.Fd()), wake: wake, end: end}
	if most := max(k.fd, int(wake.Fd())); most >= unix.FD_SETSIZE {
		return nil, errors.Join(fmt.Errorf("descriptor %d is too high to wait for", most), wake.Close(), end.Close())
	}
	return k, nil
}

// Read waits with select, since macOS can't poll terminals.
func (k *keyReader) Read(p []byte) (int, error) {
	wake := int(k.wake.Fd())
	for {
		var set unix.FdSet
		set.Set(k.fd)
		set.Set(wake)
		_, err := unix.Select(max(k.fd, wake)+1, &set, nil, nil, nil)
		switch {
		case errors.Is(err, unix.EINTR):
			continue
		case err != nil:
			return 0, errors.Join(err, k.wake.Close())
		case set.IsSet(wake):
			return 0, errors.Join(io.EOF, k.wake.Close())
		}
		n, err := unix.Read(k.fd, p)
		switch {
		case errors.Is(err, unix.EINTR) || errors.Is(err, unix.EAGAIN):
			continue
		case err != nil || n == 0:
			return 0, errors.Join(io.EOF, k.wake.Close())
		}
		return n, nil
	}
}

// Close ends a Read that waits, and all later ones.
func (k *keyReader) Close() (err error) {
	k.once.Do(func() { err = k.end.Close() })
	return err
}

// watchSize calls resized when the window changes, until ctx ends.
func watchSize(ctx context.Context, resized func()) {
	changes := make(chan os.Signal, 1)
	signal.Notify(changes, unix.SIGWINCH)
	defer signal.Stop(changes)
	for {
		select {
		case <-ctx.Done():
			return
		case <-changes:
			resized()
		}
	}
}
