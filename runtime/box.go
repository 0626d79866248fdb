package runtime

import (
	"unsafe"

	lua "github.com/yuin/gopher-lua"
)

// A Lua number in an interface is a pointer to eight bytes on the heap: an
// allocation for each session and address that a handler is given. A boxer
// makes them in slabs, as gopher-lua does for the numbers that code computes.
// A slab lives as long as one of its numbers does.
type boxer struct {
	slab  []lua.LNumber
	small [smallNumbers]lua.LValue
	data  []lua.LUserData // the same for messages that Lua holds
}

const (
	slabSize     = 64
	dataSlabSize = 32
	smallNumbers = 1024 // whole numbers below it are boxed once
)

func newBoxer() *boxer {
	b := &boxer{}
	for i := range b.small {
		b.small[i] = lua.LNumber(i)
	}
	return b
}

// number is n as a Lua value.
func (b *boxer) number(n int) lua.LValue {
	if n >= 0 && n < smallNumbers {
		return b.small[n]
	}
	if len(b.slab) == cap(b.slab) {
		b.slab = make([]lua.LNumber, 0, slabSize)
	}
	b.slab = append(b.slab, lua.LNumber(n))
	return numberAt(&b.slab[len(b.slab)-1])
}

// userdata is d as a Lua value.
func (b *boxer) userdata(d *Data) lua.LValue {
	if d.ud == nil {
		if len(b.data) == cap(b.data) {
			b.data = make([]lua.LUserData, 0, dataSlabSize)
		}
		b.data = append(b.data, lua.LUserData{Value: d, Metatable: lua.LNil})
		d.ud = &b.data[len(b.data)-1]
	}
	return d.ud
}

// numberAt is an interface value whose data is the number that p points to.
// The number must not change any more.
func numberAt(p *lua.LNumber) lua.LValue {
	v := lua.LValue(lua.LNumber(0))
	(*[2]unsafe.Pointer)(unsafe.Pointer(&v))[1] = unsafe.Pointer(p)
	return v
}
