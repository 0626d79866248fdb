package runtime

import (
	"cmp"
	"slices"

	"devnode/runtime/library"
)

// SocketInfo is one socket, as Node.Sockets lists it.
type SocketInfo = library.Connection

// Sockets lists what the node's services have open, by number.
func (n *Node) Sockets() []SocketInfo {
	list := n.states.Connections()
	slices.SortStableFunc(list, func(a, b SocketInfo) int { return cmp.Compare(a.ID, b.ID) })
	return list
}
