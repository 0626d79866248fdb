package console

import "fmt"

// logf writes one line to the node's log, safe to print whatever a peer put in.
func (c *Console) logf(format string, args ...any) {
	if c.cfg.Log != nil {
		c.cfg.Log(oneLine(fmt.Sprintf(format, args...)))
	}
}
