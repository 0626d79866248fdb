package console

import (
	"net"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"devnode/console/telnet"
)

// telnetStream is a connection with the telnet protocol taken out: Read returns
// data, Write escapes it, and what the client says in between is kept here. Read
// belongs to one goroutine; the rest is safe for concurrent use.
type telnetStream struct {
	net.Conn
	parser telnet.Parser
	data   []byte // decoded and not read yet

	// interrupt is called for ^C sent as a telnet command, resized for a new
	// window; both from the goroutine that reads.
	interrupt, resized func()

	width, height atomic.Int64

	mu      sync.Mutex
	opts    telnet.Options
	term    string   // the terminal's type, as the client calls it
	history []string // lines that an attached console brought
	attach  bool     // the client is an attached console
	token   string   // that it sent
}

// newTelnetStream takes over a connection; probed says that it was asked for its
// window already.
func newTelnetStream(c net.Conn, probed bool) *telnetStream {
	s := &telnetStream{
		Conn: withDeadline{c},
		opts: telnet.Options{
			Us:   []byte{telnet.Echo, telnet.SGA, telnet.Binary},
			Them: []byte{telnet.SGA, telnet.NAWS, telnet.TType, telnet.Binary, telnet.Devnode},
		},
		interrupt: func() {}, resized: func() {},
	}
	if probed {
		s.opts.Asked(telnet.NAWS)
	}
	return s
}

// Read returns data that the client sent.
func (s *telnetStream) Read(p []byte) (int, error) {
	for len(s.data) == 0 {
		if err := s.fill(); err != nil {
			return 0, err
		}
	}
	n := copy(p, s.data)
	s.data = s.data[n:]
	return n, nil
}

// Write sends data.
func (s *telnetStream) Write(p []byte) (int, error) {
	if _, err := s.Conn.Write(telnet.Escape(p)); err != nil {
		return 0, err
	}
	return len(p), nil
}

// fill reads once from the connection.
func (s *telnetStream) fill() error {
	buf := make([]byte, 4<<10)
	n, err := s.Conn.Read(buf)
	if took := s.take(buf[:n]); took != nil {
		return took
	}
	return err
}

// take decodes what was read and answers what wants an answer.
func (s *telnetStream) take(b []byte) error {
	data, events := s.parser.Parse(b)
	s.data = append(s.data, data...)
	for _, e := range events {
		if reply := s.handle(e); len(reply) > 0 {
			if _, err := s.Conn.Write(reply); err != nil {
				return err
			}
		}
	}
	return nil
}

func (s *telnetStream) handle(e telnet.Event) []byte {
	switch e.Command {
	case telnet.IP, telnet.BRK, telnet.ABORT:
		s.interrupt()
	case telnet.EOF:
		s.data = append(s.data, 4)
	case telnet.EC:
		s.data = append(s.data, 8)
	case telnet.EL:
		s.data = append(s.data, 21)
	case telnet.AYT:
		return []byte("\r\n[devnode]\r\n")
	case telnet.SB:
		s.subnegotiation(e)
	case telnet.WILL, telnet.WONT, telnet.DO, telnet.DONT:
		return s.negotiate(e)
	}
	return nil
}

func (s *telnetStream) negotiate(e telnet.Event) []byte {
	if e.Command == telnet.DO && e.Option == telnet.Timing {
		// After an interrupt the client drops all output up to this answer.
		return []byte{telnet.IAC, telnet.WILL, telnet.Timing}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	reply := s.opts.Handle(e)
	if e.Command == telnet.WILL && e.Option == telnet.TType {
		reply = append(reply, telnet.Sub(telnet.TType, []byte{1})...) // send it
	}
	return reply
}

func (s *telnetStream) subnegotiation(e telnet.Event) {
	switch e.Option {
	case telnet.NAWS:
		if w, h, ok := telnet.WindowSize(e.Data); ok {
			s.width.Store(int64(w))
			s.height.Store(int64(h))
			s.resized()
		}
	case telnet.TType:
		if len(e.Data) > 1 && e.Data[0] == 0 {
			s.mu.Lock()
			s.term = strings.ToLower(string(e.Data[1:]))
			s.mu.Unlock()
		}
	case telnet.Devnode:
		s.fromAttached(e.Data)
	}
}

// attached tells whether the client is an attached console.
func (s *telnetStream) attached() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.attach
}

// fromAttached takes what an attached console says beside its keys.
func (s *telnetStream) fromAttached(b []byte) {
	if len(b) == 0 {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	switch b[0] {
	case telnet.DevnodeHistory:
		s.attach = true
		s.history = strings.Split(strings.TrimSuffix(string(b[1:]), "\n"), "\n")
	case telnet.DevnodeToken:
		s.token = string(b[1:])
	}
}

// agree offers a character at a time with our echo, and tells whether the client
// took it. What it types meanwhile stays to be read.
func (s *telnetStream) agree() (bool, error) {
	s.mu.Lock()
	var offer []byte
	for _, b := range [][]byte{
		s.opts.Will(telnet.Echo), s.opts.Will(telnet.SGA), s.opts.Do(telnet.TType), s.opts.Do(telnet.NAWS),
	} {
		offer = append(offer, b...)
	}
	s.mu.Unlock()
	err := s.offer(offer, agreeWithin, s.settled)
	return s.characters(), err
}

// agreeOnBytes offers binary transmission in both directions. Without it a stock
// telnet takes every byte for a character of 7 bits, and one in the middle of a
// Chinese character for its own escape. Enter is CR alone then. It comes after agree,
// for a client that edits lines itself is better off without.
func (s *telnetStream) agreeOnBytes() error {
	s.mu.Lock()
	attached := s.attach // it sends bytes anyway
	offer := append(s.opts.Will(telnet.Binary), s.opts.Do(telnet.Binary)...)
	s.mu.Unlock()
	if attached {
		return nil
	}
	return s.offer(offer, bytesWithin, func() bool {
		s.mu.Lock()
		defer s.mu.Unlock()
		_, we := s.opts.We(telnet.Binary)
		_, they := s.opts.They(telnet.Binary)
		return we && they
	})
}

// offer sends offers and reads until they are settled, or the client takes too long.
func (s *telnetStream) offer(offer []byte, within time.Duration, settled func() bool) error {
	if _, err := s.Conn.Write(offer); err != nil {
		return err
	}
	deadline := time.Now().Add(within)
	for !settled() && time.Now().Before(deadline) {
		if err := s.SetReadDeadline(deadline); err != nil {
			return err
		}
		if err := s.fill(); os.IsTimeout(err) {
			break
		} else if err != nil {
			return err
		}
	}
	return s.SetReadDeadline(time.Time{})
}

// How long a client may take to answer an offer; one that has answered the first is
// quick to answer the second.
const (
	agreeWithin = 2 * time.Second
	bytesWithin = 500 * time.Millisecond
)

func (s *telnetStream) settled() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	_, echo := s.opts.We(telnet.Echo)
	_, sga := s.opts.We(telnet.SGA)
	_, naws := s.opts.They(telnet.NAWS)
	ours, _ := s.opts.They(telnet.Devnode)
	return echo && sga && naws && (!ours || s.attach)
}

func (s *telnetStream) characters() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	echo, _ := s.opts.We(telnet.Echo)
	sga, _ := s.opts.We(telnet.SGA)
	return echo && sga
}

// person tells whether a person sits there, as the client has said which terminal
// it runs on, or is an attached console.
func (s *telnetStream) person() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.attach || s.term != ""
}

// colors tells whether the terminal shows colours.
func (s *telnetStream) colors() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.term != "" && s.term != "dumb" && s.term != "unknown" && s.term != "network"
}
