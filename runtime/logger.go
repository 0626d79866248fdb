package runtime

import (
	"io"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"

	"devnode/runtime/internal/logshare"

	lua "github.com/yuin/gopher-lua"
)

// logger is service 1, .logger: it writes what skynet.error sends it as text
// messages, a line each, with the address of the sender (service_logger.c).
type logger struct {
	node *Node
	mu   sync.Mutex
	out  io.Writer
	tail map[int]func(line string)
	next int

	script   atomic.Uint32 // handle of the service that takes the log in place of out
	starting bool          // it has not started yet
	early    []string      // the lines that it was given while it starts, the first of them
}

func newLogger(n *Node, out io.Writer) *logger {
	return &logger{node: n, out: out, tail: make(map[int]func(string))}
}

// Handle writes a message to the log.
func (l *logger) Handle(s *Service, m Message) {
	if m.Type == PTypeText {
		l.write(m.Source, m.Data)
		return
	}
	s.Refuse(m, "the logger takes text messages only")
}

func (l *logger) write(from Handle, d *Data) {
	speaker := from.String()
	if d != nil && d.Generation > 0 {
		speaker += "/" + strconv.Itoa(d.Generation)
	}
	taken := l.passOn(from, d)
	line := "[" + speaker + "] " + strings.TrimRight(d.Text(), "\n") + "\n"
	l.mu.Lock()
	defer l.mu.Unlock()
	if taken && l.starting && len(l.early) < maxEarly {
		l.early = append(l.early, line)
	}
	if !taken {
		io.WriteString(l.out, line) // a log that can't be written has nowhere to say so
	}
	for _, tell := range l.tail {
		tell(line)
	}
	if d != nil && d.Shared {
		l.writtenLocked(from, logshare.Cost(d.Text()))
	}
}

// writtenLocked tells a service that one of its lines has been written, and says
// how many of them were left out.
func (l *logger) writtenLocked(from Handle, cost int64) {
	s := l.node.grab(from)
	if s == nil {
		return
	}
	if n := s.logged.Written(cost); n > 0 {
		s.log("%s", logshare.LeftOutText(n))
	}
}

// logLine sends a line to the logger, in the order of the other messages of
// the sender. generation is 0 for none.
func (n *Node) logLine(from Handle, generation int, text string) {
	s := n.grab(handleLogger)
	line := func() *Data {
		d := RawData(cutMiddle(text, maxLogText))
		d.Generation = generation
		return d
	}
	if s == nil || !n.push(s, Message{Source: from, Type: PTypeText, Data: line()}, nil) {
		n.logger.write(from, line())
	}
}

// Tail has tell called with every line of the log from now on, until the
// returned function is called. tell must not block.
func (n *Node) Tail(tell func(line string)) (stop func()) {
	l := n.logger
	l.mu.Lock()
	defer l.mu.Unlock()
	id := l.next
	l.next++
	l.tail[id] = tell
	return func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		delete(l.tail, id)
	}
}

// flush writes what the logger has in its mailbox. Nobody may run it any more.
func (l *logger) flushFrom(n *Node) {
	s := n.grab(handleLogger)
	if s == nil {
		return
	}
	for _, m := range s.actor.Mailbox.Close() {
		if m.Type == PTypeText {
			l.write(m.Source, m.Data)
		}
	}
}

// argsText joins Lua values by spaces, as skynet.error does.
func argsText(L *lua.LState, tostring func(*lua.LState, lua.LValue) string) string {
	parts := make([]string, L.GetTop())
	for i := range parts {
		parts[i] = tostring(L, L.Get(i+1))
	}
	return strings.Join(parts, " ")
}
