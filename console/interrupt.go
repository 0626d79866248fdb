package console

import (
	"context"
	"errors"
	"sync"
	"time"
)

// interruptLine is what a program sends to end the command that runs, as ^C does
// on a terminal. It isn't a command, and runs as soon as it comes.
const interruptLine = "<CMD Interrupt>"

// running is the command of a connection that speaks plain lines, for those who
// want to end it.
type running struct {
	mu     sync.Mutex
	cancel context.CancelCauseFunc // nil while none runs
	live   bool                    // it goes on until a line comes
}

// begin makes the context of a command; over has to be called at its end.
func (r *running) begin(ctx context.Context) (_ context.Context, over func()) {
	ctx, cancel := context.WithCancelCause(ctx)
	r.set(cancel, false)
	return ctx, func() {
		r.set(nil, false)
		cancel(nil)
	}
}

func (r *running) set(cancel context.CancelCauseFunc, live bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.cancel, r.live = cancel, live
}

// isLive notes that the command goes on until a line comes.
func (r *running) isLive() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.live = true
}

// interrupt ends the command that runs, if any. It is false for a live one, which
// ends in good order by a line.
func (r *running) interrupt() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.live {
		return false
	}
	if r.cancel != nil {
		r.cancel(errInterrupted)
	}
	return true
}

// take acts on the interrupts among lines and returns the others.
func (r *running) take(lines []string) []string {
	kept := lines[:0]
	for _, l := range lines {
		switch {
		case l != interruptLine:
			kept = append(kept, l)
		case !r.interrupt():
			kept = append(kept, "")
		}
	}
	return kept
}

// errPeerGone ends what a client has started that doesn't wait for it any more.
var errPeerGone = errors.New("the client is gone")

// goneEvery is how often a client that has ended its input is looked for.
const goneEvery = 250 * time.Millisecond

// awaitGone returns errPeerGone once the client has closed the connection
// altogether, and nil at the end of ctx.
func (c *conn) awaitGone(ctx context.Context) error {
	for pause(ctx, goneEvery) {
		if peerGone(c.socket) {
			return errPeerGone
		}
	}
	return nil
}
