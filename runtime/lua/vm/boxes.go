//go:build !purego

package vm

import (
	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/lua/layout"
	"devnode/runtime/lua/value"
)

// Boxer makes Lua values of numbers. A number in an interface is a pointer to
// eight bytes on the heap: an allocation for each. A Boxer makes them in slabs,
// as gopher-lua does; a slab lives as long as one of its numbers does. It is for
// one goroutine at a time, and ready when it is zero.
type Boxer struct {
	numbers []lua.LNumber
	floats  []value.Float
	ints    []value.Int
}

const (
	boxSlab  = 32
	rareSlab = 8 // for what has a kind of its own
)

// box is n as a Lua value as it is.
func (b *Boxer) box(n lua.LNumber) lua.LValue {
	if len(b.numbers) == cap(b.numbers) {
		b.numbers = make([]lua.LNumber, 0, boxSlab)
	}
	b.numbers = append(b.numbers, n)
	return layout.Float64(lua.LNumber(0), (*float64)(&b.numbers[len(b.numbers)-1]))
}

// Float is value.OfFloat(f).
func (b *Boxer) Float(f float64) lua.LValue {
	if i := int64(f); float64(i) != f || i > value.MaxExact || i < -value.MaxExact {
		return b.box(lua.LNumber(f))
	}
	if len(b.floats) == cap(b.floats) {
		b.floats = make([]value.Float, 0, rareSlab)
	}
	b.floats = append(b.floats, value.Float(f))
	return layout.Float64(value.Float(0), (*float64)(&b.floats[len(b.floats)-1]))
}

// Int is value.OfInt(i).
func (b *Boxer) Int(i int64) lua.LValue {
	if uint64(i) < smallNumbers {
		return boxed[i]
	}
	if i <= value.MaxExact && i >= -value.MaxExact {
		return b.box(lua.LNumber(i))
	}
	if len(b.ints) == cap(b.ints) {
		b.ints = make([]value.Int, 0, rareSlab)
	}
	b.ints = append(b.ints, value.Int(i))
	return layout.Int64(value.Int(0), (*int64)(&b.ints[len(b.ints)-1]))
}
