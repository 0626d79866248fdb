package syntax

import (
	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/lua/layout"
)

// A frame is one active call of a state. It is only valid while the call is.
type frame struct{ *layout.Frame }

// topFrame is the innermost call of L, or none.
func topFrame(L *lua.LState) frame { return frame{*layout.CurrentFrame(L)} }

func (fr frame) valid() bool { return fr.Frame != nil }

func (fr frame) fn() *lua.LFunction { return fr.Fn }

// caller is the frame that fr was called from.
func (fr frame) caller() frame { return frame{fr.Parent} }

// pc is the index of the instruction that the frame is executing.
func (fr frame) pc() int { return fr.Pc - 1 }

// register reads register r of a frame of L.
func (fr frame) register(L *lua.LState, r int) lua.LValue {
	if rg := layout.RegistersOf(L); fr.LocalBase+r < rg.Top {
		return rg.Get(fr.LocalBase + r)
	}
	return lua.LNil
}
