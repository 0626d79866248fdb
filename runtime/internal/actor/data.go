package actor

import (
	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/lua/value"
)

// Data is the content of a message: Lua values that nobody else refers to, or
// a string of bytes (raw). It is also the userdata that skynet.pack returns to
// Lua. A Data has one owner at a time: who sends it must not touch it again.
type Data struct {
	ud      *lua.LUserData // as which Lua holds it, nil if it doesn't
	values  []lua.LValue
	raw     string
	isRaw   bool
	control func()
	inline  [6]lua.LValue

	Shared     bool // a log line that counts for its service's share of the log
	Generation int  // of a log line's speaker, once there is more than one
}

// RawData makes a message of a string of bytes.
func RawData(s string) *Data { return &Data{raw: s, isRaw: true} }

// ValueData makes a message of values, which must be immutable or owned by
// nobody else. A table for it is made by value.NewTable(0, 0), and
// may hold other such tables; functions and userdata can't be sent.
func ValueData(values ...lua.LValue) *Data { return &Data{values: values} }

// ControlData makes a message that runs a function where it is handled.
func ControlData(fn func()) *Data { return &Data{control: fn} }

// RunControl runs the function of ControlData.
func (d *Data) RunControl() { d.control() }

// IsRaw tells whether the message is a string of bytes.
func (d *Data) IsRaw() bool { return d != nil && d.isRaw }

// Raw is the string of bytes that the message is, if it is one.
func (d *Data) Raw() (bytes string, ok bool) {
	if d == nil || !d.isRaw {
		return "", false
	}
	return d.raw, true
}

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
		return Serialize(d.values, nil)
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
		return SerializedSize(d.values)
	}
}

// SizeNow is Size of a message whose values a script may have changed since.
func (d *Data) SizeNow() int {
	if d == nil || d.isRaw {
		return d.Size()
	}
	return sizer{make(map[*value.Table]bool)}.values(d.values)
}

// Sent is the content of a userdata whose message was sent: the values are the
// receiver's from then on.
type Sent struct{}

// LeaveLua takes the message from Lua, which is left with an empty userdata.
func (d *Data) LeaveLua() {
	if d.ud != nil {
		d.ud.Value = Sent{}
		d.ud = nil
	}
}

// DataOf is the Data behind a value that Lua passes as a message: the result
// of skynet.pack, or a string of bytes; nil is an empty message. what is the
// error for any other value.
func DataOf(v lua.LValue) (d *Data, what string) {
	switch v := v.(type) {
	case *lua.LUserData:
		switch d := v.Value.(type) {
		case *Data:
			return d, ""
		case Sent:
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
