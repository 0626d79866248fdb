//go:build !purego

package layout

import (
	"unsafe"

	lua "github.com/yuin/gopher-lua"
)

// An interface is two words: which type it holds, and a pointer to the value. These
// functions make one of the type of v, a kind of number, and the value at p, which
// must not change any more. They are for numbers in slabs, where each by itself would
// be an allocation.

// Float64 is v, a lua.LNumber or another kind of float64, with the value at p.
func Float64(v lua.LValue, p *float64) lua.LValue {
	(*[2]unsafe.Pointer)(unsafe.Pointer(&v))[1] = unsafe.Pointer(p)
	return v
}

// Int64 is v, a kind of int64, with the value at p.
func Int64(v lua.LValue, p *int64) lua.LValue {
	(*[2]unsafe.Pointer)(unsafe.Pointer(&v))[1] = unsafe.Pointer(p)
	return v
}
