package runtime

import (
	"io"
	"strings"
)

// startLogService launches the script that takes the log, if the settings name
// one as skynet's do: `logservice` is "snlua", and `logger` the script with its
// arguments. It gets each line as a text message in the name of who wrote it.
// One that fails to start has lost none: the node's own log has them then, and
// those that come when it has ended.
func (n *Node) startLogService() {
	kind, _ := n.env.Get("logservice")
	command, _ := n.env.Get("logger")
	words := strings.Fields(command)
	if kind != "snlua" || len(words) == 0 {
		return
	}
	script := &Service{script: words[0], args: words[1:]}
	n.logger.mu.Lock()
	n.logger.starting = true
	n.logger.mu.Unlock()
	if _, err := n.begin(script, handleLogScript, func(_ *Service, err error) { n.logger.started(err) }); err != nil {
		n.logLine(0, 0, "logservice: "+err.Error())
		return
	}
	n.logger.script.Store(uint32(handleLogScript))
	n.logger.giveName(handleLogger, handleLogScript)
}

// giveName hands the name .logger on: it is the script's while that lives.
func (l *logger) giveName(from, to Handle) {
	l.node.handles.Unname(".logger", from)
	l.node.handles.Name(".logger", to)
}

// maxEarly bounds the lines that are kept for the case that the script fails.
const maxEarly = 1000

// started is told how the script's start has ended.
func (l *logger) started(err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if err != nil {
		for _, line := range l.early {
			io.WriteString(l.out, line) // as in write
		}
	}
	l.starting, l.early = false, nil
}

// passOn hands a line to the script that takes the log. It is false when there
// is none, or when the script itself speaks.
func (l *logger) passOn(from Handle, d *Data) bool {
	h := Handle(l.script.Load())
	if h == 0 || h == from {
		return false
	}
	s := l.node.grab(h)
	return s != nil && l.node.push(s, Message{Source: from, Type: PTypeText, Data: RawData(d.Text())}, nil)
}

// ReopenLog tells the script that takes the log to open its file anew, by an
// empty system message from nobody, as skynet does on a hangup. It is false when
// there is no such script.
func (n *Node) ReopenLog() bool {
	s := n.grab(Handle(n.logger.script.Load()))
	return s != nil && n.push(s, Message{Type: PTypeSystem, Data: RawData("")}, nil)
}
