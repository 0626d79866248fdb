package attach

import (
	"time"

	"devnode/runtime/internal/actor"
)

// Connection is what a service has open to the outside, as netstat lists it.
type Connection struct {
	ID       int
	Service  actor.Handle // who owns it
	Type     string       // "LISTEN", "TCP", "UDP", "PIPE", or "CLOSING"
	Local    string       // address
	Peer     string       // address, empty for a listener
	Accepted int64        // connections, of a listener
	Read     int64        // bytes
	Written  int64
	Unread   int64 // bytes that wait to be read by the service
	Unsent   int64 // bytes that wait to be sent

	LastRead, LastWrite time.Time // zero: never
}
