package runtime

import (
	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/internal/actor"
)

// PType is the kind of a message. The numbers are skynet's.
type PType = actor.PType

// The protocols of skynet.
const (
	PTypeText      = actor.PTypeText
	PTypeResponse  = actor.PTypeResponse
	PTypeMulticast = actor.PTypeMulticast
	PTypeClient    = actor.PTypeClient
	PTypeSystem    = actor.PTypeSystem
	PTypeHarbor    = actor.PTypeHarbor
	PTypeSocket    = actor.PTypeSocket
	PTypeError     = actor.PTypeError
	PTypeQueue     = actor.PTypeQueue
	PTypeDebug     = actor.PTypeDebug
	PTypeLua       = actor.PTypeLua
	PTypeSnax      = actor.PTypeSnax
	PTypeTrace     = actor.PTypeTrace

	maxPType     = actor.MaxPType
	ptypeControl = actor.PTypeControl
	ptypeTimer   = actor.PTypeTimer
)

// Message is a request as a Native sees it, and one entry of a mailbox. It owns its
// data.
type Message = actor.Message

// Data is the content of a message: Lua values that nobody else refers to, or
// a string of bytes. It is also the userdata that skynet.pack returns to Lua. A Data
// has one owner at a time: who sends it must not touch it again.
type Data = actor.Data

// RawData makes a message of a string of bytes.
func RawData(s string) *Data { return actor.RawData(s) }

// ValueData makes a message of values, which must be immutable or owned by
// nobody else. A table for it is made by value.NewTable(0, 0), and
// may hold other such tables; functions and userdata can't be sent.
func ValueData(values ...lua.LValue) *Data { return actor.ValueData(values...) }

// controlMessage is one that runs fn on the service, between two others.
func (s *Service) controlMessage(fn func(*Service)) Message {
	return Message{Type: ptypeControl, Data: actor.ControlData(func() { fn(s) })}
}
