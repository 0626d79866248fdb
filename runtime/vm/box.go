package vm

import (
	"unsafe"

	lua "github.com/yuin/gopher-lua"
)

// Boxer makes Lua values of numbers. A number in an interface is a pointer to
// eight bytes on the heap: an allocation for each. A Boxer makes them in slabs,
// as gopher-lua does; a slab lives as long as one of its numbers does. It is for
// one goroutine at a time, and ready when it is zero.
type Boxer struct{ slab []lua.LNumber }

const (
	boxSlab      = 32
	smallNumbers = 1024 // whole numbers below it are boxed once
)

var boxed = func() (all [smallNumbers]lua.LValue) {
	for i := range all {
		all[i] = lua.LNumber(i)
	}
	return all
}()

// Number is n as a Lua value. Minus zero becomes zero, which it is as an integer.
func (b *Boxer) Number(n lua.LNumber) lua.LValue {
	if i := int(n); uint(i) < smallNumbers && lua.LNumber(i) == n {
		return boxed[i]
	}
	if len(b.slab) == cap(b.slab) {
		b.slab = make([]lua.LNumber, 0, boxSlab)
	}
	b.slab = append(b.slab, n)
	v := lua.LValue(lua.LNumber(0))
	(*[2]unsafe.Pointer)(unsafe.Pointer(&v))[1] = unsafe.Pointer(&b.slab[len(b.slab)-1])
	return v
}
