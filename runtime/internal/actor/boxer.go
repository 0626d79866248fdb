package actor

import (
	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/lua/vm"
)

// Boxer makes the Lua values that a handler is given for each message, on one
// worker: session and address, and the userdata that stands for a message. The
// latter come from slabs, too.
type Boxer struct {
	vm.Boxer
	data []lua.LUserData
}

const dataSlabSize = 32

// Int is n as a Lua value.
func (b *Boxer) Int(n int) lua.LValue { return b.Number(lua.LNumber(n)) }

// Userdata is d as a Lua value.
func (b *Boxer) Userdata(d *Data) lua.LValue {
	if d.ud == nil {
		if len(b.data) == cap(b.data) {
			b.data = make([]lua.LUserData, 0, dataSlabSize)
		}
		b.data = append(b.data, lua.LUserData{Value: d, Metatable: lua.LNil})
		d.ud = &b.data[len(b.data)-1]
	}
	return d.ud
}
