package vm

import (
	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/lua/layout"
)

// registry is the registers of a thread.
type registry layout.Registers

func registryOf(th *lua.LState) *registry { return (*registry)(layout.RegistersOf(th)) }

// setTop sets how many registers are in use. Those beyond hold on to nothing.
func (rg *registry) setTop(top int) {
	for i := rg.Top; i < top; i++ {
		rg.Array[i] = lua.LNil
	}
	for i := rg.Top - 1; i >= top; i-- { // they are few: clear would take longer
		rg.Array[i] = nil
	}
	rg.Top = top
}

// hand moves the values that a function returns, given of them, to where its
// caller expects as many as wanted. They are the last in use then.
func (rg *registry) hand(from, given, to, wanted int) {
	for i := range wanted {
		if i < given {
			rg.Array[to+i] = rg.Array[from+i]
		} else {
			rg.Array[to+i] = lua.LNil
		}
	}
	rg.setTop(max(to+wanted, 0))
}
