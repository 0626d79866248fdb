package runtime

import (
	"fmt"
	"slices"
)

// Quiet is closed while the node closes, once nothing of its services, and of what they
// have asked of the system, is left: what is left to do is to write the log.
func (n *Node) Quiet() <-chan struct{} { return n.quiet }

// Leave is for a process that ends and can't wait for Close, which was called, to
// return. It writes the lines that wait for the log, and returns what has not ended: the
// services that are in a call of the system or of a function in Go, with their scripts.
func (n *Node) Leave() []string {
	var left []string
	for _, s := range slices.Concat(n.services(), n.leaving()) {
		if s.native == nil {
			left = append(left, fmt.Sprintf("%s (%s)", s.actor.Handle(), s.script))
		}
	}
	if left == nil {
		left = []string{"what a service has asked of the system"}
	}
	n.logger.flushFrom(n)
	return left
}
