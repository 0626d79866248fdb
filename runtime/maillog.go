package runtime

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"
	"time"
)

// mailLog writes the messages that a service gets to a file, in the form of
// skynet_log.c: source, type, session, centiseconds since the node's start,
// and the bytes in hexadecimal.
type mailLog struct {
	mu  sync.Mutex
	out io.WriteCloser
}

// MailLogPath is the file that LogMail writes to: the service's number in
// hexadecimal and .log, in the folder that the setting logpath names, by
// default the working folder.
func (n *Node) MailLogPath(h Handle) string {
	dir, ok := n.env.Get("logpath")
	if !ok {
		dir = "."
	}
	return filepath.Join(dir, fmt.Sprintf("%08x.log", uint32(h)))
}

// LogMail begins or ends the log of the messages that a service gets. The file
// is appended to. Beginning twice, or ending what was never begun, does nothing.
func (n *Node) LogMail(h Handle, on bool) error {
	s, err := n.Service(h)
	if err != nil {
		return err
	}
	if !on {
		s.mail.Swap(nil).close()
		return nil
	}
	if s.mail.Load() != nil {
		return nil
	}
	out, err := os.OpenFile(n.MailLogPath(h), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return fmt.Errorf("log the messages of %s: %w", h, err)
	}
	fmt.Fprintf(out, "open time: %d %s\n", n.elapsed()/centisecond, time.Now().Format(time.ANSIC))
	l := &mailLog{out: out}
	if !s.mail.CompareAndSwap(nil, l) {
		l.close()
	}
	return nil
}

func (l *mailLog) close() {
	if l == nil {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.out.Close()
	l.out = nil
}

// note writes one message. A file that can't be written has nowhere to say so.
func (l *mailLog) note(n *Node, m Message) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.out != nil {
		fmt.Fprintf(l.out, "%s %d %d %d %x\n", m.Source, m.Type, m.Session, n.elapsed()/centisecond, m.Data.Text())
	}
}

// ClearCache forgets the compiled code that is kept for the next service of the
// same script (skynet.codecache). Running services keep theirs. Code is kept by
// content, so an edited file is never taken for its former self: this frees
// memory, no more.
func (n *Node) ClearCache() {
	n.compiler.clear()
	n.texts.clear()
}
