package socket

import (
	"fmt"
	"net"
	"time"
)

// warnSize is how many unsent bytes are worth a warning (WARNING_SIZE). Each
// warning doubles it, until all is sent.
const warnSize = 1 << 20

// write queues data to be sent, low data after all other. It is false when the
// connection is closed.
func (so *socket) write(data string, low bool) bool {
	so.mu.Lock()
	defer so.mu.Unlock()
	if so.packets != nil && so.connected.IsValid() {
		return so.sendLocked(data, so.reachable(so.connected))
	}
	if so.state > socketOpen || so.conn == nil && !so.connecting {
		return false
	}
	if data == "" {
		return true
	}
	if low {
		so.low = append(so.low, []byte(data))
	} else {
		so.out = append(so.out, []byte(data))
	}
	so.unsent += len(data)
	if so.unsent >= max(warnSize, so.warnAt) {
		so.warnAt = 2 * max(warnSize, so.warnAt)
		so.warnLocked()
	}
	if !so.sending && so.conn != nil {
		so.sending = true
		so.set.node.Go(so.writeLoop)
	}
	return true
}

// warnLocked has the owner called with the number of unsent kilobytes.
func (so *socket) warnLocked() {
	size := (so.unsent + 1023) / 1024
	owner := so.owner
	owner.Do(func() { so.warn(owner, size) })
}

func bufferWarning(id, size int) string {
	return fmt.Sprintf("WARNING: %d K bytes need to send out (fd = %d)", size, id)
}

// writeLoop sends what is queued, and ends when there is no more.
func (so *socket) writeLoop() {
	for {
		batch, size := so.nextBatch()
		if batch == nil {
			return
		}
		n, err := batch.WriteTo(so.conn)
		if !so.sent(int(n), size, err) {
			return
		}
	}
}

func (so *socket) nextBatch() (batch net.Buffers, size int) {
	so.mu.Lock()
	defer so.mu.Unlock()
	if len(so.out) == 0 {
		so.out, so.low = so.low, nil
	}
	if len(so.out) == 0 || so.state == socketClosed {
		so.sending = false
		if so.state == socketClosing {
			so.shutLocked()
		}
		return nil, 0
	}
	batch, so.out = so.out, nil
	for _, b := range batch {
		size += len(b)
	}
	return batch, size
}

// sent accounts for a batch. It is false when the connection is broken.
func (so *socket) sent(n, size int, err error) bool {
	so.mu.Lock()
	defer so.mu.Unlock()
	so.count.written += int64(n)
	so.count.lastWrite = time.Now()
	so.unsent = max(0, so.unsent-size)
	if err != nil {
		so.sending = false
		so.failedLocked(err)
		return false
	}
	if so.unsent == 0 && so.warnAt > 0 {
		so.warnAt = 0
		so.warnLocked()
	}
	return true
}
