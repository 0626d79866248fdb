package runtime

import "strings"

// startLogService launches the script that takes the log, if the settings name
// one as skynet's do: `logservice` is "snlua", and `logger` the script with its
// arguments. It gets each line as a text message in the name of who wrote it.
// Until it has started, and when it has ended, the node's own log takes them.
func (n *Node) startLogService() {
	kind, _ := n.env.get("logservice")
	command, _ := n.env.get("logger")
	words := strings.Fields(command)
	if kind != "snlua" || len(words) == 0 {
		return
	}
	script := &Service{handle: handleLogScript, script: words[0], args: words[1:]}
	_, err := n.begin(script, func(s *Service, err error) {
		if err == nil {
			n.logger.script.Store(uint32(s.handle))
		}
	})
	if err != nil {
		n.logLine(0, 0, "logservice: "+err.Error())
	}
}

// passOn hands a line to the script that takes the log. It is false when there
// is none, or when the script itself speaks.
func (l *logger) passOn(from Handle, d *Data) bool {
	h := Handle(l.script.Load())
	if h == 0 || h == from {
		return false
	}
	s := l.node.handles.grab(h)
	return s != nil && l.node.push(s, message{source: from, ptype: PTypeText, data: RawData(d.Text())}, nil)
}
