package main

import (
	"io"
	"strings"
	"time"
)

// closeTime is how long an orderly end may take, and servicesTime how long services
// may take of it: what is in one call of the system, or of a function in Go, for longer
// doesn't end by itself. The system takes its time as well, to take back the memory.
const (
	closeTime    = 900 * time.Millisecond
	servicesTime = 500 * time.Millisecond
)

// close takes everything down. The result is set when it was cut short.
func (s *server) close(signals *signals) error {
	over, begun := make(chan struct{}), time.Now()
	go func() {
		defer close(over)
		_ = s.stdin.Close()
		s.node.Close()
		s.consoles.Wait()
		if s.watcher != nil {
			_ = s.watcher.Close()
		}
		s.parts.Wait()
		s.closeFiles()
	}()
	select {
	case <-over:
		return nil
	case <-signals.caught:
		return statusError{code: statusInterrupted}
	case <-s.node.Quiet():
	case <-time.After(servicesTime):
		return s.leaveBehind(signals)
	}
	select {
	case <-over:
	case <-signals.caught:
		return statusError{code: statusInterrupted}
	case <-time.After(closeTime - time.Since(begun)):
		s.lastWords("lines of the log, or of a console, found nobody who reads them")
	}
	return nil
}

// leaveTime is how long the last lines of the log have to be written where services are
// left behind.
const leaveTime = 200 * time.Millisecond

// leaveBehind ends the node in spite of what doesn't end. The log is written.
func (s *server) leaveBehind(signals *signals) error {
	written := make(chan []string, 1)
	go func() { written <- s.node.Leave() }()
	select {
	case left := <-written:
		s.lastWords("left behind, since nothing interrupts what they are in: " + strings.Join(left, ", "))
	case <-signals.caught:
		return statusError{code: statusInterrupted}
	case <-time.After(leaveTime):
		s.lastWords("left behind: what nothing interrupts, and lines of a log that nobody reads")
	}
	return nil
}

func (s *server) sayStopping() { s.lastWords("stopping; Ctrl-C again stops at once") }

// wordsTime is how long a text has to be written that nobody may read.
const wordsTime = 200 * time.Millisecond

// lastWords writes to standard error, and doesn't wait for ever for who reads it.
func (s *server) lastWords(text string) {
	written := make(chan struct{})
	go func() {
		defer close(written)
		_, _ = io.WriteString(s.fds.err, "devnode: "+text+"\n") // there is nowhere to say that it failed
	}()
	select {
	case <-written:
	case <-time.After(wordsTime):
	}
}
