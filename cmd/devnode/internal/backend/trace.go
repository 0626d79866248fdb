package backend

import (
	"context"

	"devnode/console"
)

// Trace implements [console.Tracer].
func (b *Backend) Trace(ctx context.Context, of console.Address, proto string, on bool) error {
	return first(ctx, b.node.Trace(ctx, handle(of), proto, on))
}

// Sockets implements [console.Sockets].
func (b *Backend) Sockets(context.Context) ([]console.Socket, error) {
	var list []console.Socket
	for _, s := range b.node.Sockets() {
		list = append(list, console.Socket{
			ID: s.ID, Address: address(s.Service), Type: s.Type, Peer: s.Peer, Sock: s.Local,
			Accept: s.Accepted, Read: s.Read, Write: s.Written, WBuffer: s.Unsent,
			RTime: s.LastRead, WTime: s.LastWrite,
		})
	}
	return list, nil
}
