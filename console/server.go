package console

import (
	"context"
	"errors"
	"fmt"
	"net"
	"sync"
	"time"
)

// Serve accepts connections until ctx ends or the listener fails. When it
// returns, every connection is closed and every goroutine of it is gone. The end
// of ctx is no error.
func (c *Console) Serve(ctx context.Context, l *Listener) error {
	ctx, cancel := context.WithCancel(ctx)
	var conns sync.WaitGroup
	defer conns.Wait()
	defer func() { _ = l.Close() }()
	defer cancel()
	stop := context.AfterFunc(ctx, func() { _ = l.Close() })
	defer stop()
	open := &places{}
	for number := 1; ; number++ {
		nc, err := l.Accept()
		switch {
		case ctx.Err() != nil:
			if nc != nil {
				_ = nc.Close()
			}
			return nil
		case errors.Is(err, net.ErrClosed):
			return err
		case err != nil:
			// Out of descriptors, or a peer that was gone at once: both pass.
			c.logf("console: accept: %v", err)
			if !pause(ctx, 50*time.Millisecond) {
				return nil
			}
			continue
		}
		k := &conn{console: c, guard: l.guard, places: open, socket: nc, net: nc, peer: peerName(nc, number)}
		open.enter(k)
		conns.Go(func() {
			defer open.leave(k)
			k.serve(ctx)
		})
	}
}

// peerName is how the log calls a connection: its address, or a number for a
// Unix socket, whose peers have none.
func peerName(nc net.Conn, number int) string {
	if a := nc.RemoteAddr(); a != nil && a.Network() != "unix" {
		return a.String()
	}
	return fmt.Sprintf("unix#%d", number)
}

// pause waits, unless ctx ends before.
func pause(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}
