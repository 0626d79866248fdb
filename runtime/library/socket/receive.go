package socket

import (
	"bytes"
	"time"

	"devnode/runtime/library"
)

// inbox holds the bytes that were received and not read yet.
type inbox struct {
	data    []byte
	start   int    // of the unread bytes
	scanned int    // unread bytes that hold no sep
	sep     string // that was looked for
	total   int64  // bytes that have come in so far
	during  uint64 // the message that the owner was handling when the last ones came, counted
}

func (in *inbox) size() int { return len(in.data) - in.start }

func (in *inbox) add(b []byte) {
	in.total += int64(len(b))
	if in.start > 0 && len(in.data)+len(b) > cap(in.data) {
		in.data = in.data[:copy(in.data, in.data[in.start:])]
		in.start = 0
	}
	in.data = append(in.data, b...)
}

func (in *inbox) take(n int) string {
	s := string(in.data[in.start : in.start+n])
	in.start += n
	in.scanned = 0
	if in.start == len(in.data) {
		in.data, in.start = in.data[:0], 0
		if cap(in.data) > 64<<10 {
			in.data = nil
		}
	}
	return s
}

// line finds the first sep: the length of what comes before it, -1 if there is
// none. It looks at no byte twice for the same sep.
func (in *inbox) line(sep string) int {
	if in.sep != sep {
		in.sep, in.scanned = sep, 0
	}
	rest := in.data[in.start+in.scanned:]
	if i := bytes.Index(rest, []byte(sep)); i >= 0 {
		return in.scanned + i
	}
	in.scanned = max(0, in.size()-len(sep)+1)
	return -1
}

// want is what a reader waits for: a number of bytes (0: any), the bytes up to
// a separator, all bytes to the end, or that there are more than were there so
// far (news).
type want struct {
	size  int
	sep   string
	toEnd bool
	news  bool
	known int64 // for news: how many bytes had come in
}

// from takes what is wanted out of the inbox, if it is all there.
func (w want) from(in *inbox) (string, bool) {
	switch n := in.size(); {
	case w.toEnd:
	case w.sep != "":
		if i := in.line(w.sep); i >= 0 {
			s := in.take(i)
			in.take(len(w.sep))
			return s, true
		}
	case w.news:
		return "", in.total > w.known
	case w.size == 0 && n > 0:
		return in.take(n), true
	case w.size > 0 && n >= w.size:
		return in.take(w.size), true
	}
	return "", false
}

// ready tells whether from would succeed.
func (w want) ready(in *inbox) bool {
	switch n := in.size(); {
	case w.toEnd:
		return false
	case w.sep != "":
		return in.line(w.sep) >= 0
	case w.news:
		return in.total > w.known
	default:
		return n > 0 && n >= w.size
	}
}

// waiter is the task that waits for bytes.
type waiter struct {
	wait       *library.Wait
	generation library.Generation
	want       want
}

// stands tells whether the task still waits. It runs on the waiter's service.
func (w *waiter) stands() bool { return w.wait.Waiting() }

// wakeLocked wakes the reading task if it has reason to look.
func (so *socket) wakeLocked() {
	w := so.waiter
	if w == nil || !so.overLocked() && !w.want.ready(&so.in) {
		return
	}
	so.waiter = nil
	w.wait.Wake()
}

// A connection whose service doesn't read stops being read when this much
// waits, as the other side can then be told to wait.
const inboxFull = 256 << 10

// fullLocked tells whether the reader has to wait for the service.
func (so *socket) fullLocked() bool {
	if so.stopped {
		return true
	}
	full := inboxFull
	if w := so.waiter; w != nil {
		if w.want.toEnd || w.want.sep != "" {
			return false
		}
		full = max(full, w.want.size)
	}
	return so.limit == 0 && so.in.size() >= full
}

// startReading begins to read a connection, once.
func (so *socket) startReading() {
	so.mu.Lock()
	defer so.mu.Unlock()
	so.startReadingLocked()
}

func (so *socket) startReadingLocked() {
	if so.reading || so.state > socketOpen || so.conn == nil && so.input == nil {
		return
	}
	so.reading, so.state = true, socketOpen
	so.set.node.Go(so.readLoop)
}

// overflowsLocked tells whether more is unread than the limit allows. It doesn't
// count for a task that waits for a number of bytes.
func (so *socket) overflowsLocked() bool {
	if w := so.waiter; w != nil && !w.want.toEnd && w.want.sep == "" {
		return false
	}
	return so.limit > 0 && so.in.size() > so.limit
}

// overflowLocked closes a connection of which more is unread than its limit. What
// was written is still sent.
func (so *socket) overflowLocked() {
	so.owner.Log("socket buffer overflow: fd=%d size=%d", so.id, so.in.size())
	so.closeLocked(patience)
}

// The reader's own buffer grows from readStart to readMost with what comes in.
const (
	readStart = 2 << 10
	readMost  = 64 << 10
)

func (so *socket) readLoop() {
	input := so.input
	if so.conn != nil {
		input = so.conn
	}
	buf := make([]byte, readStart)
	for {
		n, err := input.Read(buf)
		if !so.received(buf[:n], err) {
			return
		}
		if n == len(buf) && n < readMost {
			buf = make([]byte, 2*n)
		}
	}
}

// received puts bytes into the inbox, and waits while that is full. It is
// false when there is nothing more to read.
func (so *socket) received(b []byte, err error) bool {
	so.mu.Lock()
	defer so.mu.Unlock()
	if len(b) > 0 {
		so.in.add(b)
		so.in.during = so.owner.Messages()
		so.count.read += int64(len(b))
		so.count.lastRead = time.Now()
		if so.overflowsLocked() {
			so.overflowLocked()
			return false
		}
		so.wakeLocked()
		if so.raw {
			so.pokeLocked()
		}
	}
	if err != nil {
		if so.state == socketOpen {
			so.failedLocked(err)
		}
		return false
	}
	for so.fullLocked() && so.state == socketOpen {
		so.room.Wait()
	}
	return so.state == socketOpen
}
