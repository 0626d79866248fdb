package ltls

import (
	"crypto/tls"
	"errors"
	"io"
	"iter"
)

// session is one side of a TLS connection.
type session struct {
	server bool
	config *tls.Config
	below  transport
	conn   *tls.Conn // nil until the handshake begins

	// The handshake runs as a coroutine, since crypto/tls can't take it up again where it
	// lacks bytes: next lets it go on until it does, stop ends it.
	next     func() (struct{}, bool)
	stop     func()
	finished bool
	failed   error // of the handshake

	closed bool
	among  *sessions
}

// advance has the handshake go on with what has come in.
func (s *session) advance() {
	if s.finished || s.failed != nil {
		return
	}
	if s.conn == nil {
		s.begin()
	}
	s.next()
}

func (s *session) begin() {
	if s.server {
		s.conn = tls.Server(&s.below, s.config)
	} else {
		s.conn = tls.Client(&s.below, s.config)
	}
	s.next, s.stop = iter.Pull(func(yield func(struct{}) bool) {
		s.below.wait = func() bool { return yield(struct{}{}) }
		s.failed = s.conn.Handshake()
		s.below.wait = nil
		s.finished = s.failed == nil
	})
}

// read is what the other side has sent, as far as it is whole.
func (s *session) read() (text []byte, err error) {
	if s.advance(); s.failed != nil {
		return nil, s.failed
	}
	if !s.finished {
		return nil, nil
	}
	piece := make([]byte, 16<<10)
	for {
		n, err := s.conn.Read(piece)
		text = append(text, piece[:n]...)
		switch {
		case errors.Is(err, errEmpty), errors.Is(err, io.EOF): // no more yet, or never
			return text, nil
		case err != nil:
			return nil, err
		}
	}
}

// close ends the session without a word to the other side, as skynet's does.
func (s *session) close() {
	if s.closed {
		return
	}
	s.closed = true
	if s.stop != nil {
		s.stop()
	}
	s.conn, s.below = nil, transport{}
	delete(s.among.open, s)
}
