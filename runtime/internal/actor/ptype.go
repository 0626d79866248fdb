package actor

// PType is the kind of a message. The numbers are skynet's.
type PType uint16

// The protocols of skynet.
const (
	PTypeText      PType = 0
	PTypeResponse  PType = 1
	PTypeMulticast PType = 2
	PTypeClient    PType = 3
	PTypeSystem    PType = 4
	PTypeHarbor    PType = 5
	PTypeSocket    PType = 6
	PTypeError     PType = 7
	PTypeQueue     PType = 8
	PTypeDebug     PType = 9
	PTypeLua       PType = 10
	PTypeSnax      PType = 11
	PTypeTrace     PType = 12

	// MaxPType is the last one that a script can have.
	MaxPType PType = 255

	// The node's own, never seen by a script.
	PTypeControl PType = 256 // runs a function on the service
	PTypeTimer   PType = 257 // a session that a task waits for has expired
)
