//go:build purego

package vm

import (
	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/lua/value"
)

// Boxer makes Lua values of numbers.
type Boxer struct{}

// box is n as a Lua value as it is.
func (b *Boxer) box(n lua.LNumber) lua.LValue { return n }

// Float is value.OfFloat(f).
func (b *Boxer) Float(f float64) lua.LValue { return value.OfFloat(f) }

// Int is value.OfInt(i).
func (b *Boxer) Int(i int64) lua.LValue { return value.OfInt(i) }
