package vm

import (
	"testing"

	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/lua/layout"
)

// Variables of two VMs become one: each VM sees what the other assigns.
func TestShareCell(t *testing.T) {
	if layout.Own {
		t.Skip("without unsafe code two variables can't be made one")
	}
	cellOf := func(v *VM) *lua.Upvalue { return v.Globals().RawGetString("get").(*lua.LFunction).Upvalues[0] }
	var vms [3]*VM
	for i := range vms {
		vms[i] = newTestVM(t)
		run(t, vms[i], "local n = "+string(rune('1'+i))+"\nfunction get() return n end function add() n = n + 1 end")
	}
	for i := 1; i < len(vms); i++ { // the third joins what is shared already
		if !ShareCell(cellOf(vms[i-1]), cellOf(vms[i])) {
			t.Fatal("the layout of this gopher-lua isn't known")
		}
	}
	for i, v := range vms {
		run(t, v, "add()")
		for _, other := range vms {
			if got := cellOf(other).Value(); got != lua.LNumber(i+2) {
				t.Errorf("after %d calls: %v", i+1, got)
			}
		}
	}
	first := cellOf(vms[0])
	first.Close()
	run(t, vms[0], "add()")
	run(t, vms[1], "add() add()")
	if a, b := first.Value(), cellOf(vms[2]).Value(); a != lua.LNumber(5) || b != lua.LNumber(6) {
		t.Errorf("parted: %v and %v", a, b)
	}
}
