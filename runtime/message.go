package runtime

import (
	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/internal/actor"
	"devnode/runtime/lua/value"
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

// message is one entry of a mailbox. It owns its data.
type message struct {
	data    *Data
	source  Handle
	session int32
	ptype   PType
}

// Data is the content of a message: Lua values that nobody else refers to, or
// a string of bytes (raw). It is also the userdata that skynet.pack returns to
// Lua. A Data has one owner at a time: who sends it must not touch it again.
type Data struct {
	ud         *lua.LUserData // as which Lua holds it, nil if it doesn't
	values     []lua.LValue
	raw        string
	isRaw      bool
	shared     bool // a log line that its service's logShare knows of
	control    func(*Service)
	generation int // of a log line's speaker, once there is more than one
	inline     [6]lua.LValue
}

// RawData makes a message of a string of bytes.
func RawData(s string) *Data { return &Data{raw: s, isRaw: true} }

// ValueData makes a message of values, which must be immutable or owned by
// nobody else. A table for it is made by value.NewTable(0, 0), and
// may hold other such tables; functions and userdata can't be sent.
func ValueData(values ...lua.LValue) *Data { return &Data{values: values} }

func controlData(fn func(*Service)) *Data { return &Data{control: fn} }

// Values are the Lua values of the message; for raw data the string.
func (d *Data) Values() []lua.LValue {
	switch {
	case d == nil:
		return nil
	case d.isRaw:
		return []lua.LValue{lua.LString(d.raw)}
	default:
		return d.values
	}
}

// Text is the message as bytes: raw data as it is, values in skynet's
// serialised form.
func (d *Data) Text() string {
	switch {
	case d == nil:
		return ""
	case d.isRaw:
		return d.raw
	default:
		return serialize(d.values)
	}
}

// Size is how many bytes the message has in skynet's serialised form.
func (d *Data) Size() int {
	switch {
	case d == nil:
		return 0
	case d.isRaw:
		return len(d.raw)
	default:
		return serializedSize(d.values)
	}
}

// sizeNow is Size of a message whose values a script may have changed since.
func (d *Data) sizeNow() int {
	if d == nil || d.isRaw {
		return d.Size()
	}
	return sizer{make(map[*value.Table]bool)}.values(d.values)
}

// sent is the content of a userdata whose message was sent: the values are the
// receiver's from then on.
type sent struct{}

// leaveLua takes the message from Lua, which is left with an empty userdata.
func (d *Data) leaveLua() {
	if d.ud != nil {
		d.ud.Value = sent{}
		d.ud = nil
	}
}

// dataOf is the Data behind a value that Lua passes as a message: the result
// of skynet.pack, or a string of bytes; nil is an empty message. what is the
// error for any other value.
func dataOf(v lua.LValue) (d *Data, what string) {
	switch v := v.(type) {
	case *lua.LUserData:
		switch d := v.Value.(type) {
		case *Data:
			return d, ""
		case sent:
			return nil, "this message was sent before: pack its values again"
		}
	case lua.LString:
		return RawData(string(v)), ""
	case lua.LNumber, value.Int, value.Float:
		return RawData(value.Text(v)), ""
	case *lua.LNilType:
		return RawData(""), ""
	}
	return nil, "a message is a string or what skynet.pack returns, got " + v.Type().String()
}
